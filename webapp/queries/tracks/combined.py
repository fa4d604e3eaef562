"""The sum of a track's totals on all platforms with one kind of metric, such as streams."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from webapp.dates import beginning
from webapp.models import Platform, Track
from webapp.queries.audience import ChartQuery, Point, latest, series
from webapp.queries.platforms.combined import Combination, Counted
from webapp.queries.sums import SumPoint, sum_series
from webapp.queries.tracks.pages import Series

Drawable = Platform | Combination


class CombinedPoint(NamedTuple):
    """A point of a combination, with the platforms that count."""

    sum: SumPoint
    counted: Counted


def combined_points(
    track: Track, combination: Combination, query: ChartQuery, *, held: Sequence[Series]
) -> list[CombinedPoint]:
    """Returns the points of a combination, oldest first. `held` are the series of the track."""
    ids = [platform.id for platform in combination.platforms]
    first_dates = {each.platform_id: each.first_date for each in held if each.platform_id in ids}
    if not first_dates:
        return []
    found = sum_series(
        track_id=track.id,
        platform_ids=ids,
        combined=True,
        start=query.start_date or beginning(min(first_dates.values()), track.release_date),
        end=query.end_date or max(each.last_date for each in held),
        interval=query.interval,
    )
    return [CombinedPoint(point, combination.counted(point, first_dates)) for point in found]


def as_point(combination: Combination, point: SumPoint) -> Point:
    """Returns the point of a combination as that of a series; what a sum has not is None."""
    shared: dict[str, Any] = {name: value for name, value in point._asdict().items() if name in Point._fields}
    own: dict[str, Any] = {
        "platform_id": combination.id,
        "gain_days": point.covers,
        "identifiers_changed": point.unlike > 0,
        "first_date": point.label,
        "first_total": point.total,
    }
    return Point(**{**dict.fromkeys(Point._fields), **shared, **own})


def points_of(
    track: Track, drawn: Sequence[Drawable], query: ChartQuery, *, held: Sequence[Series]
) -> tuple[list[Point], dict[int, dict[date, Counted]]]:
    """Returns the points of platforms and combinations, and the platforms that count, by id and label."""
    sums = {
        each: combined_points(track, each, query, held=held)
        for each in drawn
        if isinstance(each, Combination)
    }
    platforms = [each.id for each in drawn if isinstance(each, Platform)]
    points = series(track.id, platforms, query._replace(limit=None)) if platforms else []
    points += [as_point(each, point.sum) for each, own in sums.items() for point in own]
    counted = {each.id: {point.sum.label: point.counted for point in own} for each, own in sums.items()}
    return latest(points, query.limit), counted
