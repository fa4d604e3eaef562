"""The kind of response a request expects, and the page it comes from."""

import re
from urllib.parse import urlsplit

from htmx_flask import request

from webapp.access.tokens import JSON_PATHS, takes_token


def wants_json() -> bool:
    """Returns whether the caller expects JSON."""
    types, given = request.accept_mimetypes, request.authorization
    by_token = given is not None and given.type == "bearer" and takes_token(request)
    requested = request.path.startswith(JSON_PATHS) or types["application/json"] > types["text/html"]
    return bool(requested or by_token)


def wants_fragment() -> bool:
    """Returns whether HTMX requests a fragment; when it restores its history it needs the whole page."""
    return bool(request.htmx and "HX-History-Restore-Request" not in request.headers)


def current_page() -> str:
    """Returns path and query of the user's current page; for a fragment, of the page around it."""
    own = request.full_path if request.method == "GET" else "/"
    try:
        parts = urlsplit(request.headers.get("HX-Current-URL", own))
    except ValueError:  # a header that no browser sends
        return "/"
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def safe_next(url: str | None) -> str:
    """Returns `url` if it is a path of this site, else the start page.

    Paths like `//host`, `/\\host` or with control characters are refused, since browsers may leave the site.
    """
    own = url is not None and re.fullmatch(r"/(?!/)[^\\]*", url) and url.isprintable()
    return url if own and url is not None else "/"
