"""Runs: the list, one run, its place in the queue, its attempts, log lines, calls and child runs."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from webapp.extensions import db
from webapp.queries import one, rows, statement

PAGE_SIZE = 50
CALLS_SHOWN = 100
LINES_SHOWN = 1000
REFUSALS_SHOWN = 100
SCHEDULE = "schedule"
"""Means nobody in `RunFilter.requested_by`."""


class RunFilter(NamedTuple):
    """A filter of runs. `requested_by` is an email or a user of a command line.

    `words` is a tsquery for the subject of a run; `since` and `until` are the first and last day (UTC) of its
    request.
    """

    state: str | None = None
    task: str | None = None
    queue: str | None = None
    requested_by: str | None = None
    platform: str | None = None
    words: str | None = None
    since: date | None = None
    until: date | None = None
    with_errors: bool = False


class RunRow(NamedTuple):
    """A run with its requester and the names of its track and platform, if it has them.

    `paused_until` is the next check of the API's quota, if it is used up and the run waits for it;
    `queue_paused` is why its queue is paused, "" without a reason, None if it is not.
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
    queue_paused: str | None
    track_name: str | None
    platform_name: str | None

    @property
    def is_live(self) -> bool:
        """Whether the run is queued or running."""
        return self.state in ("queued", "running")


class RunList(NamedTuple):
    """A page of runs, newest first; `before` is the key of the next page."""

    runs: list[RunRow]
    before: int | None


class CallRow(NamedTuple):
    """One call to the API; `status` is None without a response."""

    started_at: datetime
    endpoint: str
    path: str
    status: int | None
    error: str
    duration_ms: int
    quota_left: int | None


class ChildRow(NamedTuple):
    """A run requested by another one."""

    uuid: UUID
    number: int
    task: str
    state: str

    @property
    def is_live(self) -> bool:
        """Whether the run is queued or running."""
        return self.state in ("queued", "running")


class AttemptRow(NamedTuple):
    """One attempt of a run; `ending` is the run's state after it, empty while it is running."""

    attempt: int
    started_at: datetime
    ended_at: datetime | None
    ending: str
    error: str


class LineRow(NamedTuple):
    """A log line of a run; `level` is info, warning or error."""

    id: int
    attempt: int
    logged_at: datetime
    level: str
    line: str


class RefusalRow(NamedTuple):
    """A refused payload: the requested path, the field, its value, and the reason."""

    attempt: int
    refused_at: datetime
    path: str
    field: str
    value: str
    reason: str


class ToRetry(NamedTuple):
    """Runs to retry, newest first; `total` counts all of them."""

    uuids: list[UUID]
    total: int


class _Place(NamedTuple):
    ahead: int


class _Person(NamedTuple):
    email: str


class _Found(NamedTuple):
    uuid: UUID
    total: int


def run_list(narrow: RunFilter, before: int | None = None, *, size: int = PAGE_SIZE) -> RunList:
    """Returns a page of the filtered runs, with numbers below `before`."""
    found = rows(RunRow, "runs_page", **narrow._asdict(), uuid=None, before=before, size=size + 1)
    page = found[:size]
    return RunList(page, page[-1].number if len(found) > size else None)


def run_total(narrow: RunFilter, most: int) -> int:
    """Returns the number of filtered runs, at most `most`."""
    every = statement("runs_page").text.rstrip().rstrip(";")
    query = text(f"SELECT count(*) FROM ({every}) AS every")  # noqa: S608 (ours)
    given = {**narrow._asdict(), "uuid": None, "before": None, "size": most}
    return int(db.session.scalar(query, given) or 0)


def find_run(uuid: UUID) -> RunRow | None:
    """Returns the run with this uuid."""
    return one(RunRow, "runs_page", **RunFilter()._asdict(), uuid=uuid, before=None, size=1)


def run_people() -> list[str]:
    """Returns the requesters of runs: emails, then users of a command line."""
    return [person.email for person in rows(_Person, "run_people")]


def runs_to_retry(state: str, task: str, most: int) -> ToRetry:
    """Returns the runs of a task that ended in this state without a later run of the same subject."""
    found = rows(_Found, "runs_to_retry", state=state, task=task, most=most)
    return ToRetry([run.uuid for run in found], found[0].total if found else 0)


def run_attempts(uuid: UUID) -> list[AttemptRow]:
    """Returns the attempts of a run, in order."""
    return rows(AttemptRow, "run_attempts", uuid=uuid)


def run_lines(uuid: UUID) -> list[LineRow]:
    """Returns the newest log lines of a run, in order."""
    return rows(LineRow, "run_lines", uuid=uuid, size=LINES_SHOWN)


def run_refusals(uuid: UUID) -> list[RefusalRow]:
    """Returns the refused payloads of a run, in order."""
    return rows(RefusalRow, "run_refusals", uuid=uuid, size=REFUSALS_SHOWN)


def runs_ahead(uuid: UUID) -> int:
    """Returns the number of due runs that will be taken before this queued one."""
    place = one(_Place, "run_place", uuid=uuid)
    return 0 if place is None else place.ahead


def run_calls(uuid: UUID) -> list[CallRow]:
    """Returns the newest API calls of a run."""
    return rows(CallRow, "run_calls", uuid=uuid, size=CALLS_SHOWN)


def run_children(uuid: UUID) -> list[ChildRow]:
    """Returns the runs requested by a run, in order."""
    return rows(ChildRow, "run_children", uuid=uuid)
