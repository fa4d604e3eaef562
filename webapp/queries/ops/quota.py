"""What is left of the API's quota, and what used the rest."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from webapp.queries import one, rows


class Quota(NamedTuple):
    """Calls left, as the API said at `known_at`."""

    quota_left: int
    known_at: datetime


class UsedRow(NamedTuple):
    """Calls of a day that counted, by the queue of their runs; "" outside runs."""

    day: date
    queue: str
    calls: int


class PausedQueue(NamedTuple):
    """A queue that waits, or every queue ("") while the quota is spent (kind `quota`); see queue_notice.sql.

    `lasts_until` is when it goes on at the latest; None: when somebody resumes it. `next_look_at` is the next
    look at a spent quota.
    """

    queue: str
    kind: str
    reason: str
    paused_by: str | None
    paused_at: datetime
    next_look_at: datetime | None
    lasts_until: datetime | None
    waiting: int


class QueueNow(NamedTuple):
    """The runs of a queue that are not over."""

    queue: str
    waiting: int
    running: int


class ScheduleRow(NamedTuple):
    """What is due by itself: calls for rankings, series by how often they are due, and whose metadata are."""

    charts: int
    ranking_calls_a_day: float
    charting_series: int
    other_series: int
    absent_series: int
    tracks: int
    artists: int


def quota() -> Quota | None:
    """The quota as the last answer of the API told it; None before the first."""
    return one(Quota, "quota_left")


def used_since(began_at: datetime) -> list[UsedRow]:
    """What was used, by day and queue."""
    return rows(UsedRow, "quota_used", since=began_at)


def used_by_queue(began_at: datetime) -> Counter[str]:
    """What each queue used, in all."""
    used: Counter[str] = Counter()
    for row in used_since(began_at):
        used[row.queue] += row.calls
    return used


def paused_queues() -> list[PausedQueue]:
    """What waits, and why; nothing in ordinary times."""
    return rows(PausedQueue, "queue_notice")


def queues_now() -> dict[str, QueueNow]:
    """The queues that hold anything."""
    return {row.queue: row for row in rows(QueueNow, "queues_now")}


def what_is_due() -> ScheduleRow:
    """All that the schedule asks for by itself."""
    (row,) = rows(ScheduleRow, "quota_schedule")
    return row
