"""The dashboard's queries of charts and runs."""

import math
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from webapp.lib.clock import today
from webapp.queries import T, one, rows
from webapp.queries.platforms.pages import Answers

PLATFORM_DAYS = 30
MOST_PLATFORMS = 8
ROWS_SHOWN = 10


class Window(NamedTuple):
    """Dates from `start` to `end`, both inclusive."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of dates."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Window":
        """As many dates directly before."""
        return Window(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    @property
    def words(self) -> str:
        """The dates in words: '2026-11-14 to 2026-11-20'."""
        return f"{self.start} to {self.end}"


class Narrow(NamedTuple):
    """A filter of charts; None means all. `country` is a code, '-' worldwide.

    A list selects the charts whose newest ranking has one of its tracks, and its own tracks.
    """

    platform_id: int | None = None
    country: str | None = None
    list_id: int | None = None


def parameters_of(narrow: Narrow, window: Window, released_since: date | None) -> dict[str, Any]:
    """Returns the parameters of queries for the tracks of a filter in a window."""
    days = {"start": window.start, "end": window.end, "days": window.days}
    return {**narrow._asdict(), **days, "released_since": released_since}


class Version(NamedTuple):
    """The versions of the parts of the data; a part's version changes whenever it may show other numbers."""

    charts: int
    rankings: int
    tracks: int
    audience: int
    offers: str
    runs: str
    calls: datetime | None


class System(NamedTuple):
    """The next quota check while it is spent, the newest call to the API, and the runs in the queues.

    `ended` counts the runs of the last 5 minutes.
    """

    paused_until: datetime | None
    called_at: datetime | None
    called_status: int | None
    queued: int
    running: int
    ended: int

    @property
    def minutes_left(self) -> int | None:
        """The minutes that the waiting runs take at the rate of the last minutes; None if none ended."""
        return math.ceil(self.queued * 5 / self.ended) if self.ended else None


class RankingDay(NamedTuple):
    """The numbers of rankings first stored on a day (UTC), and of rankings of that date."""

    day: date
    fetched: int
    ranked: int


class TopPlatform(NamedTuple):
    """A platform with the numbers of rankings and entries dated in the last PLATFORM_DAYS days."""

    id: int
    slug: str
    name: str
    rankings: int
    entries: int


class Health(NamedTuple):
    """Charts by health; `enabled` is healthy, late and failing together."""

    enabled: int
    healthy: int
    late: int
    failing: int
    idle: int
    active: int

    @property
    def share(self) -> float | None:
        """The share of healthy charts among the enabled ones; None if none is enabled."""
        return self.healthy / self.enabled if self.enabled else None


class Trouble(NamedTuple):
    """A chart that is late or failing."""

    slug: str
    name: str
    platform_name: str
    place: str
    health: str
    sync_error: str
    last_ranked_on: date | None


class TopTrack(NamedTuple):
    """A track with the numbers of rankings and charts that have it in a window, and its place among all.

    `place_before` is its place in the window before, None if it was in no ranking; `is_compared` is false if
    no track was.
    """

    uuid: UUID
    name: str
    credit_name: str
    rankings: int
    charts: int
    best_position: int
    rankings_before: int
    place: int
    place_before: int | None
    is_compared: bool


class Move(NamedTuple):
    """The movement of a track in the latest ranking of a chart."""

    chart_slug: str
    chart_name: str
    platform_name: str
    chart_place: str
    ranked_on: date
    movement: str
    position: int
    previous_position: int | None
    is_from_api: bool


class MovedTrack(NamedTuple):
    """A track that is new in the latest rankings or moved, depending on `kind`: on these charts, best first.

    `tracks` counts all tracks of the kind.
    """

    kind: str
    tracks: int
    uuid: UUID
    name: str
    credit_name: str
    moves: list[Move]

    @property
    def best(self) -> Move:
        """The best new entry, or the biggest move."""
        return self.moves[0]


def dashboard_version() -> Version:
    """Returns the versions; read them before any other data."""
    return _only(one(Version, "dashboard_version"))


def system() -> System:
    """Returns the state of the API and the queues."""
    return _only(one(System, "dashboard_system"))


def ranking_days(narrow: Narrow, window: Window) -> list[RankingDay]:
    """Returns every day of the window before and of the window, in order."""
    return rows(
        RankingDay, "dashboard_rankings", **narrow._asdict(), start=window.before.start, end=window.end
    )


def top_platforms(narrow: Narrow) -> list[TopPlatform]:
    """Returns the platforms with most rankings of the last PLATFORM_DAYS days, including today."""
    since = today() - timedelta(days=PLATFORM_DAYS - 1)
    return rows(TopPlatform, "dashboard_platforms", **narrow._asdict(), since=since, size=MOST_PLATFORMS)


def source_answers(slug: str) -> list[Answers]:
    """Returns the results of calls about a platform in the last 24 hours and 7 days."""
    return rows(Answers, "platform_source", slug=slug, now=datetime.now(UTC))


def chart_health(narrow: Narrow) -> Health:
    """Returns the numbers of charts by health."""
    return _only(one(Health, "dashboard_health", **narrow._asdict()))


def troubles(narrow: Narrow) -> list[Trouble]:
    """Returns failing and late charts, the most recent problems first."""
    return rows(Trouble, "dashboard_troubles", **narrow._asdict(), size=ROWS_SHOWN)


def top_tracks(narrow: Narrow, window: Window, released_since: date | None) -> list[TopTrack]:
    """Returns the tracks in most rankings dated in the window."""
    return rows(
        TopTrack,
        "dashboard_tracks",
        **parameters_of(narrow, window, released_since),
        before_start=window.before.start,
        size=ROWS_SHOWN,
    )


def latest_moves(narrow: Narrow, until: date, released_since: date | None) -> list[MovedTrack]:
    """Returns new entries by position, and the biggest movers, of the latest rankings to `until`."""
    found = rows(
        dict,
        "dashboard_moves",
        **narrow._asdict(),
        until=until,
        released_since=released_since,
        size=ROWS_SHOWN,
    )
    by_track = groupby(found, key=lambda row: (row["kind"], row["place"]))
    return [_moved_track(list(own)) for _, own in by_track]


def _moved_track(found: list[dict[str, Any]]) -> MovedTrack:
    moves = [Move(**{name: row[name] for name in Move._fields}) for row in found]
    return MovedTrack(**{name: found[0][name] for name in MovedTrack._fields[:-1]}, moves=moves)


def this_hour() -> datetime:
    """Returns the start of this hour; cached cards expire at its end, since they look back from now."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _only(row: T | None) -> T:
    if row is None:
        raise LookupError("a count returned no row")
    return row
