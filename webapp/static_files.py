"""Static files: browsers keep them for ever under the hash of their content; the build compresses them."""

from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, current_app, request

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The suffixes of compressed files by content encoding, the smallest first."""


def init_app(app: Flask) -> None:
    """Has every URL of a static file name its content, and sends the compressed file where it is accepted."""
    app.url_defaults(add_content_version)
    app.view_functions["static"] = send


def add_content_version(endpoint: str, values: dict[str, object]) -> None:
    """Gives static files `?v=<hash>`, so that they can be kept for ever and a new build is seen at once."""
    if endpoint == "static" and current_app.static_folder is not None:
        path = Path(current_app.static_folder) / str(values["filename"])
        if path.is_file():
            values["v"] = _content_hash(path, path.stat().st_mtime_ns)


def send(filename: str) -> Response:
    """Returns a static file, compressed if the build did so and the browser accepts it."""
    encoding = _encoding(filename)
    response = current_app.send_static_file(filename + ENCODINGS.get(encoding, ""))
    response.vary.add("Accept-Encoding")
    if encoding:
        response.mimetype = guess_type(filename)[0] or "application/octet-stream"  # with the charset of text
        response.content_encoding = encoding
    return response


def _encoding(filename: str) -> str:
    """Returns the first accepted encoding that the file is there with; '' if there is none."""
    folder = Path(current_app.static_folder or "")
    accepted = (name for name in ENCODINGS if request.accept_encodings[name] > 0)
    return next((name for name in accepted if (folder / (filename + ENCODINGS[name])).is_file()), "")


@cache
def _content_hash(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
