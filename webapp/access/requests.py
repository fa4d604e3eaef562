"""What a request asks for, and where its reader is."""

import re
from urllib.parse import urlsplit

from htmx_flask import request

from webapp.access.tokens import JSON_PATHS, takes_token


def wants_json() -> bool:
    """Whether the caller is a program rather than a browser."""
    types, given = request.accept_mimetypes, request.authorization
    by_token = given is not None and given.type == "bearer" and takes_token(request)
    asked = request.path.startswith(JSON_PATHS) or types["application/json"] > types["text/html"]
    return bool(asked or by_token)


def wants_fragment() -> bool:
    """Whether HTMX asks for a part of a page; on the way back through its history it wants the whole page."""
    return bool(request.htmx and "HX-History-Restore-Request" not in request.headers)


def current_page() -> str:
    """Path and query of the page a person is on; for a fragment that is the page around it."""
    own = request.full_path if request.method == "GET" else "/"
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL", own))
    except ValueError:  # a header that no browser sends
        return "/"
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def safe_next(address: str | None) -> str:
    """`address` where it is a path of this site, else the start page.

    Browsers read `//host`, `/\\host` and control characters in ways of their own, so these are refused.
    """
    own = address is not None and re.fullmatch(r"/(?!/)[^\\]*", address) and address.isprintable()
    return address if own and address is not None else "/"
