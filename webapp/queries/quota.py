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
