"""The content of the quota page: quota left, usage, how long it lasts, and the needs of the schedule."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from webapp.app_settings import setting
from webapp.drawing import apexcharts
from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.lib.series import Point, Series
from webapp.queries.ops.quota import (
    PausedQueue,
    Quota,
    UsedRow,
    queues_now,
    quota,
    used_since,
    what_is_due,
)
from webapp.views.shared.waiting import paused
from webapp.work.billing import Period, billing_period
from webapp.work.costs import MONTH_DAYS, artists_calls, audience_calls, metadata_calls
from webapp.work.queue import QUEUES

RATE_DAYS = 7
COLOURS = {name: queue.colour for name, queue in QUEUES.items()} | {"": "#6b7280"}
OUTSIDE = "Outside runs"


class Queue(NamedTuple):
    """The state of a queue; `share` is a percentage of the period's calls, None without a limit."""

    name: str
    label: str
    waiting: int
    running: int
    used: int
    share: int | None
    pauses: list[PausedQueue]

    @property
    def by_operator(self) -> bool:
        """Whether an operator paused it."""
        return any(pause.kind == "operator" for pause in self.pauses)


class Need(NamedTuple):
    """A need of the schedule, in calls per month."""

    what: str
    how_often: str
    calls: int


@dataclass(frozen=True)
class Usage:
    """The calls of a billing period and of recent days, by day and queue."""

    period: Period
    today: date
    rows: Sequence[UsedRow]

    @property
    def by_day(self) -> dict[date, Counter[str]]:
        """The calls by queue for each day of the period so far, oldest first."""
        days = (self.today - self.period.first).days + 1
        found: dict[date, Counter[str]] = {
            self.period.first + timedelta(days=each): Counter() for each in range(days)
        }
        for row in self.rows:
            if row.day in found:
                found[row.day][row.queue] += row.calls
        return found

    @property
    def by_queue(self) -> Counter[str]:
        """The calls of the period by queue."""
        return sum(self.by_day.values(), Counter[str]())

    @property
    def a_day(self) -> float:
        """Calls per day over the last days including today; over fewer if the first call is more recent."""
        begin = self.today - timedelta(days=RATE_DAYS - 1)
        lately = [row for row in self.rows if row.day >= begin]
        if not lately:
            return 0
        first = min(row.day for row in lately)
        return sum(row.calls for row in lately) / ((self.today - first).days + 1)


@dataclass(frozen=True, kw_only=True)
class QuotaPage:
    """The content of the page."""

    known: Quota | None
    usage: Usage
    queues: Sequence[Queue]
    needs: Sequence[Need]
    reserve: int

    @property
    def days_left(self) -> int | None:
        """Whole days that the quota lasts at the present rate; None if unknown."""
        if self.known is None or not self.usage.a_day:
            return None
        return int(self.known.quota_left / self.usage.a_day)

    @property
    def gone_on(self) -> date | None:
        """The day on which the quota is used up, if that is before the next billing day."""
        if self.days_left is None:
            return None
        gone = self.usage.today + timedelta(days=self.days_left)
        return gone if gone < self.usage.period.renewal else None

    @property
    def needed(self) -> int:
        """Calls per month of all needs of the schedule."""
        return sum(need.calls for need in self.needs)


def quota_page() -> QuotaPage:
    """Returns the present content of the page."""
    usage = read_usage()
    return QuotaPage(
        known=quota(), usage=usage, queues=_queues(usage), needs=_needs(), reserve=setting("reserve_calls")
    )


def read_usage() -> Usage:
    """Reads the usage of the period and of the days that the rate is counted over."""
    period, day = billing_period(), today()
    first = min(period.first, day - timedelta(days=RATE_DAYS - 1))
    return Usage(period, day, used_since(datetime.combine(first, datetime.min.time(), UTC)))


def drawing(usage: Usage) -> dict[str, Any]:
    """Returns the drawing for drawings.js: a column per day, stacked by queue."""
    by_day, by_queue = usage.by_day, usage.by_queue
    if not by_queue:
        return apexcharts.empty("day", "No calls in this billing period.")
    series = [
        Series(
            QUEUES[queue].label if queue else OUTSIDE,
            metric="Calls",
            colour=colour,
            points=[Point(day, by_day[day][queue]) for day in by_day],
        )
        for queue, colour in COLOURS.items()
        if by_queue[queue]
    ]
    drawn = apexcharts.drawing(apexcharts.Drawing(series, from_zero=True, together=True))
    (options,) = drawn["charts"]
    options["chart"] |= {"type": "bar", "stacked": True}
    options["stroke"]["width"] = 0
    options["fill"] = {"type": "solid", "opacity": 0.85}
    options["markers"]["discrete"] = []
    # Days without calls, or with the same number as the day before, need no annotation.
    options["annotations"] = {"xaxis": [], "points": []}
    for one in options["series"]:
        for point in one["data"]:
            point |= {"text": counted(point["y"], "call"), "notes": []}
    return drawn


def _queues(usage: Usage) -> list[Queue]:
    now, used, pauses = queues_now(), usage.by_queue, paused()
    return [
        Queue(
            name,
            label,
            waiting=now[name].waiting if name in now else 0,
            running=now[name].running if name in now else 0,
            used=used[name],
            share=None if name == "interactive" else setting(f"share_{name}"),
            pauses=[pause for pause in pauses if pause.queue in ("", name)],
        )
        for name, (label, _colour) in QUEUES.items()
    ]


def _needs() -> list[Need]:
    """Returns the needs of a month by the settings, if everything is fetched when due and no call fails."""
    due = what_is_due()
    return [
        Need(
            f"Rankings of {counted(due.charts, 'chart')}",
            "as often as each chart appears",
            ceil(due.ranking_calls_a_day * MONTH_DAYS),
        ),
        _need(
            f"Audience of charting tracks, {counted(due.charting_series, 'series', 'series')}",
            "charting_due_days",
            audience_calls(due.charting_series),
        ),
        _need(
            f"Audience of other tracks, {counted(due.other_series, 'series', 'series')}",
            "others_due_days",
            audience_calls(due.other_series),
        ),
        _need(
            f"Audience without data so far, {counted(due.absent_series, 'series', 'series')}",
            "absent_due_days",
            audience_calls(due.absent_series),
        ),
        _need(f"Details of {counted(due.tracks, 'track')}", "metadata_due_days", metadata_calls(due.tracks)),
        _need(
            f"Details of {counted(due.artists, 'artist')}", "metadata_due_days", artists_calls(due.artists)
        ),
    ]


def _need(what: str, days: str, calls: int) -> Need:
    every = setting(days)
    return Need(what, "every day" if every == 1 else f"every {every} days", ceil(calls * MONTH_DAYS / every))
