"""One track: what it has on each platform, and what they call it."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from webapp.lib.series import Caveat
from webapp.queries import rows


class PlatformRow(NamedTuple):
    """A track on a platform.

    `last_gain` is what the newest date brought, of `last_days` days; `week_gain` what the 7 days to it did,
    of `week_days` days. None where the gain is unknown.
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
        """Whether the platform is known to have the track, or was asked."""
        return self.is_known or self.status != "never"


class Coverage(NamedTuple):
    """How much of a track a platform covers; `longest_gap` is the most days in a row without a value."""

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
        """Days from the first value to the last, both counted."""
        if self.first_date is None or self.last_date is None:
            return 0
        return (self.last_date - self.first_date).days + 1

    @property
    def missing(self) -> int:
        """Days between the first value and the last that have none."""
        return self.span - self.days


class Series(NamedTuple):
    """A series that holds rows; `version` rises whenever they change."""

    platform_id: int
    version: int
    first_date: date
    last_date: date


class Link(NamedTuple):
    """What a platform calls a track by default, or one of its ISRCs; `url` may be empty."""

    slug: str
    name: str
    identifier: str
    url: str


def track_platforms(track_id: int) -> list[PlatformRow]:
    """All platforms that offer song audience, or that know the track; those with data first."""
    return rows(PlatformRow, "track_platforms", track_id=track_id)


def track_coverage(track_id: int) -> list[Coverage]:
    """Every platform; those with data first, those that SoundCharts has no song audience for last."""
    return rows(Coverage, "track_coverage", track_id=track_id)


def track_series(track_id: int) -> list[Series]:
    """The series of a track that hold rows, by platform."""
    return rows(Series, "track_series", track_id=track_id)


def track_links(track_id: int) -> list[Link]:
    """The default identifiers of a track and its ISRCs, by platform."""
    return rows(Link, "track_links", track_id=track_id)
