"""Platforms: what each one offers, how its source answers, and what is held of it."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from webapp.lib.clock import today
from webapp.models import Platform
from webapp.queries import one, rows

MOST_CHARTS = 50


class ListedPlatform(NamedTuple):
    """A platform; `tracks` have data there, `healthy` charts are among the `enabled` ones."""

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
    last_date: date | None


class PlatformChart(NamedTuple):
    """A chart with its health; `entry_count` is of its newest ranking, `found` counts all charts."""

    slug: str
    name: str
    country_code: str
    country_name: str
    city_name: str
    frequency: str
    last_ranked_on: date | None
    sync_error: str
    health: str
    is_active: bool
    entry_count: int | None
    found: int


class Answers(NamedTuple):
    """How calls of the last `hours` were answered; `median_ms` is None without a call."""

    hours: int
    calls: int
    answered: int
    median_ms: float | None

    @property
    def rate(self) -> float | None:
        """The share of calls answered; None without a call."""
        return self.answered / self.calls if self.calls else None


class Hour(NamedTuple):
    """The calls of one hour."""

    bucket: datetime
    calls: int
    answered: int


class Source(NamedTuple):
    """How the source answers: over 24 hours and 7 days, and hour by hour, oldest first."""

    windows: list[Answers]
    hours: list[Hour]


class Coverage(NamedTuple):
    """Tracks by what is held of them on a platform; `stale` ones have data, but none of the last 3 days."""

    tracks: int
    asked: int
    with_data: int
    stale: int
    failed: int
    without: int
    last_date: date | None
    fetched_at: datetime | None

    @property
    def never(self) -> int:
        """The tracks that nobody asked for yet."""
        return self.tracks - self.asked


class _Alias(NamedTuple):
    fold: str


def all_platforms() -> list[ListedPlatform]:
    """All platforms, those with most tracks first."""
    return rows(ListedPlatform, "platforms_listed")


def platform_aliases(platform: Platform) -> list[str]:
    """Folded spellings that lead to it beside its own."""
    return [alias.fold for alias in rows(_Alias, "platform_aliases", platform_id=platform.id)]


def platform_charts(platform: Platform) -> list[PlatformChart]:
    """Its charts, those that are synchronised first."""
    return rows(PlatformChart, "platform_charts", platform_id=platform.id, size=MOST_CHARTS)


def platform_source(platform: Platform) -> Source:
    """How the source answers calls about it."""
    now = datetime.now(UTC)
    return Source(
        rows(Answers, "platform_source", slug=platform.slug, now=now),
        rows(Hour, "platform_hours", slug=platform.slug, now=now),
    )


def platform_coverage(platform: Platform) -> Coverage:
    """What is held of the tracks on it."""
    found = one(Coverage, "platform_coverage", platform_id=platform.id, today=today())
    if found is None:
        raise LookupError("a count returned no row")
    return found
