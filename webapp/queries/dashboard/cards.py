"""What the dashboard's cards ask of charts and runs."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from webapp.lib.clock import today
from webapp.queries import T, one, rows
from webapp.queries.platforms.pages import Answers

PLATFORM_DAYS = 30
MOST_PLATFORMS = 8
ROWS_SHOWN = 10


class Window(NamedTuple):
    """Dates from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Window":
        """As many dates right before."""
        return Window(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    @property
    def words(self) -> str:
        """'2026-11-14 to 2026-11-20'."""
        return f"{self.start} to {self.end}"


class Narrow(NamedTuple):
    """Which charts count; None means all. `country` is a code, '-' worldwide.

    Of a list, those charts count whose newest ranking holds one of its tracks, and of tracks its own.
    """

    platform_id: int | None = None
    country: str | None = None
    list_id: int | None = None


class Version(NamedTuple):
    """What changes as soon as the numbers of a card can have changed."""

    charts: str
    records: str | None
    runs: str
    calls: datetime | None


class System(NamedTuple):
    """The quota's next look while it is spent, the newest call to the API, and what the queues hold.

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
        """How long the waiting runs take at the rate of the last minutes; None where none ended."""
        return math.ceil(self.queued * 5 / self.ended) if self.ended else None


class RankingDay(NamedTuple):
    """How many rankings were first stored on a day (UTC), and how many are dated so."""

    day: date
    fetched: int
    ranked: int


class TopPlatform(NamedTuple):
    """A platform with the rankings, and their entries, that are dated in the last PLATFORM_DAYS days."""

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
        """Healthy of the enabled ones; None where none is enabled."""
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
    """A track by the rankings that it entered in a window, on how many charts, and its place among all.

    `place_before` is its place in the window before, None where it entered nothing then; `is_compared` is
    false where no track did.
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
    """A track that is new in latest rankings or moved, as `kind` says.

    It is so on `charts` charts, of which the best is named; `tracks` counts all tracks of the kind.
    """

    kind: str
    tracks: int
    charts: int
    chart_slug: str
    chart_name: str
    platform_name: str
    chart_place: str
    ranked_on: date
    uuid: UUID
    name: str
    credit_name: str
    movement: str
    position: int
    previous_position: int | None
    is_from_api: bool


def dashboard_version() -> Version:
    """Read before anything else is."""
    return _only(one(Version, "dashboard_version"))


def system() -> System:
    """The API and the queues as they are."""
    return _only(one(System, "dashboard_system"))


def ranking_days(narrow: Narrow, window: Window) -> list[RankingDay]:
    """Every day of the window before and of the window, in order."""
    return rows(
        RankingDay, "dashboard_rankings", **narrow._asdict(), start=window.before.start, end=window.end
    )


def top_platforms(narrow: Narrow) -> list[TopPlatform]:
    """The platforms with most rankings of the last PLATFORM_DAYS days, today among them."""
    since = today() - timedelta(days=PLATFORM_DAYS - 1)
    return rows(TopPlatform, "dashboard_platforms", **narrow._asdict(), since=since, size=MOST_PLATFORMS)


def source_answers(slug: str) -> list[Answers]:
    """How the source answered calls about a platform in the last 24 hours and 7 days."""
    return rows(Answers, "platform_source", slug=slug, now=datetime.now(UTC))


def chart_health(narrow: Narrow) -> Health:
    """How many charts are how."""
    return _only(one(Health, "dashboard_health", **narrow._asdict()))


def troubles(narrow: Narrow) -> list[Trouble]:
    """Charts that are failing or late, those first that failed or fell behind last."""
    return rows(Trouble, "dashboard_troubles", **narrow._asdict(), size=ROWS_SHOWN)


def top_tracks(narrow: Narrow, window: Window, released_since: date | None) -> list[TopTrack]:
    """The tracks that entered most rankings dated in the window."""
    return rows(
        TopTrack,
        "dashboard_tracks",
        **narrow._asdict(),
        before_start=window.before.start,
        start=window.start,
        end=window.end,
        released_since=released_since,
        size=ROWS_SHOWN,
    )


def latest_moves(narrow: Narrow, until: date, released_since: date | None) -> list[Move]:
    """New entries by position, and the biggest movers, of the latest rankings to `until`: a row a track."""
    return rows(
        Move,
        "dashboard_moves",
        **narrow._asdict(),
        until=until,
        released_since=released_since,
        size=ROWS_SHOWN,
    )


def this_hour() -> datetime:
    """The running hour: what is kept of a card is made anew when it ends, since cards look back from now."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def _only(row: T | None) -> T:
    if row is None:
        raise LookupError("a count returned no row")
    return row
