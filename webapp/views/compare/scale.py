"""The scale of a comparison: totals, gains, an index or powers of ten, and the best of them for the data."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from webapp.drawing.apexcharts import Drawing
from webapp.lib.series import Series

Metric = Literal["total", "gain", "index", "log"]
METRICS: tuple[Metric, ...] = ("total", "gain", "index", "log")
FEWEST, MOST = 2, 6
"""Of the tracks or artists of a comparison."""
UNLIKE = 20
"""On one axis of totals, a line under this part of the highest lies on the zero line."""

Totals = Mapping[UUID, Mapping[date, int]]
"""The totals of each track by place on the time axis."""


class Base(NamedTuple):
    """Where every index is 100: the first place that all tracks have, and their totals there."""

    day: date
    totals: dict[UUID, int]

    def index_of(self, uuid: UUID, total: int) -> float:
        """Returns a total of a track or artist as an index."""
        return round(total / self.totals[uuid] * 100, 3)


class Scale(NamedTuple):
    """What is drawn; `base` is that of an index, `no_index` why the index that was requested has none."""

    metric: Metric
    base: Base | None = None
    no_index: str = ""


def scale_of(totals: Totals, requested: Metric | None) -> Scale:
    """Returns the scale that was requested, or the best one: index or log for tracks of unlike size."""
    if requested is None and not _unlike(totals):
        return Scale("total")
    if requested not in (None, "index"):
        return Scale(requested)
    base = _base(totals)
    if base and all(base.totals.values()):
        return Scale("index", base)
    if requested is None:
        return Scale("log")
    why = "one of them had no audience yet on the first day of all" if base else "they have no day in common"
    return Scale("index", no_index=f"No index: {why}.")


def scaled(
    series: Sequence[Series], metric: Metric, *, start: date | None = None, end: date | None = None
) -> Drawing:
    """Returns series on a scale as one chart, or small ones for the gains of three or more."""
    return Drawing(
        series,
        shows="total" if metric == "log" else metric,
        together=metric != "gain",
        log=metric == "log",
        start=start,
        end=end,
    )


def _unlike(totals: Totals) -> bool:
    """Whether the newest totals are more than UNLIKE times apart; one of 0 is."""
    newest = [own[max(own)] for own in totals.values()]
    return bool(newest) and max(newest) > UNLIKE * min(newest)


def _base(totals: Totals) -> Base | None:
    shared = set.intersection(*(set(own) for own in totals.values())) if totals else set()
    if not shared:
        return None
    return Base(min(shared), {uuid: own[min(shared)] for uuid, own in totals.items()})
