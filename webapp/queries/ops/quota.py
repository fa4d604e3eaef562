"""The API's remaining quota, and the calls that used it."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from webapp.queries import one, rows


class Quota(NamedTuple):
    """The calls left, as the API reported at `known_at`."""

    quota_left: int
    known_at: datetime


class UsedRow(NamedTuple):
    """The calls of a day that used quota, by the queue of their runs; "" outside runs."""

    day: date
    queue: str
    calls: int


class PausedQueue(NamedTuple):
    """A paused queue, or every queue ("") while the quota is spent (kind `quota`); see queue_notice.sql.

    `lasts_until` is when it continues at the latest; None: until somebody resumes it. `next_look_at` is the
    next check of a spent quota.
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
    """The numbers of queued and running runs of a queue."""

    queue: str
    waiting: int
    running: int


class ScheduleRow(NamedTuple):
    """The scheduled work: calls for rankings, series by how often they are due, and metadata."""

    charts: int
    ranking_calls_a_day: float
    charting_series: int
    other_series: int
    absent_series: int
    tracks: int
    artists: int


def quota() -> Quota | None:
    """Returns the quota reported by the API's last response; None before the first."""
    return one(Quota, "quota_left")


def used_since(began_at: datetime) -> list[UsedRow]:
    """Returns the used calls, by day and queue."""
    return rows(UsedRow, "quota_used", since=began_at)


def used_by_queue(began_at: datetime) -> Counter[str]:
    """Returns the used calls by queue."""
    used: Counter[str] = Counter()
    for row in used_since(began_at):
        used[row.queue] += row.calls
    return used


def paused_queues() -> list[PausedQueue]:
    """Returns the paused queues with their reasons."""
    return rows(PausedQueue, "queue_notice")


def queues_now() -> dict[str, QueueNow]:
    """Returns the queues that have runs."""
    return {row.queue: row for row in rows(QueueNow, "queues_now")}


def what_is_due() -> ScheduleRow:
    """Returns the scheduled work."""
    (row,) = rows(ScheduleRow, "quota_schedule")
    return row
