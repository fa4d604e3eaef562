"""Positions over time as ApexCharts' options: 1 is on top, and unknown positions are gaps.

A ranking is valid until the next is due, so a weekly chart appears as steps beside daily ones.
"""

from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from webapp.drawing.apexcharts import HEIGHT, empty, lone_points, milliseconds, nice, time_axis

TICKS = 5


class Line(NamedTuple):
    """A track on one chart: its position in each stored ranking, oldest first, None if it is absent.

    `period` is the number of days a ranking is valid, `incomplete` the dates of rankings that lack rows.
    """

    name: str
    colour: str
    period: int
    rankings: Sequence[tuple[date, int | None]]
    incomplete: Collection[date] = ()

    @property
    def labels(self) -> set[date]:
        """The dates of its rankings, and the first date of each gap between them."""
        days = [day for day, _ in self.rankings]
        step = timedelta(days=self.period)
        return {*days, *(one + step for one, other in pairwise(days) if one + step < other)}

    def point(self, label: date) -> dict[str, Any]:
        """Returns the point and its texts for a date."""
        place = bisect_right(self.rankings, label, key=lambda ranking: ranking[0]) - 1
        found: dict[str, Any] = {
            "x": milliseconds(label),
            "y": None,
            "text": "no stored ranking",
            "notes": [],
        }
        if place < 0 or (label - self.rankings[place][0]).days >= self.period:
            return found
        day, position = self.rankings[place]
        since = [f"ranking of {day}"] if day != label else []
        absent = f"not in the ranking{', which is incomplete' * (day in self.incomplete)}"
        text = f"position {position}" if position else absent
        return found | {"y": position, "text": text, "notes": since}


def drawing(lines: Sequence[Line]) -> dict[str, Any]:
    """Returns the JSON for drawings.js."""
    held = [position for line in lines for _, position in line.rankings if position]
    if not held:
        return empty("day", "This track was not on these charts in this range.")
    labels = sorted(set().union(*(line.labels for line in lines)))
    drawn = [[line.point(label) for label in labels] for line in lines]
    colours = [line.colour for line in lines]
    options = {
        "chart": {"type": "line", "height": HEIGHT, "zoom": {"autoScaleYaxis": False}},
        "series": [{"name": line.name, "data": data} for line, data in zip(lines, drawn, strict=True)],
        "colors": colours,
        "stroke": {"curve": "straight", "width": 2},
        "fill": {"type": "solid", "opacity": 1},
        "markers": {"size": 0, "discrete": lone_points(colours, drawn)},
        "xaxis": time_axis(labels[0], labels[-1], "day"),
        "yaxis": [_axis([line.name for line in lines], max(held))],
        "annotations": {"xaxis": [], "points": []},
        "legend": {"show": len(lines) > 1},
    }
    return {"interval": "day", "charts": [options], "events": [], "empty": ""}


def _axis(names: Sequence[str], worst: int) -> dict[str, Any]:
    """Returns an axis from 1 at the top to the worst position, in round steps."""
    step = nice((worst - 1) / TICKS)
    return {
        "seriesName": list(names),
        "title": {"text": "Position (1 is best)"},
        "reversed": True,
        "min": 1,
        "max": 1 + TICKS * step,
        "tickAmount": TICKS,
        "forceNiceScale": False,
        "decimalsInFloat": 0,
    }
