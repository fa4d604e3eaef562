"""Responses with the headers of HTMX: the URL of the page, and events."""

import json
from hashlib import sha256

from flask import Response, make_response, request

from webapp.access.requests import current_page, wants_fragment


def with_url(body: str, url: str, *, error: str = "") -> Response:
    """Returns a panel; if it is a fragment, its page takes `url`, unless that is already current.

    With an `error` the status is 400 and the page keeps its URL.
    """
    response = make_response(body, 400 if error else 200)
    if wants_fragment():
        response.headers["HX-Push-Url"] = "false" if error or url == current_page() else url
    return response


def with_toast(body: str, toast: dict[str, str], *events: str) -> Response:
    """Returns a fragment; its page shows the message and triggers the events."""
    response = make_response(body)
    response.headers["HX-Trigger"] = json.dumps({**dict.fromkeys(events), "toast": toast})
    return response


def version_of(*shown: object) -> str:
    """Returns a token that changes with what a panel shows; the panel sends it as `shown` when it polls."""
    return sha256(repr(shown).encode()).hexdigest()[:12]


def is_shown(version: str) -> bool:
    """Returns whether HTMX polls a panel that already shows this version, so that 204 is the answer."""
    return wants_fragment() and request.args.get("shown") == version
