"""Stores the log lines of a run while it is running, and the API payloads it refused.

The run's heartbeat stores both at once, so that they survive a rollback of the run's writes. Neither can end
the run: if the database refuses one, only the worker's log reports it.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from jobs.heartbeat import Heartbeat
from jobs.soundcharts import PayloadError
from webapp.lib.masking import mask

MOST_LINES = 200
"""The most lines stored per attempt; further ones are only in the worker's log."""
LONGEST = 500
"""The most characters of a line, and of a refused value."""

log = logging.getLogger(__name__)


def kept(text: str) -> str:
    """Returns `text` as it is stored with a run: masked, on one line, at most LONGEST characters."""
    line = " ".join(mask(text).replace("\0", "").split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def refusal(run_uuid: UUID | None, *, path: str, field: str, value: str, reason: str) -> dict[str, Any]:
    """Returns the parameters of sql/queries/run_refuse.sql."""
    texts = {"path": path, "field": field, "value": value, "reason": reason}
    return {name: kept(text) for name, text in texts.items()} | {"run_uuid": run_uuid}


@contextmanager
def reporting(heartbeat: Heartbeat) -> Iterator[None]:
    """Stores the log lines of the block's thread from INFO on, and the payload of a PayloadError."""
    handler, logger = _Lines(heartbeat), logging.getLogger("jobs")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(min(logging.INFO, logger.getEffectiveLevel()))
    try:
        yield
    except PayloadError as error:
        _store_refusal(heartbeat, error)
        raise
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _store_refusal(heartbeat: Heartbeat, error: PayloadError) -> None:
    path = error.path or heartbeat.last_path
    try:
        heartbeat.write(
            "run_refuse",
            **refusal(heartbeat.uuid, path=path, field=error.field, value=error.value, reason=str(error)),
        )
    except SQLAlchemyError as failure:
        log.warning("run %s: a refused payload was not stored: %s", heartbeat.uuid, type(failure).__name__)


class _Lines(logging.Handler):
    """A log handler that stores the records of its own thread through a heartbeat."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        super().__init__(logging.INFO)
        self._heartbeat = heartbeat
        self._thread = threading.get_ident()
        self._left = MOST_LINES

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread or self._left == 0:
            return
        self._left -= 1
        line = record.getMessage().removeprefix(f"[run {self._heartbeat.uuid}] ")
        if self._left == 0:
            line = "Later lines are only in the worker's log."
        try:
            self._heartbeat.log_line(record.levelname.lower(), kept(line))
        except SQLAlchemyError as error:
            self._left = 0  # before the warning, which this handler receives too
            log.warning(
                "run %s: its lines are no longer stored: %s", self._heartbeat.uuid, type(error).__name__
            )
