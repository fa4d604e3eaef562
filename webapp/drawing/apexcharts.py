"""Converts series to charts: ApexCharts' option JSON for `drawings.js`.

The options contain no functions, so that they are valid JSON; `drawings.js` adds formatters and the tooltip,
which read the extra fields of each point. Dates without a value become null points, so gaps stay gaps.
"""

from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import cached_property
from math import ceil, floor, log10
from typing import Any

from webapp.drawing.marks import KINDS, Event, Mark, notes, series_marks
from webapp.lib.series import Interval, Point, Series, Shows, next_label

HEIGHT, SMALL_HEIGHT = 340, 190
ONE_CHART = 2  # series at most; more are small charts
MOST_STEPS, FEWEST_STEPS = 8, 4  # between the dates of a time axis


@dataclass(frozen=True)
class Drawing:
    """The data of a chart; `start` and `end` are the ends of the range, if the points do not reach them.

    `together` draws three or more series in one chart. `log` draws totals by powers of ten (none of 0).
    Of `events` only those in the range are shown.
    """

    series: Sequence[Series]
    interval: Interval = "day"
    shows: Shows = "total"
    from_zero: bool = False
    start: date | None = None
    end: date | None = None
    together: bool = False
    log: bool = False
    events: Sequence[Event] = ()

    @cached_property
    def labels(self) -> list[date]:
        """Every label from the first to the last point of any series, including missing ones."""
        days = {point.day for series in self.series for point in series.points}
        if not days:
            return []
        last, found = max(days), [min(days)]
        while found[-1] < last:
            found.append(next_label(found[-1], self.interval))
        return sorted(days.union(found))

    @property
    def ends(self) -> tuple[date, date]:
        """Returns the first and last date of the time axis; requires a label."""
        labels = self.labels
        return min(self.start or labels[0], labels[0]), max(self.end or labels[-1], labels[-1])

    @property
    def event_marks(self) -> list[Mark]:
        """The events in the range as marks, oldest first; none without a label."""
        first, last = self.ends if self.labels else (date.max, date.min)
        return sorted(Mark(*event) for event in self.events if first <= event.day <= last)

    @property
    def marks(self) -> list[Mark]:
        """All marks."""
        of_series = (series_marks(one, self.interval, self.shows) for one in self.series)
        return [*self.event_marks, *(mark for found in of_series for mark in found)]

    @property
    def fitted(self) -> bool:
        """Whether the value axis is fitted to the range instead of starting at zero."""
        return self.shows != "gain" and not self.from_zero

    def height(self, point: Point) -> float | None:
        """Returns where a point stands on the value axis; None for one that is not drawn."""
        value = point.value(self.shows)
        if not self.log:
            return value
        return log10(value) if value and value > 0 else None


def drawing(chart: Drawing) -> dict[str, Any]:
    """The JSON that `drawings.js` draws: option sets in `charts`, or why there are none in `empty`.

    Up to two series are one chart, and so are those that belong together; more are small charts under each
    other with one time axis.
    """
    labels = chart.labels
    if not labels:
        return empty(chart.interval, "There are no values in this range.")
    if len(chart.series) <= ONE_CHART or chart.together:
        groups: list[Sequence[Series]] = [chart.series]
    else:
        groups = [[series] for series in chart.series]
    charts = [options(chart, group, labels) for group in groups]
    if len(charts) > 1:
        _stack(charts)
    events = [
        {"x": milliseconds(label), "text": text}
        for label, texts in notes(chart.event_marks, chart.interval).items()
        for text in texts
    ]
    return {"interval": chart.interval, "charts": charts, "events": events, "empty": ""}


def empty(interval: Interval, reason: str) -> dict[str, Any]:
    """Returns the JSON of a chart without data."""
    return {"interval": interval, "charts": [], "events": [], "empty": reason}


def options(chart: Drawing, series: Sequence[Series], labels: Sequence[date]) -> dict[str, Any]:
    """ApexCharts' options for `series` of `chart`, each with a point (or null) at every one of `labels`."""
    drawn = [_points(chart, one, labels) for one in series]
    colours = [one.colour for one in series]
    first, last = chart.ends
    return {
        "chart": {"type": _type(chart, series), "height": HEIGHT, "zoom": {"autoScaleYaxis": chart.fitted}},
        "series": [{"name": one.name, "data": data} for one, data in zip(series, drawn, strict=True)],
        "colors": colours,
        "stroke": {"curve": "straight", "width": 0 if chart.shows == "gain" else 2},
        "fill": _fill(chart, series),
        "markers": {"size": 0, "discrete": [] if chart.shows == "gain" else lone_points(colours, drawn)},
        "plotOptions": {"bar": {"columnWidth": "72%", "borderRadius": 2, "borderRadiusApplication": "end"}},
        "xaxis": time_axis(first, last, chart.interval),
        "yaxis": _axes(chart, series, drawn),
        "annotations": _annotations(chart, series),
        "legend": {"show": len(series) > 1},
    }


