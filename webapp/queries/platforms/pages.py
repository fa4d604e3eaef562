"""Platforms: their data, the health of their source, and their coverage."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from webapp.lib.clock import today
from webapp.models import Platform
from webapp.queries import one, rows

MOST_CHARTS = 50


class ListedPlatform(NamedTuple):
    """A platform; `tracks` counts those with data, `healthy` charts are among the `enabled` ones.

    Of its tracks, `counted` are in the `gain` of 7 days, and `noted` of those have a gain with a note.
    """

    slug: str
    name: str
    platform_type: str
    metric_name: str
    has_song_audience: bool
    has_song_charts: bool
    charts: int
    enabled: int
    healthy: int
    tracks: int
    total: int | None
    gain: int | None
    counted: int
    noted: int
    last_date: date | None

    @property
    def with_data(self) -> int:
        """The number of tracks with data."""
        return self.tracks


class PlatformChart(NamedTuple):
    """A chart with its health; `entry_count` is of its newest ranking, `found` counts all charts."""

    slug: str
    name: str
    place: str
    frequency: str
    last_ranked_on: date | None
    sync_error: str
    health: str
    is_active: bool
    entry_count: int | None
    found: int


class Answers(NamedTuple):
    """The results of calls in the last `hours`; `median_ms` is None without a call."""

    hours: int
    calls: int
    answered: int
    median_ms: float | None

    @property
    def rate(self) -> float | None:
        """The share of successful calls; None without a call."""
        return self.answered / self.calls if self.calls else None


class Hour(NamedTuple):
    """The calls of one hour."""

    bucket: datetime
    calls: int
    answered: int


class Source(NamedTuple):
    """The results of calls over 24 hours and 7 days, and by hour, oldest first."""

    windows: list[Answers]
    hours: list[Hour]


class Coverage(NamedTuple):
    """The tracks of a platform by coverage; `stale` ones have data, but none of the last 3 days."""

    tracks: int
    requested: int
    with_data: int
    stale: int
    failed: int
    without: int
    last_date: date | None
    fetched_at: datetime | None

    @property
    def never(self) -> int:
        """The number of tracks never fetched."""
        return self.tracks - self.requested


class Freshness(NamedTuple):
    """The usual days between a fetch and the newest value it finds, None if unknown, and the newest fetch."""

    slug: str
    delay: int | None
    fetched_at: datetime


class _Alias(NamedTuple):
    fold: str


def all_platforms() -> list[ListedPlatform]:
    """Returns all platforms, those with most tracks first."""
    return rows(ListedPlatform, "platforms_listed", today=today())


def platform_freshness() -> dict[str, Freshness]:
    """Returns how fresh the audience of the fetched platforms is, by slug."""
    return {row.slug: row for row in rows(Freshness, "platform_freshness")}


def platform_aliases(platform: Platform) -> list[str]:
    """Returns the folded aliases of a platform."""
    return [alias.fold for alias in rows(_Alias, "platform_aliases", platform_id=platform.id)]


def platform_charts(platform: Platform) -> list[PlatformChart]:
    """Returns the charts of a platform, enabled ones first."""
    return rows(PlatformChart, "platform_charts", platform_id=platform.id, size=MOST_CHARTS)


def platform_source(platform: Platform) -> Source:
    """Returns the results of calls about a platform."""
    now = datetime.now(UTC)
    return Source(
        rows(Answers, "platform_source", slug=platform.slug, now=now),
        rows(Hour, "platform_hours", slug=platform.slug, now=now),
    )


def platform_coverage(platform: Platform) -> Coverage:
    """Returns the coverage of a platform's tracks."""
    found = one(Coverage, "platform_coverage", platform_id=platform.id, today=today())
    if found is None:
        raise LookupError("a count returned no row")
    return found
