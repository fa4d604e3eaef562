"""A run's heart: a second connection that says the run lives, counts its pages, records its calls and lines.

It commits each write at once, so that pages and calls are seen while the run's own transaction is not yet
open, and stay when that transaction is rolled back.
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
"""A running run that has not beaten for so long is lost, and the sweep takes it back."""

log = logging.getLogger(__name__)


class LostRunError(Exception):
    """The run was taken back, cancelled or finished by somebody else: nothing of this attempt may be kept."""


def call_columns(call: ApiCall) -> dict[str, Any]:
    """A call as the columns of api_calls."""
    return dataclasses.asdict(call) | {"path": mask(call.path), "error": mask(call.error or "")}


class Heart:
    """Beats every few seconds while its `with` block runs; `platform` is the slug its calls are about."""

    def __init__(self, engine: Engine, uuid: UUID, attempt: int, platform: str = "") -> None:
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)
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
        """Counts a page that arrived; raises LostRunError where the run is no longer this attempt's."""
        self.pages += 1
        self._beat()
        if self._lost:
            raise LostRunError(f"run {self.uuid} is no longer attempt {self.attempt}'s")

    def record(self, call: ApiCall) -> None:
        """Records a try of a call to the API."""
        columns = call_columns(call) | {"run_uuid": self.uuid, "platform": self.platform}
        self.last_path = columns["path"]
        self.write("run_record_call", **columns)

    def say(self, level: str, line: str) -> None:
        """Keeps a line with the run."""
        self.write("run_say", run_uuid=self.uuid, attempt=self.attempt, level=level, line=line)

    def _beat_on(self) -> None:
        while not self._stop.wait(BEAT_SECONDS):
            try:
                self._beat()
            except SQLAlchemyError as error:
                # The next beat tries again; a database that stays away ends the run at its write.
                log.warning("run %s: a heartbeat failed: %s", self.uuid, type(error).__name__)

    def _beat(self) -> None:
        alive = self.write("run_beat", uuid=self.uuid, attempt=self.attempt, pages=self.pages).first()
        self._lost = alive is None

    def write(self, name: str, **parameters: Any) -> Any:
        """Runs the statement sql/queries/`name`.sql, committed at once."""
        with self._lock:
            return self._connection.execute(statement(name), parameters)
