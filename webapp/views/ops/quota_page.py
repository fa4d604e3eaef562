"""What the quota page shows: what is left, what used the rest, how long it lasts, what the schedule needs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any, NamedTuple

from webapp.app_settings import setting
from webapp.drawing import apexcharts
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
from webapp.views.shared.waiting import QUEUES, paused
from webapp.work.billing import Period, billing_period
from webapp.work.costs import MONTH_DAYS, artists_calls, audience_calls, metadata_calls

RATE_DAYS = 7
COLOURS = {
    "interactive": "#3b82f6",
    "sync": "#10b981",
    "default": "#f59e0b",
    "backfill": "#8b5cf6",
    "": "#6b7280",
}
OUTSIDE = "Outside runs"


class Queue(NamedTuple):
    """A queue as it is; `share` is of the period's calls and None for the one that has no limit."""

    name: str
    label: str
    waiting: int
    running: int
    used: int
    share: int | None
    pauses: list[PausedQueue]

    @property
    def by_operator(self) -> bool:
        """Whether somebody paused it, who may resume it."""
        return any(pause.kind == "operator" for pause in self.pauses)


class Need(NamedTuple):
    """What the schedule asks for, in calls a month."""

    what: str
    how_often: str
    calls: int


@dataclass(frozen=True)
class Usage:
    """What was used in a billing period, and lately, by day and queue."""

    period: Period
    today: date
    rows: Sequence[UsedRow]

    @property
    def by_day(self) -> dict[date, Counter[str]]:
        """The days of the period so far, oldest first, with what each queue used."""
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
        """What each queue used in the period."""
        return sum(self.by_day.values(), Counter[str]())

    @property
    def a_day(self) -> float:
        """The rate of the last days, today among them; of fewer where the first call is more recent."""
        begin = self.today - timedelta(days=RATE_DAYS - 1)
        lately = [row for row in self.rows if row.day >= begin]
        if not lately:
            return 0
        first = min(row.day for row in lately)
        return sum(row.calls for row in lately) / ((self.today - first).days + 1)


@dataclass(frozen=True)
class QuotaPage:
    """The whole page."""

    known: Quota | None
    usage: Usage
    queues: Sequence[Queue]
    needs: Sequence[Need]
    reserve: int

    @property
    def days_left(self) -> int | None:
        """So many whole days the rest lasts at the present rate; None where nothing says."""
        if self.known is None or not self.usage.a_day:
            return None
        return int(self.known.quota_left / self.usage.a_day)

    @property
    def gone_on(self) -> date | None:
        """The day on which the rest is gone, if that comes before the next billing day."""
        if self.days_left is None:
            return None
        gone = self.usage.today + timedelta(days=self.days_left)
        return gone if gone < self.usage.period.renewal else None

    @property
    def needed(self) -> int:
        """All that the schedule asks for in a month."""
        return sum(need.calls for need in self.needs)


def quota_page() -> QuotaPage:
    """The page as it is now."""
    usage = read_usage()
    return QuotaPage(quota(), usage, _queues(usage), _needs(), setting("reserve_calls"))


def read_usage() -> Usage:
    """What was used, as far back as the period or the rate reaches."""
    period, today = billing_period(), datetime.now(UTC).date()
    first = min(period.first, today - timedelta(days=RATE_DAYS - 1))
    return Usage(period, today, used_since(datetime.combine(first, datetime.min.time(), UTC)))


def drawing(usage: Usage) -> dict[str, Any]:
    """What charts.js draws: a column a day, of a part for each queue that used anything."""
    by_day, by_queue = usage.by_day, usage.by_queue
    if not by_queue:
        return apexcharts.empty("day", "No call was made in this billing period.")
    series = [
        Series(
            QUEUES.get(queue, OUTSIDE), "Calls", colour, [Point(day, by_day[day][queue]) for day in by_day]
        )
        for queue, colour in COLOURS.items()
        if by_queue[queue]
    ]
    drawn = apexcharts.drawing(apexcharts.Chart(series, from_zero=True, together=True))
    (options,) = drawn["charts"]
    options["chart"] |= {"type": "bar", "stacked": True}
    options["stroke"]["width"] = 0
    options["fill"] = {"type": "solid", "opacity": 0.85}
    options["markers"]["discrete"] = []
    # Days without a call, or with as many as the day before, are nothing to remark on.
    options["annotations"] = {"xaxis": [], "points": []}
    for one in options["series"]:
        for point in one["data"]:
            point |= {"said": counted(point["y"], "call"), "notes": []}
    return drawn


def _queues(usage: Usage) -> list[Queue]:
    now, used, pauses = queues_now(), usage.by_queue, paused()
    return [
        Queue(
            name,
            label,
            now[name].waiting if name in now else 0,
            now[name].running if name in now else 0,
            used[name],
            None if name == "interactive" else setting(f"share_{name}"),
            [pause for pause in pauses if pause.queue in ("", name)],
        )
        for name, label in QUEUES.items()
    ]


def _needs() -> list[Need]:
    """What is due in a month by the settings, if each is fetched as soon as it is due and no call fails."""
    due = what_is_due()
    return [
        Need(
            f"Newest rankings of {counted(due.charts, 'enabled chart')}",
            "as often as each is synchronised",
            ceil(due.ranking_calls_a_day * MONTH_DAYS),
        ),
        _need(
            f"Audience of {counted(due.charting_series, 'pair')} of a charting track and a platform",
            "charting_due_days",
            audience_calls(due.charting_series),
        ),
        _need(
            f"Audience of {counted(due.other_series, 'other pair')}",
            "others_due_days",
            audience_calls(due.other_series),
        ),
        _need(
            f"Audience of {counted(due.absent_series, 'pair')} of which SoundCharts had nothing",
            "absent_due_days",
            audience_calls(due.absent_series),
        ),
        _need(f"Metadata of {counted(due.tracks, 'track')}", "metadata_due_days", metadata_calls(due.tracks)),
        _need(
            f"Metadata of {counted(due.artists, 'artist')}", "metadata_due_days", artists_calls(due.artists)
        ),
    ]


def _need(what: str, days: str, calls: int) -> Need:
    every = setting(days)
    return Need(what, "every day" if every == 1 else f"every {every} days", ceil(calls * MONTH_DAYS / every))
