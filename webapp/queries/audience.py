"""The audience of one track: its series by day, week or month, and their chart data."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

from webapp.dates import FIRST_DATE
from webapp.lib.clock import today
from webapp.lib.formats import LEAST_BASE
from webapp.lib.series import Caveat, Interval, label_of, next_label, regained
from webapp.queries import rows

Metric = Literal["total", "gain"]

# The palette begins with the seeds' two colours; a platform has the same colour on every page.
PALETTE = (
    "#3b82f6", "#ef4444", "#10b981", "#f59e0b", "#8b5cf6", "#06b6d4", "#ec4899", "#84cc16",
    "#f97316", "#6366f1", "#14b8a6", "#a855f7", "#eab308", "#0ea5e9", "#f43f5e", "#22c55e",
    "#64748b", "#d946ef",
)  # fmt: skip


class Named(Protocol):
    """A track or a platform."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


class ChartQuery(NamedTuple):
    """The range and form of a requested series; both dates are inclusive.

    `details` adds notes about each value, `every_label` the labels without a value.
    """

    start_date: date | None = None
    end_date: date | None = None
    limit: int | None = None
    interval: Interval = "day"
    metric: Metric = "total"
    details: bool = False
    every_label: bool = False


class Point(NamedTuple):
    """A platform's value on a date, or in the week or month that begins on the date.

    `total` is the last running total in the bucket, of `last_date`; `gain` is the difference to the last
    earlier total, even one before the range, or to 0 where the series begins with the song; None:
    unknown. `covers` are the days between the two totals, more than `length`, the bucket's own, after a
    gap; `gain_days` those that the gain is of, where totals were repeated before several days were
    reported at once. `days_known` are the bucket's days in the range from where the series begins to
    `last_date`. `so_far`: the bucket still runs. `former_value` is the newest former value of a date in
    the bucket whose value was changed. `reported_days`: so many days were reported at once on this date,
    after equal totals, or some of them in another week or month than they are of. The first value is that
    of `first_date`. `range_gain` is of the whole range, see range_gain(). `height_before` is the highest
    total in the 90 days before it.
    """

    platform_id: int
    label: date
    last_date: date
    total: int
    gain: int | None
    covers: int | None
    gain_days: int | None
    length: int
    days_known: int
    so_far: bool
    fetched_at: datetime
    former_value: int | None
    revised_at: datetime | None
    identifiers_changed: bool
    reported_days: int | None
    first_date: date
    first_total: int
    range_base_date: date | None
    range_gain: int | None
    range_caveat: Caveat | None
    height_before: int | None

    @property
    def is_complete(self) -> bool:
        """Whether the whole bucket is known; only complete ones are compared."""
        return self.days_known == self.length


class RangeGain(NamedTuple):
    """The gain of a series over a range: `total` at `last_date` minus the total at `base_date`.

    The gain is None (unknown) without a base. The first value in the range is that of `first_date`.
    """

    last_date: date
    total: int
    base_date: date | None
    gain: int | None
    first_date: date
    first_total: int
    caveat: Caveat | None


def series(track_id: int, platform_ids: Sequence[int], query: ChartQuery) -> list[Point]:
    """Returns the requested points, by platform, oldest first.

    `limit` keeps the most recent labels of the union of all platforms' labels.
    """
    points = rows(
        Point,
        "audience_series",
        track_id=track_id,
        platform_ids=list(platform_ids),
        start_date=query.start_date,
        end_date=query.end_date,
        interval=query.interval,
        today=today(),
    )
    return latest(points, query.limit)


def latest(points: list[Point], limit: int | None) -> list[Point]:
    """Returns the points of the most recent `limit` labels of all series; None keeps all."""
    if limit is None:
        return points
    kept = set(sorted({point.label for point in points})[-limit:])
    return [point for point in points if point.label in kept]


def range_gain(points: Sequence[Point]) -> RangeGain:
    """Returns the gain of one series over a range with both ends, from its points."""
    first, last = points[0], points[-1]
    return RangeGain(
        last_date=last.last_date,
        total=last.total,
        base_date=last.range_base_date,
        gain=last.range_gain,
        first_date=first.first_date,
        first_total=first.first_total,
        caveat=last.range_caveat,
    )


