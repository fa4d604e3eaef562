"""The sum of an artist's stored tracks on each platform: its total and its gains."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from webapp.models import metric_kind
from webapp.queries import rows, whole


class PlatformTotal(NamedTuple):
    """The last totals on a platform: the sum of `tracks` tracks, of `held` in all.

    `last_whole_date` is the newest date, or the one before if its value came on that very day. `version`
    changes with the rows of any of these series.
    """

    id: int
    slug: str
    name: str
    audience_metric_name: str
    platform_type: str
    updated_at: datetime
    total: int
    tracks: int
    held: int
    first_date: date
    last_date: date
    last_whole_date: date | None
    version: str

    @property
    def metric_kind(self) -> str | None:
        """The kind of the platform's metric, see metric_kind()."""
        return metric_kind(self.audience_metric_name, self.platform_type)


class ArtistHeld(NamedTuple):
    """The last totals of an artist on one platform, as of PlatformTotal; None without a value there."""

    id: int
    total: int | None
    tracks: int
    held: int
    first_date: date | None
    last_date: date | None
    last_whole_date: date | None


def last_day(held: Sequence[PlatformTotal | ArtistHeld]) -> date:
    """Returns the newest whole day of all, without one the newest date; one of them has values."""
    whole = [each.last_whole_date for each in held if each.last_whole_date]
    return max(whole or [each.last_date for each in held if each.last_date])


class Release(NamedTuple):
    """A track of the artist and its release date."""

    released_on: date
    name: str


def artist_totals(artist_id: int) -> list[PlatformTotal]:
    """Returns the sum of the last totals by platform; none without values."""
    found = rows(PlatformTotal, "artist_totals", artist_id=artist_id)
    return [each._replace(total=whole(each.total)) for each in found]


def artists_held(artist_ids: Sequence[int], platform_id: int) -> dict[int, ArtistHeld]:
    """Returns the sums of the last totals of artists on a platform, by the artist's id."""
    found = rows(ArtistHeld, "artists_held", artist_ids=list(artist_ids), platform_id=platform_id)
    return {each.id: each._replace(total=whole(each.total)) for each in found}


def artist_releases(artist_id: int, start: date, end: date) -> list[Release]:
    """Returns the releases of the artist's tracks from `start` to `end`, both inclusive, oldest first."""
    return rows(Release, "artist_releases", artist_id=artist_id, start_date=start, end_date=end)
