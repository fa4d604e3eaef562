"""Log lines: no secret in any, and on each the id of the request or run that it is about.

Lines are changed where they are made, since their handlers are those of Flask, gunicorn and RQ, and the
formats are theirs.
"""

import logging
import sys
import traceback
from secrets import token_hex
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, has_app_context

from webapp.config import Settings
from webapp.lib.masking import mask, remember, remember_address

_plain_record = logging.getLogRecordFactory()
_formatter = logging.Formatter()


def init_app(app: Flask) -> None:
    """Gives every request an id of its own, which its log lines, its answer and its audit event bear."""
    app.before_request(begin_request)
    app.after_request(tell_request_id)


def begin_request() -> None:
    """An id from outside is not taken: it could be another request's, or no id at all."""
    g.request_id = token_hex(6)
    mark(g.request_id)


def tell_request_id(response: Response) -> Response:
    """The id in the answer, for whoever reports what went wrong."""
    response.headers["X-Request-ID"] = g.request_id
    return response


def mark(subject: str) -> None:
    """Puts `subject`, the id of a request or run, on the log lines of this app context from now on."""
    g.log_mark = subject


def guard(settings: Settings) -> None:
    """Keeps the secrets of `settings` out of every log line and traceback of this process."""
    remember(*settings.secrets)
    remember_address(settings.database_url)
    remember_address(settings.redis_url)
    logging.setLogRecordFactory(masked_record)
    sys.excepthook = tell_masked


def masked_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A log record whose text and traceback are made at once, masked and marked."""
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
    except (KeyError, TypeError, ValueError):  # a wrong log line must not end what it tells of
        return f"{record.msg} {record.args}"


def tell_masked(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Prints an error that nobody caught as Python would, masked."""
    sys.stderr.write(mask("".join(traceback.format_exception(kind, error, trace))))
