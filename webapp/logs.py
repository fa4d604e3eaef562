"""Log lines: secrets are masked, and each line has the id of its request or run.

Records are changed when they are created, since handlers and formats belong to Flask, gunicorn and RQ.
"""

import logging
import sys
import traceback
from secrets import token_hex
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_app_context

from webapp.config import Settings
from webapp.lib.masking import mask, remember, remember_url

_plain_record = logging.getLogRecordFactory()
_formatter = logging.Formatter()


def init_app(app: Flask) -> None:
    """Gives every request an id, which its log lines, its response and its audit event contain."""
    app.before_request(begin_request)
    app.after_request(add_request_id)


def begin_request() -> None:
    """Creates the request's id; one sent by the client is ignored, since it could be another's or invalid."""
    g.request_id = token_hex(6)
    mark(g.request_id)


def add_request_id(response: Response) -> Response:
    """Adds the id to the response, for reports of errors."""
    response.headers["X-Request-ID"] = g.request_id
    return response


def mark(subject: str) -> None:
    """Adds `subject`, the id of a request or run, to the later log lines of this app context."""
    g.log_mark = subject


def guard(settings: Settings) -> None:
    """Keeps the secrets of `settings` out of every log line and traceback of this process."""
    remember(*settings.secrets)
    remember_url(settings.database_url)
    remember_url(settings.redis_url)
    logging.setLogRecordFactory(masked_record)
    sys.excepthook = print_masked


def masked_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """Creates a log record with its text and traceback masked, and the mark of its subject."""
    record = _plain_record(*args, **kwargs)
    subject = g.get("log_mark") if has_app_context() else None
    text = mask(_text(record))
    record.msg, record.args = f"[{subject}] {text}" if subject else text, ()
    if record.exc_info:
        record.exc_text = mask(_formatter.formatException(record.exc_info))
    return record


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (KeyError, TypeError, ValueError):  # a wrong log line must not end the operation
        return f"{record.msg} {record.args}"


def print_masked(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints an uncaught error as Python does, but masked."""
    sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))
