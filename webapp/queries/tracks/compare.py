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
    tracks: Sequence[Track], platform_id: int, *, by: By, days: int | None
) -> dict[int, list[Point]]:
    """Returns the points by the track's id, oldest first, without tracks that have none.

    `days` keeps the last days up to the newest date of all, or the first days since each release; None keeps
    everything. By release, tracks without a release date have no points.
    """
    held = series_held(platform_id, [track.uuid for track in tracks])
    newest = max((each.last_date for each in held if each.last_date), default=FIRST_DATE)
    ranges = {each.uuid: ends(each, newest, by=by, days=days) for each in held}
    found = {
        track.id: series(track.id, [platform_id], ChartQuery(*both))
        for track in tracks
        if (both := ranges[track.uuid])
    }
    return {track_id: points for track_id, points in found.items() if points}


def ends(held: SeriesHeld, newest: date, *, by: By, days: int | None) -> tuple[date, date] | None:
    """Returns the first and last date of a track's part, inclusive and from FIRST_DATE on; None if empty."""
    if held.first_date is None or (by == "release" and held.release_date is None):
        return None
    if days is None:
        return beginning(held.first_date, held.release_date), newest
    if by == "release" and held.release_date:
        return max(held.release_date, FIRST_DATE), held.release_date + timedelta(days=days - 1)
    return newest - timedelta(days=days - 1), newest
