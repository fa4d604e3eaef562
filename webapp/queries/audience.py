"""The audience of one track: its series by day, week or month, and the charts made of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from webapp.app_settings import setting
from webapp.models import Platform, Track
from webapp.queries import rows

Interval = Literal["day", "week", "month"]
Metric = Literal["total", "gain"]

# The seeds' two colours head the palette; a platform keeps its own on every page.
PALETTE = (
    "#3b82f6", "#ef4444", "#10b981", "#f59e0b", "#8b5cf6", "#06b6d4", "#ec4899", "#84cc16",
    "#f97316", "#6366f1", "#14b8a6", "#a855f7", "#eab308", "#0ea5e9", "#f43f5e", "#22c55e",
    "#64748b", "#d946ef",
)  # fmt: skip


class ChartQuery(NamedTuple):
    """What part of a series is asked for, and as what; both dates are inclusive."""

    start_date: date | None = None
    end_date: date | None = None
    limit: int | None = None
    interval: Interval = "day"
    metric: Metric = "total"


class Point(NamedTuple):
    """A platform's value on a date, or in the week or month that begins on it.

    `total` is the last running total in the bucket; `gain` is the difference to the last earlier total, even
    one before the range, and None only where there is none. `days` counts the dates with a value, `covers`
    the days since the last earlier value (more than the bucket is long: a gap). `former_value` is the newest
    former value of a date in the bucket whose value was changed.
    """

    platform_id: int
    label: date
    total: int
    gain: int | None
    days: int
    covers: int | None
    so_far: bool
    fetched_at: datetime
    former_value: int | None
    revised_at: datetime | None
    identifiers_changed: bool


def today() -> date:
    """The current day; days are UTC everywhere."""
    return datetime.now(UTC).date()


def is_fresh(fetched_at: datetime | None) -> bool:
    """Whether the API was asked so lately that a person's request need not spend a call."""
    if fetched_at is None:
        return False
    return datetime.now(UTC) - fetched_at < timedelta(hours=setting("fresh_hours"))


def series(track_id: int, platform_ids: Sequence[int], query: ChartQuery) -> list[Point]:
    """The points asked for, by platform, oldest first.

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
    if query.limit is None:
        return points
    kept = set(sorted({point.label for point in points})[-query.limit :])
    return [point for point in points if point.label in kept]


def platform_colour(platform: Platform) -> str:
    """The colour of a platform on every page; its row's id decides, so it never changes."""
    return PALETTE[(platform.id - 1) % len(PALETTE)]


def single_chart(track: Track, platform: Platform, query: ChartQuery) -> dict[str, Any]:
    """Labels and one dataset, in the seeds' form."""
    points = series(track.id, [platform.id], query)
    dataset = _dataset(track, platform, PALETTE[0]) | {
        "data": [_value(point, query.metric) for point in points],
        "tension": 0.1,
    }
    return {"labels": [point.label.isoformat() for point in points], "datasets": [dataset]}


def comparison_chart(track: Track, platforms: Sequence[Platform], query: ChartQuery) -> dict[str, Any]:
    """Labels, the union of all platforms' dates, and a dataset a platform in the order given."""
    points = series(track.id, [platform.id for platform in platforms], query)
    labels = sorted({point.label for point in points})
    values = {(point.platform_id, point.label): _value(point, query.metric) for point in points}
    datasets = [
        _dataset(track, platform, platform_colour(platform))
        | {"data": [values.get((platform.id, label)) for label in labels]}
        for platform in platforms
    ]
    return {"labels": [label.isoformat() for label in labels], "datasets": datasets}


def _dataset(track: Track, platform: Platform, colour: str) -> dict[str, Any]:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return {
        "label": f"{track.name} on {platform.name}",
        "data": [],
        "borderColor": colour,
        "backgroundColor": f"rgba({red}, {green}, {blue}, 0.1)",
    }


def _value(point: Point, metric: Metric) -> int | None:
    return point.total if metric == "total" else point.gain
