"""Charts for pages: series in, a `<figure>` for the template and ApexCharts' option JSON for `charts.js` out.

The options hold no functions, so that they travel as JSON; `charts.js` adds formatters and the tooltip, which
read the extra fields of each point. A gap stays a gap: dates without a value become null points.
"""

from calendar import timegm
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil, log10
from typing import Any, Literal, NamedTuple

from flask import Flask
from markupsafe import Markup

Interval = Literal["day", "week", "month"]
Shows = Literal["total", "gain", "index"]
MarkKind = Literal["fall", "gap", "revised", "identifiers_changed", "so_far"]

# Days from one label to the next: a point that covers more has a gap before it.
USUAL_DAYS: dict[Interval, int] = {"day": 1, "week": 7, "month": 31}
MARKER_SHAPES: dict[MarkKind, str] = {
    "fall": "triangle",
    "revised": "diamond",
    "identifiers_changed": "square",
    "so_far": "circle",
}
HEIGHT, SMALL_HEIGHT = 340, 190
ONE_CHART = 2  # series at most; more are small charts


@dataclass(frozen=True)
class Point:
    """One label of a series; `total` and `gain` as stored, `covers` in days since the last earlier value.

    `index` is the total in parts of 100 of the series' own total at a date of the caller's choice.
    """

    day: date
    total: int | None
    gain: int | None = None
    fetched_at: datetime | None = None
    covers: int | None = 1
    former_value: int | None = None
    revised_at: datetime | None = None
    identifiers_changed: bool = False
    so_far: bool = False
    index: float | None = None

    def value(self, shows: Shows) -> float | None:
        """What is drawn."""
        return {"total": self.total, "gain": self.gain, "index": self.index}[shows]


@dataclass(frozen=True)
class Series:
    """A line or a set of columns; series of one `metric` share an axis."""

    name: str
    metric: str
    colour: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """What to draw; `start` and `end` are the ends of the range asked for, where points do not reach them.

    `together` keeps three and more series in one chart.
    """

    series: Sequence[Series]
    interval: Interval = "day"
    shows: Shows = "total"
    from_zero: bool = False
    start: date | None = None
    end: date | None = None
    together: bool = False

    @property
    def labels(self) -> list[date]:
        """Every label from the first to the last point of any series, the missing ones too."""
        days = {point.day for series in self.series for point in series.points}
        if not days:
            return []
        last, found = max(days), [min(days)]
        while found[-1] < last:
            found.append(_next(found[-1], self.interval))
        return sorted(days.union(found))

    @property
    def fitted(self) -> bool:
        """Whether the value axis is fitted to the range instead of starting at zero."""
        return self.shows != "gain" and not self.from_zero


class Mark(NamedTuple):
    """Something to know about one point, in words; `day` is the point's label."""

    day: date
    kind: MarkKind
    text: str
    series: str


class ApexCharts:
    """The Flask extension: gives templates `chart_figure()`."""

    def init_app(self, app: Flask) -> None:
        """Bind to `app`."""
        app.jinja_env.globals["chart_figure"] = figure


def figure(url: str, label: str, summary: str = "", *, small: bool = False) -> Markup:
    """Where `charts.js` draws what `url` answers; `summary` says the same to people who do not see it."""
    return Markup(
        '<figure class="chart{small}" data-chart-url="{url}" data-state="loading">'
        '<div class="chart-plot" role="application" aria-roledescription="chart" tabindex="0"'
        ' aria-label="{label}. The arrow keys read its points."><div class="skeleton"></div></div>'
        '<div class="chart-foot"><p class="chart-reading" aria-live="polite"></p>'
        '<button type="button" class="button button-quiet button-small" data-reset-zoom hidden>'
        'Reset zoom</button></div><figcaption class="sr-only">{summary}</figcaption></figure>'
    ).format(small=" chart-small" if small else "", url=url, label=label, summary=summary or label)


def drawing(chart: Chart) -> dict[str, Any]:
    """The JSON that `charts.js` draws: option sets in `charts`, or the reason why there are none in `empty`.

    Up to two series are one chart, and so are those that belong together; more are small charts under each
    other with one time axis.
    """
    labels = chart.labels
    if not labels:
        return {"interval": chart.interval, "charts": [], "empty": "There are no values in this range."}
    if len(chart.series) <= ONE_CHART or chart.together:
        groups: list[Sequence[Series]] = [chart.series]
    else:
        groups = [[series] for series in chart.series]
    charts = [options(chart, group, labels) for group in groups]
    if len(charts) > 1:
        _stack(charts)
    return {"interval": chart.interval, "charts": charts, "empty": ""}


