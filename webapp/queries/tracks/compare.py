"""Several tracks on one platform, by date or by day since their release."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from webapp.dates import FIRST_DATE, beginning
from webapp.models import Track
from webapp.queries.audience import ChartQuery, Point, series
from webapp.queries.tracks.histories import SeriesHeld, series_held

By = Literal["date", "release"]


def compared(
    tracks: Sequence[Track], held: Sequence[SeriesHeld], platform_id: int, *, by: By, days: int | None
) -> dict[int, list[Point]]:
    """Returns the points by the track's id, oldest first, without tracks that have none.

    `held` are the tracks' series. `days` keeps the last days up to the newest date of all, or the first days
    since each release; None keeps everything. By release, tracks without a release date have no points.
    """
    ranges = {each.uuid: ends(each, newest(held), by=by, days=days) for each in held}
    found = {
        track.id: series(track.id, [platform_id], ChartQuery(*both))
        for track in tracks
        if (both := ranges[track.uuid])
    }
    return {track_id: points for track_id, points in found.items() if points}


def held_series(tracks: Sequence[Track], platform_id: int) -> list[SeriesHeld]:
    """Returns the stored series of the tracks on a platform, in their order."""
    return series_held(platform_id, [track.uuid for track in tracks])


def newest(held: Sequence[SeriesHeld]) -> date:
    """Returns the newest date of all series; FIRST_DATE without values."""
    return max((each.last_date for each in held if each.last_date), default=FIRST_DATE)


def reaches(one: SeriesHeld, held: Sequence[SeriesHeld], *, by: By, days: int) -> bool:
    """Whether the values of a series of `held` reach into the range."""
    both = ends(one, newest(held), by=by, days=days)
    if both is None or one.first_date is None or one.last_date is None:
        return False
    return both[0] <= one.last_date and one.first_date <= both[1]


def ends(held: SeriesHeld, newest: date, *, by: By, days: int | None) -> tuple[date, date] | None:
    """Returns the first and last date of a track's part, inclusive and from FIRST_DATE on; None if empty."""
    if held.first_date is None or (by == "release" and held.release_date is None):
        return None
    if days is None:
        return beginning(held.first_date, held.release_date), newest
    if by == "release" and held.release_date:
        return max(held.release_date, FIRST_DATE), held.release_date + timedelta(days=days - 1)
    return newest - timedelta(days=days - 1), newest
