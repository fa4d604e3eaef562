"""Rankings counted by day: the total of a window, its change on the previous one, and the drawing."""

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
    """The days of a window with their numbers of rankings.

    `whole` are the completed days of the window; only they are compared, with `before`, the number of as many
    days in the previous window.
    """

    by: By
    window: Window
    days: list[tuple[date, int]]
    whole: Window
    before: int

    @property
    def total(self) -> int:
        """The number in the window."""
        return sum(count for _day, count in self.days)

    @property
    def compared(self) -> int:
        """The number on completed days."""
        return sum(count for day, count in self.days if day <= self.whole.end)

    @property
    def same_days(self) -> Window:
        """The days of `before`: as many as are completed, from the start of the previous window."""
        start = self.window.before.start
        return Window(start, start + timedelta(days=self.whole.days - 1))

    @property
    def change(self) -> float | None:
        """The change of completed days on the same days before; None if these have no rankings."""
        return (self.compared - self.before) / self.before if self.before else None

    @property
    def summary(self) -> str:
        """The total and the change, as a sentence."""
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
    """Counts `days`, which are those of the previous and the current window."""
    counts = [(found.day, getattr(found, by)) for found in days]
    shown = [(day, count) for day, count in counts if day >= window.start]
    whole = Window(window.start, min(window.end, today() - timedelta(days=1)))
    found = RankingCounts(by, window, days=shown, whole=whole, before=0)
    return found._replace(before=sum(count for day, count in counts if day <= found.same_days.end))


def drawing(counts: RankingCounts) -> dict[str, Any]:
    """Returns the drawing for drawings.js: an area whose points show counts and no gains."""
    if not counts.total:
        return apexcharts.empty("day", "No rankings on these dates.")
    points = [Point(day, count) for day, count in counts.days]
    series = Series(METRICS[counts.by], metric="Rankings", colour=BLUE, points=points)
    drawn = apexcharts.drawing(apexcharts.Drawing([series], from_zero=True))
    for point in drawn["charts"][0]["series"][0]["data"]:
        point["text"] = counted(point["y"], "ranking")
    return drawn