def _points(chart: Drawing, series: Series, labels: Sequence[date]) -> list[dict[str, Any]]:
    found = {point.day: point for point in series.points}
    texts = notes(series_marks(series, chart.interval), chart.interval)
    return [
        _point(found[day], chart, texts.get(day, [])) | _faded(found[day], chart.shows, series.colour)
        if day in found
        else {"x": milliseconds(day), "y": None}
        for day in labels
    ]


def _point(point: Point, chart: Drawing, texts: list[str]) -> dict[str, Any]:
    fetched = point.fetched_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if point.fetched_at else None
    return {
        "x": milliseconds(point.day),
        "y": chart.height(point),
        "total": point.total,
        "gain": point.gain,
        "index": point.index,
        "fetched": fetched,
        "notes": [point.parts, *texts] if point.parts else texts,
    }


def _faded(point: Point, shows: Shows, colour: str) -> dict[str, Any]:
    """Returns a paler fill for a column that is known in part, or of several days at once."""
    whole = point.is_complete and not point.reported_days
    return {} if whole or shows != "gain" else {"fillColor": f"{colour}66"}


def _type(chart: Drawing, series: Sequence[Series]) -> str:
    if chart.shows == "gain":
        return "bar"
    # An area is read as a quantity, so it stands on zero.
    return "line" if chart.fitted or len(series) > 1 else "area"


def _fill(chart: Drawing, series: Sequence[Series]) -> dict[str, Any]:
    if _type(chart, series) != "area":
        return {"type": "solid", "opacity": 0.85 if chart.shows == "gain" else 1}
    return {
        "type": "gradient",
        "gradient": {"shadeIntensity": 0, "opacityFrom": 0.6, "opacityTo": 0.06, "stops": [0, 100]},
    }


