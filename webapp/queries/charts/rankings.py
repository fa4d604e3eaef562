"""One ranking: its entries with their movements, and what is known around its date."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.multirange import Multirange
from sqlalchemy import select

from webapp.extensions import db
from webapp.lib.formats import counted, incomplete
from webapp.models import Chart, ChartRanking
from webapp.queries import one, rows

WHOLE = 2**31 - 1
# What the API counts appearances in.
UNITS = {"DOC": "day", "WOC": "week"}


class Around(NamedTuple):
    """A date of a chart; without `entry_count` no ranking is held of it.

    `missing_positions` and `refused_rows` are what the ranking lacks, None as the count is. `earlier` and
    `later` are the nearest dates held, `before_on` the date that movements count from.
    """

    entry_count: int | None
    missing_positions: Multirange[int] | None
    refused_rows: int | None
    fetched_at: datetime | None
    checked_at: datetime | None
    replaced_at: datetime | None
    is_available: bool
    set_aside: str | None
    set_aside_count: int | None
    set_aside_at: datetime | None
    earlier: date | None
    later: date | None
    before_on: date | None
    before_held: bool

    @property
    def lacking(self) -> str:
        """What the ranking lacks, in words; empty where it is whole."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class Row(NamedTuple):
    """An entry with the movement of ranking_movements(); `repeats` where the song stands higher too.

    `songs` are those at its position; it is the song's `occurrence`-th entry in the ranking. Up to its date
    the song is in so many `rankings` held; the peak may be better than in all of them (`peak_is_from_api`).
    """

    position: int
    songs: int
    track_id: int
    occurrence: int
    uuid: UUID
    name: str
    credit_name: str
    movement: str
    previous_position: int | None
    is_from_api: bool
    metric: int | None
    entry_date: date | None
    time_on_chart: int | None
    time_on_chart_unit: str
    repeats: bool
    peak: int
    peak_is_from_api: bool
    rankings: int

    @property
    def peak_note(self) -> str:
        """What the peak is known from; empty where it is whole."""
        return peak_note(self.rankings, self.time_on_chart)

    @property
    def unit(self) -> str:
        """What the time on chart is counted in: 'day', 'week' or, where the API has another, 'time'."""
        return UNITS.get(self.time_on_chart_unit, "time")


class Place(NamedTuple):
    """A track of a ranking at a position: its `occurrence`-th entry."""

    track_id: int
    occurrence: int
    uuid: UUID
    name: str
    credit_name: str
    position: int


def peak_note(rankings: int, times: int | None) -> str:
    """'of 1 ranking held' for a track that the API counts more `times`, or does not count; else empty."""
    return "" if times is not None and rankings >= times else f"of {counted(rankings, 'ranking')} held"


def ranking_around(chart: Chart, ranked_on: date) -> Around:
    """What is known of a date, and which rankings are near."""
    found = one(Around, "ranking_around", chart_id=chart.id, ranked_on=ranked_on)
    if found is None:
        raise LookupError(f"nothing answers for {ranked_on}")
    return found


def lacking(chart: Chart, *days: date | None) -> list[str]:
    """What the ranking of each of these dates lacks, in words; empty where it is whole or not held."""
    held = select(ChartRanking).where(ChartRanking.chart_id == chart.id, ChartRanking.ranked_on.in_(days))
    found = {each.ranked_on: each for each in db.session.scalars(held)}
    return [
        incomplete(found[day].missing_positions, found[day].refused_rows) if day in found else ""
        for day in days
    ]


def ranking_rows(chart: Chart, ranked_on: date, size: int = WHOLE) -> list[Row]:
    """The first `size` positions of a ranking, best first."""
    return rows(Row, "ranking_rows", chart_id=chart.id, ranked_on=ranked_on, size=size)


def ranking_places(chart: Chart, ranked_on: date) -> list[Place]:
    """The places of a ranking, best first."""
    return rows(Place, "ranking_places", chart_id=chart.id, ranked_on=ranked_on)