def options(chart: Chart, series: Sequence[Series], labels: Sequence[date]) -> dict[str, Any]:
    """ApexCharts' options for `series` of `chart`, each with a point (or null) at every one of `labels`."""
    drawn = [_points(chart, one, labels) for one in series]
    return {
        "chart": {"type": _type(chart, series), "height": HEIGHT, "zoom": {"autoScaleYaxis": chart.fitted}},
        "series": [{"name": one.name, "data": data} for one, data in zip(series, drawn, strict=True)],
        "colors": [one.colour for one in series],
        "stroke": {"curve": "straight", "width": 0 if chart.shows == "gain" else 2},
        "fill": _fill(chart, series),
        "markers": {"size": 0, "discrete": _lone_points(chart, series, drawn)},
        "plotOptions": {"bar": {"columnWidth": "72%", "borderRadius": 2, "borderRadiusApplication": "end"}},
        "xaxis": {
            "type": "datetime",
            "title": {"text": "Date"},
            "min": _milliseconds(min(chart.start or labels[0], labels[0])),
            "max": _milliseconds(max(chart.end or labels[-1], labels[-1])),
        },
        "yaxis": _axes(chart, series, drawn),
        "annotations": _annotations(chart, series),
        "legend": {"show": len(series) > 1},
    }


def marks(series: Series, interval: Interval = "day", shows: Shows = "total") -> list[Mark]:
    """What the chart marks of `series`, in words, oldest first: for the list under the chart."""
    return [
        Mark(point.day, kind, text, series.name)
        for point in series.points
        if point.value(shows) is not None
        for kind, text in _notes(point, interval)
    ]


def _notes(point: Point, interval: Interval) -> list[tuple[MarkKind, str]]:
    notes: list[tuple[MarkKind, str]] = []
    if point.gain is not None and point.gain < 0:
        notes.append(("fall", f"fell by {-point.gain:,}"))
    if point.covers is not None and point.covers > USUAL_DAYS[interval]:
        notes.append(("gap", f"gain covers {point.covers:,} days"))
    if point.former_value is not None:
        whose = "revised from" if interval == "day" else "holds a date revised from"
        when = f" on {point.revised_at.date().isoformat()}" if point.revised_at else ""
        notes.append(("revised", f"{whose} {point.former_value:,}{when}"))
    if point.identifiers_changed:
        notes.append(
            ("identifiers_changed", "the set of identifiers changed: this gain compares unlike things")
        )
    if point.so_far:
        notes.append(("so_far", f"so far: the {interval} still runs"))
    return notes


def _points(chart: Chart, series: Series, labels: Sequence[date]) -> list[dict[str, Any]]:
    found = {point.day: point for point in series.points}
    return [
        _point(found[day], chart) if day in found else {"x": _milliseconds(day), "y": None} for day in labels
    ]


def _point(point: Point, chart: Chart) -> dict[str, Any]:
    fetched = point.fetched_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if point.fetched_at else None
    return {
        "x": _milliseconds(point.day),
        "y": point.value(chart.shows),
        "total": point.total,
        "gain": point.gain,
        "index": point.index,
        "fetched": fetched,
        "notes": [text for _, text in _notes(point, chart.interval)],
    }


def _type(chart: Chart, series: Sequence[Series]) -> str:
    if chart.shows == "gain":
        return "bar"
    return "area" if len(series) == 1 else "line"


def _fill(chart: Chart, series: Sequence[Series]) -> dict[str, Any]:
    if _type(chart, series) != "area":
        return {"type": "solid", "opacity": 0.85 if chart.shows == "gain" else 1}
    return {
        "type": "gradient",
        "gradient": {"shadeIntensity": 0, "opacityFrom": 0.32, "opacityTo": 0.02, "stops": [0, 100]},
    }


