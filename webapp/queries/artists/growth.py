"""The sum of an artist's stored tracks on each platform: its total, its gains, and its series."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from webapp.lib.clock import today
from webapp.lib.series import Interval
from webapp.queries import rows, whole
from webapp.queries.artists.pages import Days, PlatformGain, SeriesGain


class PlatformTotal(NamedTuple):
    """The last totals on a platform: the sum of `tracks` tracks, of `held` in all.

    `version` changes with the rows of any of these series.
    """

    id: int
    slug: str
    name: str
    metric_name: str
    total: int
    tracks: int
    held: int
    first_date: date
    last_date: date
    version: str


class SumPoint(NamedTuple):
    """The sum of the tracks on a date, or in the week or month that begins on the date.

    `total` is of `tracks` tracks: those `reported` in the bucket, and the others with their last total
    before it. `joined` have their first value in it. `gain` is the sum of the tracks' own gains, without the
    `unknown` ones; None if none is known. `covers` is the most days that one of these gains is of. `unlike`
    tracks have other identifiers than before, `back` are as high again as in the 90 days before the range, or
    in it, after a fall. The other fields are those of Point.
    """

    platform_id: int
    label: date
    last_date: date
    total: int
    gain: int | None
    tracks: int
    reported: int
    joined: int
    unknown: int
    unlike: int
    back: int
    covers: int | None
    length: int
    days_known: int
    so_far: bool
    fetched_at: datetime


class Release(NamedTuple):
    """A track of the artist and its release date."""

    released_on: date
    name: str


def artist_totals(artist_id: int) -> list[PlatformTotal]:
    """Returns the sum of the last totals by platform; none without values."""
    found = rows(PlatformTotal, "artist_totals", artist_id=artist_id)
    return [each._replace(total=whole(each.total)) for each in found]


def platform_gains(artist_id: int, start: date, end: date) -> dict[int, PlatformGain]:
    """Returns the gains from `start` to `end`, both inclusive, by the platform's id, without their days."""
    found = groupby(
        rows(SeriesGain, "artist_gains", artist_id=artist_id, start_date=start, end_date=end),
        attrgetter("platform_id"),
    )
    return {
        each: PlatformGain(list(tracks), Days(each, days=0, best_day=None, best_gain=None))
        for each, tracks in found
    }


def artist_series(
    artist_id: int, platform_ids: Sequence[int], start: date, end: date, *, interval: Interval
) -> list[SumPoint]:
    """Returns the sums from `start` to `end`, both inclusive, by platform, oldest first."""
    found = rows(
        SumPoint,
        "artist_series",
        artist_id=artist_id,
        platform_ids=list(platform_ids),
        start_date=start,
        end_date=end,
        interval=interval,
        today=today(),
    )
    return [
        each._replace(total=whole(each.total), gain=whole(each.gain), tracks=whole(each.tracks))
        for each in found
    ]


def artist_releases(artist_id: int, start: date, end: date) -> list[Release]:
    """Returns the releases of the artist's tracks from `start` to `end`, both inclusive, oldest first."""
    return rows(Release, "artist_releases", artist_id=artist_id, start_date=start, end_date=end)
