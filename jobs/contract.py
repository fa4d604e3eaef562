"""The contract between runs and tasks: what a task is given, what it returns, and how it fails."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from jobs.upserts import Counts
from webapp.work.queue import LiveRun


class RunError(Exception):
    """A run cannot be carried out, and would not be another time; the message is one sentence."""


class AskAgainError(Exception):
    """The answer may be another after `delay` seconds; no attempt is spent. The message is one sentence."""

    def __init__(self, message: str, delay: float) -> None:
        super().__init__(message)
        self.delay = delay


@dataclass(frozen=True)
class Run:
    """A run that this process holds, for one attempt."""

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
    """What a task has written, not yet committed: its counts, a sentence, and the runs it leads to."""

    counts: Counts
    message: str = ""
    children: list[LiveRun] = field(default_factory=list)
