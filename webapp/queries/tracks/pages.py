"""One track: its data and identifiers on each platform."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from webapp.lib.series import Caveat
from webapp.queries import rows


class PlatformRow(NamedTuple):
    """A track on a platform.

    `last_gain` is the gain of the newest whole day, of `last_days` days; `week_gain` that of the 7 days to
    it, of `week_days` days. None if the gain is unknown.
    """

    id: int
    slug: str
    name: str
    metric_name: str
    offered: bool
    status: str
    error: str
    looked_at: datetime | None
    fetched_at: datetime | None
    first_date: date | None
    last_date: date | None
    latest_value: int | None
    version: int
    updated_at: datetime
    last_whole_date: date | None
    last_gain: int | None
    last_days: int | None
    last_caveat: Caveat | None
    week_gain: int | None
    week_days: int | None
    week_caveat: Caveat | None
    is_known: bool
    live_run: UUID | None

    @property
    def is_looked_up(self) -> bool:
        """Whether the platform is known to have the track, or was queried for it."""
        return self.is_known or self.status != "never"


class Coverage(NamedTuple):
    """The coverage of a track on a platform; `longest_gap` is the most consecutive days without a value."""

    slug: str
    name: str
    offered: bool
    status: str
    looked_at: datetime | None
    fetched_at: datetime | None
    first_date: date | None
    last_date: date | None
    days: int
    longest_gap: int

    @property
    def span(self) -> int:
        """The number of days from the first value to the last, both inclusive."""
        if self.first_date is None or self.last_date is None:
            return 0
        return (self.last_date - self.first_date).days + 1

    @property
    def missing(self) -> int:
        """The number of days without a value between the first and the last."""
        return self.span - self.days


class Series(NamedTuple):
    """A series with rows; `version` rises whenever they change."""

    platform_id: int
    version: int
    first_date: date
    last_date: date


class Link(NamedTuple):
    """A platform's default identifier of a track, or one of its ISRCs; `url` may be empty."""

    slug: str
    name: str
    identifier: str
    url: str


def track_platforms(track_id: int) -> list[PlatformRow]:
    """Returns the platforms that have song audience, or the track; those with data first."""
    return rows(PlatformRow, "track_platforms", track_id=track_id)


def track_coverage(track_id: int) -> list[Coverage]:
    """Returns every platform; those with data first, those without song audience last."""
    return rows(Coverage, "track_coverage", track_id=track_id)


def track_series(track_id: int) -> list[Series]:
    """Returns the series of a track with rows, by platform."""
    return rows(Series, "track_series", track_id=track_id)


def track_links(track_id: int) -> list[Link]:
    """Returns the default identifiers of a track and its ISRCs, by platform."""
    return rows(Link, "track_links", track_id=track_id)
