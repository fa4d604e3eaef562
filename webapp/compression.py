"""Pages, fragments and JSON, compressed for clients that accept it.

Only responses to GET: one to a form can hold a secret, such as a new API token, beside the text of the form,
and its compressed size would show how alike they are. CSRF tokens differ in every response: access/csrf.py.
"""

import gzip

from flask import Flask, Response, request

TYPES = frozenset({"text/html", "application/json"})
LEAST_BYTES = 1000
"""A smaller body fits into one packet anyway."""
LEVEL = 6


def init_app(app: Flask) -> None:
    """Compresses the responses of `app`."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Compresses the body, if the client accepts it; its ETag becomes weak, since the bytes are others."""
    if request.method not in ("GET", "HEAD") or response.mimetype not in TYPES or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    if request.method == "HEAD" or not request.accept_encodings["gzip"]:
        return response
    if len(response.get_data()) < LEAST_BYTES:
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.content_encoding = "gzip"
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)
    return response
