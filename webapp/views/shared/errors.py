"""Errors as a page, a fragment with a Retry button, or JSON, depending on the request."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import Conflict, HTTPException, ServiceUnavailable

from webapp.access.requests import wants_fragment, wants_json
from webapp.extensions import db

log = logging.getLogger(__name__)

# For errors without a sentence of their own.
SENTENCES = {
    401: "Sign in first.",
    403: "Your role does not allow this.",
    404: "Page not found.",
    405: "This URL does not support this method.",
    413: "The request is too large; the limit is 1 MiB.",
    429: "Too many requests; wait a minute and try again.",
    500: "Something went wrong, and the error was logged; try again in a moment.",
    503: "The database cannot be reached or is too slow; try again in a moment.",
}
MOST_DRAINED = 16 * 2**20
"""Bytes of a too large request that are read before the response."""
OUT_OF_DATE = "This page is out of date; reload it and try again."


def init_app(app: Flask) -> None:
    """Registers the error handlers."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(IntegrityError, conflict)
    app.register_error_handler(OperationalError, database_failed)
    app.register_error_handler(PoolTimeoutError, database_failed)


def conflict(error: Exception) -> Response:
    """Returns 409 for a change that the database refused: views check first, so another one was faster."""
    log.warning("A concurrent change was refused.", exc_info=error)
    db.session.rollback()
    return answer(Conflict("Not saved: another person changed this at the same time. Reload and try again."))


def database_failed(error: Exception) -> Response:
    """Returns 503 for a database that is not reachable or too slow, and logs the cause."""
    log.error("The database failed.", exc_info=error)
    return answer(ServiceUnavailable())


def answer(error: HTTPException) -> Response:
    """Returns the error as JSON, a fragment or a page; responses that are no errors stay unchanged."""
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.broken = True
        db.session.rollback()
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        _drain()
    response = _negotiated(error, code, sentence(error, code))
    response.status_code = code
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def sentence(error: HTTPException, code: int) -> str:
    """Returns the sentence of an error: the view's own, otherwise that of its status."""
    if isinstance(error, CSRFError):
        return OUT_OF_DATE
    own = error.description if error.description != type(error).description else None
    if own is None or isinstance(error, RateLimitExceeded):
        return SENTENCES.get(code, f"{error.name}.")
    return own


def _drain() -> None:
    """Reads and discards the body: a connection closed with unread data is reset, and the response lost."""
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 2**16))):
        left -= len(chunk)


def _negotiated(error: HTTPException, code: int, message: str) -> Response:
    # Internal errors are found in the log by this id; client errors need none.
    error_id = g.request_id if code >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    if wants_json():
        extra = {"error_id": error_id} if error_id else {}
        return jsonify(success=False, error=message, **extra)
    shown = {"message": message, "error_id": error_id}
    if wants_fragment():
        retry_url = request.full_path if request.method == "GET" else None
        return make_response(render_template("partials/failed.html", retry_url=retry_url, **shown))
    page = {"is_error": True, "code": code, "title": error.name}
    return make_response(render_template("errors/error.html", **page, **shown))
