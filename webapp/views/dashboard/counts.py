"""Rankings counted by day: the total of a window, its change on the one before, and the chart of it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from webapp.drawing import apexcharts
from webapp.lib.clock import today
from webapp.lib.formats import counted, share
from webapp.lib.series import Point, Series
from webapp.queries.dashboard.cards import RankingDay, Window
from webapp.views.dashboard.filter import By

BLUE = "#3b82f6"
METRICS: dict[By, str] = {"fetched": "Rankings fetched", "ranked": "Rankings by chart date"}


class RankingCounts(NamedTuple):
    """The days of a window with how many rankings each has.

    `whole` are the days of the window that are over: only they are compared, with the `before` of as many
    days in the window before.
    """

    by: By
    window: Window
    days: list[tuple[date, int]]
    whole: Window
    before: int

    @property
    def total(self) -> int:
        """How many there are in the window."""
        return sum(count for _day, count in self.days)

    @property
    def compared(self) -> int:
        """How many there are on the days that are over."""
        return sum(count for day, count in self.days if day <= self.whole.end)

    @property
    def same_days(self) -> Window:
        """The days that `before` is of: as many as are over, from the start of the window before."""
        start = self.window.before.start
        return Window(start, start + timedelta(days=self.whole.days - 1))

    @property
    def change(self) -> float | None:
        """The change of the days that are over on the same days before; None where there was nothing then."""
        return (self.compared - self.before) / self.before if self.before else None

    @property
    def summary(self) -> str:
        """The same in a sentence."""
        return f"{METRICS[self.by]}, {self.window.words}: {self.total:,}, {self._against}."

    @property
    def _against(self) -> str:
        if self.change is None:
            return "no earlier data"
        if self.whole == self.window:
            return f"{share(self.change)} on the {counted(self.window.days, 'day')} before"
        return (
            f"{share(self.change)} to {self.whole.end} on the same {counted(self.whole.days, 'day')} before"
        )


def count_rankings(days: Sequence[RankingDay], window: Window, by: By) -> RankingCounts:
    """Counts `days`, which are the window before and the window."""
    counts = [(found.day, getattr(found, by)) for found in days]
    shown = [(day, count) for day, count in counts if day >= window.start]
    whole = Window(window.start, min(window.end, today() - timedelta(days=1)))
    found = RankingCounts(by, window, shown, whole, 0)
    return found._replace(before=sum(count for day, count in counts if day <= found.same_days.end))


def drawing(counts: RankingCounts) -> dict[str, Any]:
    """What charts.js draws: an area, each of whose points says what it counts and nothing of gains."""
    if not counts.total:
        return apexcharts.empty("day", "No ranking came on these dates.")
    points = [Point(day, count) for day, count in counts.days]
    series = Series(METRICS[counts.by], "Rankings", BLUE, points)
    drawn = apexcharts.drawing(apexcharts.Chart([series], from_zero=True))
    for point in drawn["charts"][0]["series"][0]["data"]:
        point["said"] = counted(point["y"], "ranking")
    return drawn
