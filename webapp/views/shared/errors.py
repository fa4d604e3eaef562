"""Errors in the form their reader can use: a page, a fragment with 'retry', or JSON."""

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

# For errors that nobody wrote a sentence for.
SENTENCES = {
    401: "Log in first.",
    403: "Your role does not allow this.",
    404: "There is nothing at this address.",
    405: "This address cannot be used that way.",
    413: "That is more than this address takes: 1 MiB at most.",
    429: "Too many requests: wait a minute and try again.",
    500: "Something went wrong here. It has been recorded; try again in a moment.",
    503: "The database cannot be reached, or took too long to answer; try again in a moment.",
}
MOST_DRAINED = 16 * 2**20
"""Bytes of a request that is too large which are read before the answer."""
OUT_OF_DATE = "This page is out of date, so nothing was done: reload it and try again."


def init_app(app: Flask) -> None:
    """Registers what answers each kind of error."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(IntegrityError, came_second)
    app.register_error_handler(OperationalError, database_failed)
    app.register_error_handler(PoolTimeoutError, database_failed)


def came_second(error: Exception) -> Response:
    """A change that the database refused: views look first, so somebody was quicker. The log says what."""
    log.warning("A change came second.", exc_info=error)
    db.session.rollback()
    return answer(Conflict("Somebody changed the same at the same moment, so nothing was done: look again."))


def database_failed(error: Exception) -> Response:
    """A database that is away or too slow: 503, and the cause in the log."""
    log.error("The database failed.", exc_info=error)
    return answer(ServiceUnavailable())


def answer(error: HTTPException) -> Response:
    """The error as JSON, a fragment or a page; what is not an error, such as a redirect, stays as it is."""
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST:
        return make_response(error.get_response())
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.broken = True
        db.session.rollback()
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        _drain()
    response = _in_their_form(error, code, sentence(error, code))
    response.status_code = code
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def sentence(error: HTTPException, code: int) -> str:
    """What went wrong, in one sentence: the view's own if it wrote one."""
    if isinstance(error, CSRFError):
        return OUT_OF_DATE
    own = error.description if error.description != type(error).description else None
    if own is None or isinstance(error, RateLimitExceeded):
        return SENTENCES.get(code, f"{error.name}.")
    return own


def _drain() -> None:
    """Reads on and forgets: a connection that ends with unread data is reset, and its answer lost."""
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 2**16))):
        left -= len(chunk)


def _in_their_form(error: HTTPException, code: int, message: str) -> Response:
    # What broke here is looked up in the log by the id; what the caller did wrong needs none.
    error_id = g.request_id if code >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    if wants_json():
        told = {"error_id": error_id} if error_id else {}
        return jsonify(success=False, error=message, **told)
    shown = {"message": message, "error_id": error_id}
    if wants_fragment():
        retry_url = request.full_path if request.method == "GET" else None
        return make_response(render_template("partials/failed.html", retry_url=retry_url, **shown))
    page = {"is_error": True, "code": code, "title": error.name}
    return make_response(render_template("errors/error.html", **page, **shown))
