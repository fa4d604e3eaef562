"""The contract between runs and tasks: a task's argument, its result and its errors."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from jobs.upserts import Counts
from webapp.work.queue import LiveRun


class RunError(Exception):
    """The run failed and a retry would fail too; the message is one sentence."""


class RetryLaterError(Exception):
    """The response may change after `delay` seconds; no attempt is counted. The message is one sentence."""

    def __init__(self, message: str, delay: float) -> None:
        super().__init__(message)
        self.delay = delay


@dataclass(frozen=True)
class Run:
    """A run that this process has taken for one attempt."""

    uuid: UUID
    task: str
    args: dict[str, Any]
    queue: str
    dedupe_key: str
    attempt: int
    forced: bool
    requested_by: int | None


@dataclass
class Done:
    """The result of a task, not yet committed: counts of rows, a sentence, and the runs it requested."""

    counts: Counts
    message: str = ""
    children: list[LiveRun] = field(default_factory=list)
