"""Series that are added: the tracks of an artist on a platform, or the platforms of one kind."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from webapp.lib.clock import today
from webapp.lib.series import Interval
from webapp.queries import rows, whole


class SumPoint(NamedTuple):
    """The sum of several series on a date, or in the week or month that begins on the date.

    `total` is of so many `series`: those `reported` in the bucket, and the others with their last total
    before it. `joined` have their first value in it. They are of so many `tracks`: `tracks_reported` have a
    reported one, `tracks_joined` and the joined platforms have their first. `gain` is the sum of the series'
    own gains, without the `unknown` ones; None if none is known. `covers` is the most days that one of these
    gains is of. `unlike` series have other identifiers than before, `back` are as high again as in the 90
    days before the range, or in it, after a fall. `platform_id` is None for a sum over platforms; the lists
    are their ids. The other fields are those of Point.
    """

    platform_id: int | None
    label: date
    last_date: date
    total: int
    gain: int | None
    series: int
    reported: int
    joined: int
    tracks: int
    tracks_reported: int
    tracks_joined: int
    reported_platforms: list[int]
    joined_platforms: list[int] | None
    unknown: int
    unlike: int
    back: int
    covers: int | None
    length: int
    days_known: int
    so_far: bool
    fetched_at: datetime


def sum_series(
    *,
    track_id: int | None = None,
    artist_id: int | None = None,
    platform_ids: Sequence[int],
    combined: bool = False,
    start: date,
    end: date,
    interval: Interval,
) -> list[SumPoint]:
    """Returns the sums of a track's or artist's series from `start` to `end`, both inclusive, oldest first.

    There is one sum for each platform, or one for all together if `combined`.
    """
    found = rows(
        SumPoint,
        "sum_series",
        track_id=track_id,
        artist_id=artist_id,
        platform_ids=list(platform_ids),
        combined=combined,
        start_date=start,
        end_date=end,
        interval=interval,
        today=today(),
    )
    sums = ("total", "gain", "series", "tracks")
    return [each._replace(**{name: whole(getattr(each, name)) for name in sums}) for each in found]
