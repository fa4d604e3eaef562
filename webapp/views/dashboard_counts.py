"""Rankings counted by day: the total of a window, its change on the one before, and the chart of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from webapp import apexcharts
from webapp.formats import share
from webapp.queries.dashboard import RankingDay, Window
from webapp.series import Point, Series
from webapp.views.dashboard_filter import By
from webapp.views.wording import counted

BLUE = "#3b82f6"
METRICS: dict[By, str] = {"fetched": "Rankings fetched", "ranked": "Rankings by chart date"}


class RankingCounts(NamedTuple):
    """The days of a window with how many rankings each has, and how many the window before had."""

    by: By
    window: Window
    days: list[tuple[Any, int]]
    before: int

    @property
    def total(self) -> int:
        """How many there are in the window."""
        return sum(count for _day, count in self.days)

    @property
    def change(self) -> float | None:
        """The total's change on the window before, a share of it; None where there was nothing then."""
        return (self.total - self.before) / self.before if self.before else None

    @property
    def summary(self) -> str:
        """The same in a sentence."""
        against = (
            "no earlier data" if self.change is None else f"{share(self.change)} on the {self._days} before"
        )
        return f"{METRICS[self.by]}, {self.window.words}: {self.total:,}, {against}."

    @property
    def _days(self) -> str:
        return counted(self.window.days, "day")


def count_rankings(days: Sequence[RankingDay], window: Window, by: By) -> RankingCounts:
    """Counts `days`, which are the window before and the window."""
    counts = [(found.day, getattr(found, by)) for found in days]
    shown = [(day, count) for day, count in counts if day >= window.start]
    return RankingCounts(by, window, shown, sum(count for day, count in counts if day < window.start))


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