def time_axis(first: date, last: date, interval: Interval) -> dict[str, Any]:
    """Returns the axis from `first` to `last`; days have dates at even steps, the last at the last day.

    An axis of days begins some days earlier where the steps need it.
    """
    axis = {"type": "datetime", "min": milliseconds(first), "max": milliseconds(last)}
    if interval != "day":
        return axis
    days = (last - first).days
    if not days:
        a_day = timedelta(days=1)
        return axis | {"min": milliseconds(first - a_day), "max": milliseconds(last + a_day), "tickAmount": 2}
    count = _steps(days)
    length = timedelta(days=-(-days // count) * count)
    return axis | {"min": milliseconds(last - length), "tickAmount": count}


def _steps(days: int) -> int:
    """Returns the number of equal steps of whole days that exceed `days` least; of several, the highest."""
    if days <= MOST_STEPS:
        return days
    return min(range(MOST_STEPS, FEWEST_STEPS - 1, -1), key=lambda count: -days % count)


def _axes(
    chart: Drawing, series: Sequence[Series], drawn: Sequence[Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Returns one axis per metric, the second on the right; with negative gains their zeros are level."""
    metrics = _metrics(series)
    ranges = [_range(metric, series, drawn) for metric in metrics]
    axes: list[dict[str, Any]] = [
        {
            "seriesName": [one.name for one in series if one.metric == metric],
            "title": {"text": _axis_title(chart, metric)},
            "opposite": metric != metrics[0],
            "forceNiceScale": True,
            "tickAmount": 5,
            "decimalsInFloat": 1 if chart.shows == "index" else 0,
        }
        for metric in metrics
    ]
    if chart.log:
        return [axis | _decades(drawn) for axis in axes]
    falls = any(lowest < 0 for lowest, _ in ranges)
    if not chart.fitted and falls and len(axes) > 1:
        return [axis | bounds for axis, bounds in zip(axes, _level_zeros(ranges), strict=True)]
    if not chart.fitted and not falls:
        return [axis | {"min": 0} for axis in axes]
    return axes


def _decades(drawn: Sequence[Sequence[dict[str, Any]]]) -> dict[str, Any]:
    """Returns the bounds of an axis of powers of ten, around all points; `powers` tells drawings.js."""
    known = [point["y"] for points in drawn for point in points if point["y"] is not None] or [0]
    low = floor(min(known))
    high = max(ceil(max(known)), low + 1)
    return {"min": low, "max": high, "tickAmount": high - low, "forceNiceScale": False, "powers": True}


def _metrics(series: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(one.metric for one in series))


def _range(
    metric: str, series: Sequence[Series], drawn: Sequence[Sequence[dict[str, Any]]]
) -> tuple[float, float]:
    """Returns the minimum and maximum of a metric, including zero."""
    pairs = zip(series, drawn, strict=True)
    values = [point["y"] or 0 for one, points in pairs if one.metric == metric for point in points]
    return min(0, *values), max(0, *values)


def _level_zeros(ranges: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    """Returns bounds with the same numbers of ticks above and below zero on every axis."""
    depths = [-low / (high - low) if high > low else 0 for low, high in ranges]
    low, high = ranges[depths.index(max(depths))]
    step = nice(max(high, -low) / 3)
    up, down = max(ceil(high / step), 1), ceil(-low / step)
    steps = [nice(max(high / up, -low / down)) for low, high in ranges]
    return [
        {"min": -down * step, "max": up * step, "tickAmount": up + down, "forceNiceScale": False}
        for step in steps
    ]


def nice(least: float) -> int:
    """Returns the smallest of 1, 2, 5, 10, 20, ... that is not below `least`."""
    power = 10 ** max(ceil(log10(least)) - 1, 0) if least > 1 else 1
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _axis_title(chart: Drawing, metric: str) -> str:
    return f"{metric} gained per {chart.interval}" if chart.shows == "gain" else metric


def lone_points(colours: Sequence[str], drawn: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Returns a marker for each point without a neighbour, since its line has no length."""
    return [
        {
            "seriesIndex": index,
            "dataPointIndex": place,
            "size": 3,
            "fillColor": colour,
            "strokeColor": colour,
        }
        for index, (colour, points) in enumerate(zip(colours, drawn, strict=True))
        for place in _lone_places([point["y"] for point in points])
    ]


def _lone_places(values: Sequence[float | None]) -> list[int]:
    """Returns the places of values without neighbours."""
    known = [False, *(value is not None for value in values), False]
    return [place for place in range(len(values)) if known[place : place + 3] == [False, True, False]]


def _annotations(chart: Drawing, series: Sequence[Series]) -> dict[str, Any]:
    """Returns background bands, lines at events, and markers at points, with the class of their kind."""
    metrics = _metrics(series)
    bands: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    for one in series:
        values = {point.day: chart.height(point) for point in one.points}
        for mark in series_marks(one, chart.interval, chart.shows):
            if KINDS[mark.kind].look == "marker":
                markers.append(
                    _marker(mark, value=values[mark.day], axis=metrics.index(one.metric), colour=one.colour)
                )
            elif mark.since is not None:
                bands.append(_band(mark, mark.since))
    middle = sum(milliseconds(end) for end in chart.ends) / 2
    lines = [_line(mark, place, middle) for place, mark in enumerate(chart.event_marks)]
    return {"xaxis": bands + lines, "points": markers}


def _marker(mark: Mark, *, value: float | None, axis: int, colour: str) -> dict[str, Any]:
    return {
        "x": milliseconds(mark.day),
        "y": value,
        "yAxisIndex": axis,
        "marker": {
            "size": 5,
            "shape": KINDS[mark.kind].shape,
            "strokeColor": colour,
            "strokeWidth": 2,
            "cssClass": f"mark-{mark.kind}",
        },
    }


def _band(mark: Mark, since: date) -> dict[str, Any]:
    # ApexCharts uses the id as a class.
    return {"id": f"mark-{mark.kind}", "x": milliseconds(since), "x2": milliseconds(mark.day), "opacity": 1}


def _line(mark: Mark, place: int, middle: float) -> dict[str, Any]:
    """Returns a line at an event, with its label on the inner side, below that of a neighbour."""
    x = milliseconds(mark.day)
    right = x > middle
    return {
        "id": f"mark-{mark.kind}",
        "x": x,
        "strokeDashArray": 0,
        "label": {
            "text": KINDS[mark.kind].word,
            "orientation": "horizontal",
            "textAnchor": "end" if right else "start",
            "offsetX": -5 if right else 5,
            "offsetY": 8 + 16 * (place % 3),
        },
    }


def _stack(charts: list[dict[str, Any]]) -> None:
    """Turns charts into small ones under each other, titled by series."""
    for chart in charts:
        chart["chart"]["height"] = SMALL_HEIGHT
        chart["title"] = {"text": f"{chart['series'][0]['name']}: {chart['yaxis'][0]['title']['text']}"}
        chart["yaxis"][0] |= {"title": {"text": ""}, "tickAmount": 3}


def milliseconds(day: date) -> int:
    """Returns midnight UTC of `day` in JavaScript's milliseconds."""
    return timegm(day.timetuple()) * 1000
