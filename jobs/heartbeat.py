"""A run's heartbeat: a second connection that keeps the run alive and records its pages, calls and log lines.

It commits each write at once, so that pages and calls are visible while the run's own transaction is not yet
open, and survive a rollback of that transaction.
"""

import dataclasses
import logging
import threading
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from jobs.soundcharts import ApiCall
from webapp.lib.masking import mask
from webapp.queries import statement

BEAT_SECONDS = 5
STALE_SECONDS = 30
"""A running run without a heartbeat for this long is lost, and the sweep takes it back."""

log = logging.getLogger(__name__)


class LostRunError(Exception):
    """The run was taken back, cancelled or finished elsewhere, so nothing of this attempt may be stored."""


def call_columns(call: ApiCall) -> dict[str, Any]:
    """Returns a call as the columns of api_calls."""
    return dataclasses.asdict(call) | {"path": mask(call.path), "error": mask(call.error or "")}


class Heartbeat:
    """Beats every BEAT_SECONDS during its `with` block; `platform` is the slug of the platform it calls."""

    def __init__(self, engine: Engine, uuid: UUID, attempt: int, *, platform: str = "") -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)
        self._lost = False
        self.uuid = uuid
        self.attempt = attempt
        self.platform = platform
        self.pages = 0
        self.last_path = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._connection.close()

    def page(self) -> None:
        """Counts a received page; raises LostRunError if the run no longer belongs to this attempt."""
        self.pages += 1
        self._beat()
        if self._lost:
            raise LostRunError(f"run {self.uuid} no longer belongs to attempt {self.attempt}")

    def record(self, call: ApiCall) -> None:
        """Records one try of an API call."""
        columns = call_columns(call) | {"run_uuid": self.uuid, "platform": self.platform}
        self.last_path = columns["path"]
        self.write("run_record_call", **columns)

    def log_line(self, level: str, line: str) -> None:
        """Stores a log line of the run."""
        self.write("run_log_line", run_uuid=self.uuid, attempt=self.attempt, level=level, line=line)

    def _beat_on(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._beat()
            except SQLAlchemyError as error:
                # The next beat tries again; if the database stays away, the run fails at its write.
                log.warning("run %s: a heartbeat failed: %s", self.uuid, type(error).__name__)

    def _beat(self) -> None:
        alive = self.write("run_beat", uuid=self.uuid, attempt=self.attempt, pages=self.pages).first()
        self._lost = alive is None

    def write(self, name: str, **parameters: Any) -> Any:
        """Runs sql/queries/`name`.sql and commits it at once."""
        with self._lock:
            return self._connection.execute(statement(name), parameters)
