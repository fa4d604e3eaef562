"""The API's response formats: collections with a page, errors; and arguments of the query."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypedDict, TypeVar
from urllib.parse import urlencode

from flask import Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

T = TypeVar("T")

LARGEST_PAGE = 100
NOT_FOUND = 404
YEARS = range(1900, 2101)
ERROR_KEYS = {400: "request", 401: "authentication", 429: "quota", 500: "server"}


class Plot(TypedDict):
    """The running total of one identifier."""

    identifier: str
    value: int | None


class Item(TypedDict):
    """A day of a series; `date` begins with the calendar date."""

    date: str
    plots: list[Plot]


def midnight(day: date) -> str:
    return f"{day}T00:00:00+00:00"


def midnight_if_known(day: date | None) -> str | None:
    return None if day is None else midnight(day)


def paris_midnight(day: date) -> str:
    """Returns midnight with the offset of older recordings; April to October count as summer time."""
    return f"{day}T00:00:00+0{2 if day.month in range(4, 11) else 1}:00"


def error(status: int, message: str) -> Response:
    """Returns an error in the API's format; the key is `access` unless the status has its own."""
    item = {"key": ERROR_KEYS.get(status, "access"), "code": status, "message": message}
    answer = jsonify(errors=[item])
    answer.status_code = status
    return answer


def http_error(raised: HTTPException) -> Response:
    """Returns Flask's errors in the API's format."""
    status = raised.code or 500
    message = "Not found." if status == NOT_FOUND else raised.description or raised.name
    return error(status, message)


def collection(
    items: Sequence[T], render: Callable[[Sequence[T]], list[object]], related: object = None
) -> Response:
    """One page of `items`, by `offset` and `limit` of the request; a larger limit is clamped."""
    offset = whole_number("offset", 0, least=0)
    limit = min(whole_number("limit", LARGEST_PAGE, least=1), LARGEST_PAGE)
    total = len(items)
    page = {
        "offset": offset,
        "limit": limit,
        "next": _page_path(offset + limit, limit) if offset + limit < total else None,
        "previous": _page_path(max(0, offset - limit), limit) if offset else None,
        "total": total,
    }
    body = {"items": render(items[offset : offset + limit]), "page": page, "errors": []}
    return jsonify({"related": related, **body} if related else body)


def _page_path(offset: int, limit: int) -> str:
    """Returns a relative path with every argument of this request, but for another offset."""
    arguments = {**request.args.to_dict(), "offset": str(offset), "limit": str(limit)}
    return f"{request.path}?{urlencode(arguments)}"


def whole_number(name: str, default: int, *, least: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        abort(400, f"{name} must be a whole number from {least} up, not {text!r}.")
    return int(text)


def day(name: str, default: date) -> date:
    text = request.args.get(name)
    return default if text is None else parse_day(name, text)


def parse_day(name: str, text: object) -> date:
    """Returns `text` as a date from 1900 to 2100; 400 for anything but YYYY-MM-DD."""
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        found = date.min
    if found.isoformat() != text or found.year not in YEARS:
        abort(400, f"{name} must be a date in the form YYYY-MM-DD, not {text!r}.")
    return found
