"""Static files, kept by browsers for ever under the hash of their content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, current_app


def init_app(app: Flask) -> None:
    """Has every URL of a static file name its content."""
    app.url_defaults(add_content_version)


def add_content_version(endpoint: str, values: dict[str, object]) -> None:
    """Gives static files `?v=<hash>`, so that they can be kept for ever and a new build is seen at once."""
    if endpoint == "static" and current_app.static_folder is not None:
        path = Path(current_app.static_folder) / str(values["filename"])
        if path.is_file():
            values["v"] = _content_hash(path, path.stat().st_mtime_ns)


@cache
def _content_hash(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]
