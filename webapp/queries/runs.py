"""Runs: the list, one run, its place in the queue, its calls and what it led to."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.queries import one, rows

PAGE_SIZE = 50
CALLS_SHOWN = 100


class RunRow(NamedTuple):
    """A run with who asked for it and the names of its track and platform, where it has them.

    `paused_until` is the next look at the API's quota, where that is used up and the run waits for it.
    """

    uuid: UUID
    number: int
    task: str
    args: dict[str, Any]
    queue: str
    state: str
    forced: bool
    attempt: int
    max_attempts: int
    requester: str | None
    parent_uuid: UUID | None
    run_after: datetime
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    pages: int
    calls: int
    records_created: int
    records_updated: int
    records_unchanged: int
    message: str
    error: str
    paused_until: datetime | None
    track_name: str | None
    platform_name: str | None

    @property
    def is_live(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in ("queued", "running")


class RunList(NamedTuple):
    """A page of runs, newest first; `before` leads to the next page."""

    runs: list[RunRow]
    before: int | None

    @property
    def paused_until(self) -> datetime | None:
        """The next look at the API's quota, where that is used up and a run of this page waits for it."""
        return next((run.paused_until for run in self.runs if run.paused_until), None)


class CallRow(NamedTuple):
    """One call to the API; `status` is None where no answer came."""

    started_at: datetime
    endpoint: str
    path: str
    status: int | None
    error: str
    duration_ms: int
    quota_left: int | None


class ChildRow(NamedTuple):
    """A run that another one led to."""

    uuid: UUID
    number: int
    task: str
    state: str

    @property
    def is_live(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in ("queued", "running")


class _Place(NamedTuple):
    ahead: int


def run_list(state: str | None, task: str | None, before: int | None) -> RunList:
    """A page of the runs in this state and of this task, where given."""
    found = rows(RunRow, "runs_page", uuid=None, state=state, task=task, before=before, size=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    return RunList(page, page[-1].number if len(found) > PAGE_SIZE else None)


def find_run(uuid: UUID) -> RunRow | None:
    """The run with this uuid."""
    return one(RunRow, "runs_page", uuid=uuid, state=None, task=None, before=None, size=1)


def runs_ahead(uuid: UUID) -> int:
    """How many due runs will be taken before this queued one."""
    place = one(_Place, "run_place", uuid=uuid)
    return 0 if place is None else place.ahead


def run_calls(uuid: UUID) -> list[CallRow]:
    """The newest calls that a run made to the API."""
    return rows(CallRow, "run_calls", uuid=uuid, size=CALLS_SHOWN)


def run_children(uuid: UUID) -> list[ChildRow]:
    """The runs that a run led to, in order."""
    return rows(ChildRow, "run_children", uuid=uuid)