def made_up(points: Sequence[Point]) -> list[int | None]:
    """Returns for each point of a range the total before a fall that it reaches again, see regained()."""
    if not points:
        return []
    first = points[0]
    base = first.total if first.gain is None else first.total - first.gain
    height = base if first.height_before is None else first.height_before
    return regained([height, base, *(point.total for point in points)])[2:]


def change_of(gain: int | None, before: int | None) -> float | None:
    """Returns the change of a gain on the previous one, a share; None if that is unknown or under 1,000."""
    if gain is None or before is None or before < LEAST_BASE:
        return None
    return (gain - before) / before


def platform_colour(platform: Named) -> str:
    """Returns the colour of a platform on every page; it depends on the row's id, so it never changes."""
    return PALETTE[(platform.id - 1) % len(PALETTE)]


def single_chart(track: Named, platform: Named, query: ChartQuery) -> dict[str, Any]:
    """Returns labels and one dataset, in the seeds' format."""
    points = series(track.id, [platform.id], query)
    labels = _labels(points, query)
    dataset = _dataset(track, platform, colour=PALETTE[0], points=points, labels=labels, query=query) | {
        "tension": 0.1
    }
    return {"labels": [label.isoformat() for label in labels], "datasets": [dataset]}


def comparison_chart(track: Named, platforms: Sequence[Named], query: ChartQuery) -> dict[str, Any]:
    """Returns labels, the union of all platforms' dates, and a dataset per platform in the given order."""
    points = series(track.id, [platform.id for platform in platforms], query)
    return chart_of(track, platforms, query, points=points)


def chart_of(
    track: Named, platforms: Sequence[Named], query: ChartQuery, *, points: Sequence[Point]
) -> dict[str, Any]:
    """Returns labels and datasets, as comparison_chart() does, from points that were read before."""
    labels = _labels(points, query)
    datasets = [
        _dataset(
            track,
            platform,
            colour=platform_colour(platform),
            points=[point for point in points if point.platform_id == platform.id],
            labels=labels,
            query=query,
        )
        for platform in platforms
    ]
    return {"labels": [label.isoformat() for label in labels], "datasets": datasets}


def _labels(points: Sequence[Point], query: ChartQuery) -> list[date]:
    """Returns the labels with a value, or every label of the range, at most the latest `limit`."""
    known = sorted({point.label for point in points})
    if not query.every_label or not known:
        return known
    first = label_of(max(query.start_date or known[0], FIRST_DATE), query.interval)
    last = label_of(min(query.end_date or known[-1], today() + timedelta(days=1)), query.interval)
    found = [min(first, known[0])]
    while found[-1] < max(last, known[-1]):
        found.append(next_label(found[-1], query.interval))
    return found[-(query.limit or 0) :]


def _dataset(
    track: Named,
    platform: Named,
    *,
    colour: str,
    points: Sequence[Point],
    labels: Sequence[date],
    query: ChartQuery,
) -> dict[str, Any]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    found = {point.label: point for point in points}
    aligned = [found.get(label) for label in labels]
    return {
        "label": f"{track.name} on {platform.name}",
        "data": [point and _value(point, query.metric) for point in aligned],
        "borderColor": colour,
        "backgroundColor": f"rgba({red}, {green}, {blue}, 0.1)",
    } | (_details(aligned) if query.details else {})


def _details(points: Sequence[Point | None]) -> dict[str, list[Any]]:
    """Returns notes about each value: the days of its gain, its former value, whether it is complete."""
    return {
        "days_covered": [point and point.gain_days for point in points],
        "former_values": [point and point.former_value for point in points],
        "revised_at": [
            point.revised_at.isoformat() if point and point.revised_at else None for point in points
        ],
        "is_complete": [point and point.is_complete for point in points],
    }


def _value(point: Point, metric: Metric) -> int | None:
    return point.total if metric == "total" else point.gain