def _axes(
    chart: Chart, series: Sequence[Series], drawn: Sequence[Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """One axis a metric, the second on the right; gains that fall put the zeros of both at one height."""
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
    falls = any(lowest < 0 for lowest, _ in ranges)
    if not chart.fitted and falls and len(axes) > 1:
        return [axis | bounds for axis, bounds in zip(axes, _level_zeros(ranges), strict=True)]
    if not chart.fitted and not falls:
        return [axis | {"min": 0} for axis in axes]
    return axes


def _metrics(series: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(one.metric for one in series))


def _range(
    metric: str, series: Sequence[Series], drawn: Sequence[Sequence[dict[str, Any]]]
) -> tuple[float, float]:
    """The least and the greatest value of a metric, and zero at least."""
    pairs = zip(series, drawn, strict=True)
    values = [point["y"] or 0 for one, points in pairs if one.metric == metric for point in points]
    return min(0, *values), max(0, *values)


def _level_zeros(ranges: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    """Bounds with as many ticks above zero, and below it, on every axis."""
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
    """The smallest of 1, 2, 5, 10, 20, ... that is not below `least`."""
    power = 10 ** max(ceil(log10(least)) - 1, 0) if least > 1 else 1
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _axis_title(chart: Chart, metric: str) -> str:
    if chart.shows == "gain":
        return f"{metric} gained per {chart.interval}"
    return f"{metric} (fitted axis)" if chart.fitted else metric


def _lone_points(
    chart: Chart, series: Sequence[Series], drawn: Sequence[Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Points without a neighbour: a line through them has no length, so they get a marker."""
    if chart.shows == "gain":
        return []
    return [
        {
            "seriesIndex": index,
            "dataPointIndex": place,
            "size": 3,
            "fillColor": one.colour,
            "strokeColor": one.colour,
        }
        for index, (one, points) in enumerate(zip(series, drawn, strict=True))
        for place in _lone_places([point["y"] for point in points])
    ]


def _lone_places(values: Sequence[int | None]) -> list[int]:
    known = [False, *(value is not None for value in values), False]
    return [place for place in range(len(values)) if known[place : place + 3] == [False, True, False]]


def _annotations(chart: Chart, series: Sequence[Series]) -> dict[str, Any]:
    """Bands over the gaps, and a marker at every other marked point."""
    metrics = _metrics(series)
    bands: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    for one in series:
        bands += _gap_bands(one, chart.interval)
        values = {point.day: point.value(chart.shows) for point in one.points}
        markers += [
            _marker(mark, values[mark.day], metrics.index(one.metric), one.colour)
            for mark in marks(one, chart.interval, chart.shows)
            if mark.kind != "gap"
        ]
    return {"xaxis": bands, "points": markers}


def _marker(mark: Mark, value: float | None, axis: int, colour: str) -> dict[str, Any]:
    return {
        "x": _milliseconds(mark.day),
        "y": value,
        "yAxisIndex": axis,
        "marker": {
            "size": 5,
            "shape": MARKER_SHAPES[mark.kind],
            "strokeColor": colour,
            "strokeWidth": 2,
            "cssClass": f"mark-{mark.kind}",
        },
    }


def _gap_bands(series: Series, interval: Interval) -> list[dict[str, Any]]:
    return [
        {
            "x": _milliseconds(one.day),
            "x2": _milliseconds(other.day),
            "opacity": 0.08,
            "borderColor": "transparent",
        }
        for one, other in pairwise(series.points)
        if other.day > _next(one.day, interval)
    ]


def _stack(charts: list[dict[str, Any]]) -> None:
    """Make charts into small ones that share a time axis: titled by their series, the dates named once."""
    first = min(chart["xaxis"]["min"] for chart in charts)
    last = max(chart["xaxis"]["max"] for chart in charts)
    for chart in charts:
        chart["chart"]["height"] = SMALL_HEIGHT
        chart["title"] = {"text": f"{chart['series'][0]['name']}: {chart['yaxis'][0]['title']['text']}"}
        chart["yaxis"][0] |= {"title": {"text": ""}, "tickAmount": 3}
        chart["xaxis"] |= {"min": first, "max": last, "title": {"text": ""}}
    charts[-1]["xaxis"]["title"] = {"text": "Date"}
    charts[-1]["chart"]["height"] = SMALL_HEIGHT + 20


def _next(day: date, interval: Interval) -> date:
    if interval == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=USUAL_DAYS[interval])


def _milliseconds(day: date) -> int:
    """Midnight UTC of `day`, as JavaScript counts it."""
    return timegm(day.timetuple()) * 1000
