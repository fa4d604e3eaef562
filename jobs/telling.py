"""What a run tells while it goes: the lines of its log, and the answers of the API that it did not believe.

Both are stored at once by its heart, so that they stay when what the run wrote is taken back. Neither can end
the run: what the database refuses is told in the ordinary log alone.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from jobs.heart import Heart
from jobs.soundcharts import PayloadError
from webapp.lib.masking import mask

MOST_LINES = 200
"""An attempt's lines beyond this are only in the worker's log."""
LONGEST = 500
"""Characters of a line, and of a refused value."""

log = logging.getLogger(__name__)


def kept(text: str) -> str:
    """`text` as it is kept with a run: without secrets, on one line and not too long."""
    line = " ".join(mask(text).replace("\0", "").split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def refusal(run_uuid: UUID | None, path: str, field: str, value: str, reason: str) -> dict[str, Any]:
    """The parameters of sql/queries/run_refuse.sql."""
    told = {"path": path, "field": field, "value": value, "reason": reason}
    return {name: kept(text) for name, text in told.items()} | {"run_uuid": run_uuid}


@contextmanager
def telling(heart: Heart) -> Iterator[None]:
    """Keeps what the block's own thread logs from INFO on, and the answer that it refuses, if it ends so."""
    handler, room = _Lines(heart), logging.getLogger("jobs")
    level = room.level
    room.addHandler(handler)
    room.setLevel(min(logging.INFO, room.getEffectiveLevel()))
    try:
        yield
    except PayloadError as error:
        _keep_refusal(heart, error)
        raise
    finally:
        room.removeHandler(handler)
        room.setLevel(level)


def _keep_refusal(heart: Heart, error: PayloadError) -> None:
    path = error.path or heart.last_path
    try:
        heart.write("run_refuse", **refusal(heart.uuid, path, error.field, error.value, str(error)))
    except SQLAlchemyError as failure:
        log.warning("run %s: a refused payload was not kept: %s", heart.uuid, type(failure).__name__)


class _Lines(logging.Handler):
    """Has a heart write the records of the thread that made it."""

    def __init__(self, heart: Heart) -> None:
        super().__init__(logging.INFO)
        self._heart = heart
        self._thread = threading.get_ident()
        self._left = MOST_LINES

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread or self._left == 0:
            return
        self._left -= 1
        line = record.getMessage().removeprefix(f"[run {self._heart.uuid}] ")
        if self._left == 0:
            line = "More was said than is kept here; the worker's log has it all."
        try:
            self._heart.say(record.levelname.lower(), kept(line))
        except SQLAlchemyError as error:
            self._left = 0  # before the warning, which comes here too
            log.warning("run %s: its lines are no longer kept: %s", self._heart.uuid, type(error).__name__)
