"""One chart: its health, what is held of it and what is not."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.multirange import Multirange

from webapp.lib.formats import incomplete
from webapp.models import Chart
from webapp.queries import one, rows

SPARK_RANKINGS = 30
RUNS_SHOWN = 20
RANKINGS_SHOWN = 50


class ChartHead(NamedTuple):
    """A chart's health and its rankings; `not_held` of those that the API has are missing here.

    `entry_count`, what it lacks, `fetched_at` and `checked_at` are of the newest ranking.
    """

    health: str
    is_active: bool
    rankings: int
    first_ranked_on: date | None
    entry_count: int | None
    missing_positions: Multirange[int] | None
    refused_rows: int | None
    fetched_at: datetime | None
    checked_at: datetime | None
    not_held: int

    @property
    def lacking(self) -> str:
        """What the newest ranking lacks, in words; empty where it is whole."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class SetAside(NamedTuple):
    """A ranking that was not believed, and why; `held_count` entries are held of the same date."""

    ranked_on: date
    reason: str
    entry_count: int
    received_at: datetime
    held_count: int | None


class HeldRanking(NamedTuple):
    """A ranking that is held; `set_aside` is why another one of its date was not believed."""

    ranked_on: date
    entry_count: int
    missing_positions: Multirange[int]
    refused_rows: int
    fetched_at: datetime
    checked_at: datetime
    replaced_at: datetime | None
    set_aside: str | None

    @property
    def lacking(self) -> str:
        """What it lacks, in words; empty where it is whole."""
        return incomplete(self.missing_positions, self.refused_rows)


class KnownDate(NamedTuple):
    """A date of a chart; `entry_count` is None where no ranking is held, `set_aside` the reason if one is."""

    ranked_on: date
    entry_count: int | None
    missing_positions: Multirange[int] | None
    refused_rows: int | None
    set_aside: str | None

    @property
    def lacking(self) -> str:
        """What the ranking lacks, in words; empty where it is whole."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class Span(NamedTuple):
    """The first and last date that anything is known of; None where nothing is."""

    first: date | None
    last: date | None


class ChartRun(NamedTuple):
    """A run about a chart; `ranked_on` where it is about one ranking."""

    uuid: UUID
    number: int
    task: str
    ranked_on: str | None
    state: str
    created_at: datetime
    finished_at: datetime | None
    message: str
    error: str
    requester: str | None

    @property
    def is_live(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in ("queued", "running")


class NotHeld(NamedTuple):
    """A ranking that the API has and that is not held; `ranked_at` is its date as the API writes it."""

    ranked_on: date
    ranked_at: str


class _Place(NamedTuple):
    ranked_on: date
    track_id: int | None
    occurrence: int
    position: int | None


def chart_head(chart: Chart) -> ChartHead:
    """The head of a chart's page."""
    head = one(ChartHead, "chart_head", chart_id=chart.id)
    if head is None:
        raise LookupError(f"there is no chart {chart.id}")
    return head


def set_aside(chart: Chart) -> list[SetAside]:
    """The rankings that were set aside, newest first."""
    return rows(SetAside, "chart_set_aside", chart_id=chart.id)


def held_rankings(chart: Chart, before: date | None) -> tuple[list[HeldRanking], date | None]:
    """A page of the rankings held, newest first, and the date that leads to the next page."""
    found = rows(
        HeldRanking, "chart_rankings_listed", chart_id=chart.id, before=before, size=RANKINGS_SHOWN + 1
    )
    page = found[:RANKINGS_SHOWN]
    return page, page[-1].ranked_on if len(found) > RANKINGS_SHOWN else None


def known_dates(chart: Chart, first: date, last: date) -> list[KnownDate]:
    """The dates from `first` to `last` that anything is known of."""
    return rows(KnownDate, "chart_calendar", chart_id=chart.id, first=first, last=last)


def known_span(chart: Chart) -> Span:
    """The ends of all known dates."""
    return one(Span, "chart_span", chart_id=chart.id) or Span(None, None)


def chart_runs(chart: Chart) -> list[ChartRun]:
    """The newest runs of a chart, newest first."""
    return rows(ChartRun, "chart_runs", chart=chart.slug, size=RUNS_SHOWN)


def not_held(chart: Chart, ranked_on: date | None = None) -> NotHeld | None:
    """The oldest ranking (or that of one date) that the API has and that is not held."""
    return one(NotHeld, "chart_not_held", chart_id=chart.id, ranked_on=ranked_on)


def recent_positions(
    chart: Chart, ranked_on: date, entries: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[tuple[date, int | None]]]:
    """By track and occurrence, the position in each of the last 30 rankings to a date; None where absent."""
    found = rows(
        _Place,
        "chart_sparks",
        chart_id=chart.id,
        ranked_on=ranked_on,
        track_ids=[track for track, _ in entries],
        size=SPARK_RANKINGS,
    )
    dates = list(dict.fromkeys(place.ranked_on for place in found))
    places = {(place.track_id, place.occurrence, place.ranked_on): place.position for place in found}
    return {entry: [(day, places.get((*entry, day))) for day in dates] for entry in entries}
