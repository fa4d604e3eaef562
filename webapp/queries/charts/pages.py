"""One chart: its health, its stored rankings and the missing ones."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.multirange import Multirange

from webapp.extensions import db
from webapp.lib.formats import incomplete
from webapp.models import Chart
from webapp.queries import each, one, rows, statement

SPARK_RANKINGS = 30
RUNS_SHOWN = 20
RANKINGS_SHOWN = 50


class ChartHead(NamedTuple):
    """A chart's health and its rankings; `not_held` counts the API's rankings that are missing here.

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
        """What the newest ranking lacks, in words; empty if it is complete."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class SetAside(NamedTuple):
    """A ranking that was set aside, and why; `held_count` is the stored ranking's number of entries."""

    ranked_on: date
    reason: str
    entry_count: int
    received_at: datetime
    held_count: int | None


class HeldRanking(NamedTuple):
    """A stored ranking; `set_aside` is why another one of its date was set aside."""

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
        """What it lacks, in words; empty if it is complete."""
        return incomplete(self.missing_positions, self.refused_rows)


class ChartEntry(NamedTuple):
    """An entry of a stored ranking, as received, with its track."""

    ranked_on: date
    position: int
    uuid: UUID
    name: str
    credit_name: str
    previous_position: int | None
    metric: int | None
    entry_date: date | None
    time_on_chart: int | None


class KnownDate(NamedTuple):
    """A date of a chart; `entry_count` is None without a stored ranking, `set_aside` the reason if one is."""

    ranked_on: date
    entry_count: int | None
    missing_positions: Multirange[int] | None
    refused_rows: int | None
    set_aside: str | None

    @property
    def lacking(self) -> str:
        """What the ranking lacks, in words; empty if it is complete."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class Span(NamedTuple):
    """The first and last known date; None if there is none."""

    first: date | None
    last: date | None


class ChartRun(NamedTuple):
    """A run of a chart; `ranked_on` is set if it is about one ranking."""

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
        """Whether the run is queued or running."""
        return self.state in ("queued", "running")


class NotHeld(NamedTuple):
    """A ranking that the API has but is not stored; `ranked_at` is its date as the API writes it."""

    ranked_on: date
    ranked_at: str


class _Place(NamedTuple):
    ranked_on: date
    track_id: int | None
    occurrence: int
    position: int | None


def chart_head(chart: Chart) -> ChartHead:
    """Returns the head of a chart's page."""
    head = one(ChartHead, "chart_head", chart_id=chart.id)
    if head is None:
        raise LookupError(f"there is no chart {chart.id}")
    return head


def set_aside(chart: Chart) -> list[SetAside]:
    """Returns the rankings that were set aside, newest first."""
    return rows(SetAside, "chart_set_aside", chart_id=chart.id)


def held_rankings(
    chart_id: int, before: date | None, *, size: int = RANKINGS_SHOWN
) -> tuple[list[HeldRanking], date | None]:
    """Returns a page of the stored rankings, newest first, and the key of the next page."""
    found = rows(HeldRanking, "chart_rankings_listed", chart_id=chart_id, before=before, size=size + 1)
    page = found[:size]
    return page, page[-1].ranked_on if len(found) > size else None


def chart_entries(chart_id: int) -> Iterator[ChartEntry]:
    """Yields all entries of the stored rankings of a chart, newest ranking first, without keeping them."""
    return each(ChartEntry, "chart_entries", chart_id=chart_id)


def entry_total(chart_id: int) -> int:
    """Returns the number of entries of the stored rankings of a chart."""
    return int(db.session.scalar(statement("chart_entry_total"), {"chart_id": chart_id}) or 0)


def known_dates(chart: Chart, first: date, last: date) -> list[KnownDate]:
    """Returns the known dates from `first` to `last`."""
    return rows(KnownDate, "chart_calendar", chart_id=chart.id, first=first, last=last)


def known_span(chart: Chart) -> Span:
    """Returns the first and last known date."""
    return one(Span, "chart_span", chart_id=chart.id) or Span(None, None)


def chart_runs(chart: Chart) -> list[ChartRun]:
    """Returns the newest runs of a chart, newest first."""
    return rows(ChartRun, "chart_runs", chart=chart.slug, size=RUNS_SHOWN)


def not_held(chart: Chart, ranked_on: date | None = None) -> NotHeld | None:
    """Returns the oldest ranking (or that of one date) that the API has but is not stored."""
    return one(NotHeld, "chart_not_held", chart_id=chart.id, ranked_on=ranked_on)


def recent_positions(
    chart: Chart, ranked_on: date, entries: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[tuple[date, int | None]]]:
    """Returns by track and occurrence the positions in the last 30 rankings to a date; None if absent."""
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
