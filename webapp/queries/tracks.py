"""Tracks: the list, and what one track has on each platform."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from webapp.queries import one, rows
from webapp.text import prefix_query

PAGE_SIZE = 50
EXACT_COUNT = 1000


class TrackRow(NamedTuple):
    """A track of the list; `platforms` counts those with data, `failures` those whose last fetch failed."""

    id: int
    uuid: UUID
    name: str
    credit_name: str
    isrc: str
    release_date: date | None
    metadata_fetched_at: datetime | None
    metadata_error: str
    newest_date: date | None
    platforms: int
    fetched_at: datetime | None
    failures: int


class TrackList(NamedTuple):
    """A page of tracks; `total` says '1,000+' beyond 1,000, and `after` leads to the next page."""

    tracks: Sequence[TrackRow]
    total: str
    after: UUID | None


class PlatformRow(NamedTuple):
    """A track on a platform; `before` is the last value before the newest, `week` the last 7 days earlier."""

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
    before_date: date | None
    before_value: int | None
    week_date: date | None
    week_value: int | None
    is_known: bool
    live_run: UUID | None

    @property
    def is_looked_up(self) -> bool:
        """Whether the platform is known to have the track, or was asked."""
        return self.is_known or self.status != "never"

    @property
    def last_gain(self) -> int | None:
        """What the newest date brought, over `last_days` days."""
        return _gain(self.latest_value, self.before_value)

    @property
    def last_days(self) -> int | None:
        """Days from the value before the newest to the newest: 1, or more after a gap."""
        return _days(self.last_date, self.before_date)

    @property
    def week_gain(self) -> int | None:
        """What the last seven days brought, over `week_days` days."""
        return _gain(self.latest_value, self.week_value)

    @property
    def week_days(self) -> int | None:
        """Days that `week_gain` covers: 7, or more where there was no value 7 days earlier."""
        return _days(self.last_date, self.week_date)


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


class _Count(NamedTuple):
    found: int


def track_list(typed: str, after: UUID | None) -> TrackList:
    """A page of the tracks whose words begin with the words typed; all tracks where nothing is typed."""
    words = prefix_query(typed) or None
    if typed.strip() and words is None:
        return TrackList([], "0", None)
    found = rows(TrackRow, "tracks_page", words=words, after=after, size=PAGE_SIZE + 1)
    more = len(found) > PAGE_SIZE
    page = found[:PAGE_SIZE]
    return TrackList(page, _count(words), page[-1].uuid if more else None)


def track_platforms(track_id: int) -> list[PlatformRow]:
    """All platforms that offer song audience, or that know the track; those with data first."""
    return rows(PlatformRow, "track_platforms", track_id=track_id)


def track_series(track_id: int) -> list[Series]:
    """The series of a track that hold rows, by platform."""
    return rows(Series, "track_series", track_id=track_id)


def track_links(track_id: int) -> list[Link]:
    """The default identifiers of a track and its ISRCs, by platform."""
    return rows(Link, "track_links", track_id=track_id)


def _count(words: str | None) -> str:
    counted = one(_Count, "tracks_count", words=words, enough=EXACT_COUNT + 1)
    found = 0 if counted is None else counted.found
    return f"{EXACT_COUNT:,}+" if found > EXACT_COUNT else f"{found:,}"


def _gain(later: int | None, earlier: int | None) -> int | None:
    return None if later is None or earlier is None else later - earlier


def _days(later: date | None, earlier: date | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier).days
