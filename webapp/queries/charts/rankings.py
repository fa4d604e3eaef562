"""One ranking: its entries with their movements, and the rankings around its date."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psycopg.types.multirange import Multirange
from sqlalchemy import select

from webapp.extensions import db
from webapp.lib.formats import counted, incomplete
from webapp.models import Chart, ChartRanking
from webapp.queries import one, rows

WHOLE = 2**31 - 1
# The API's units of the time on chart.
UNITS = {"DOC": "day", "WOC": "week"}


class Around(NamedTuple):
    """A date of a chart; without `entry_count` no ranking is stored for it.

    `missing_positions` and `refused_rows` are what the ranking lacks, None like the count. `earlier` and
    `later` are the nearest stored dates, `before_on` the date that movements refer to.
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
        """What the ranking lacks, in words; empty if it is complete."""
        return incomplete(self.missing_positions or (), self.refused_rows or 0)


class Row(NamedTuple):
    """An entry with the movement of ranking_movements(); `repeats`: the song also has a higher position.

    `songs` is the number of songs at its position; it is the song's `occurrence`-th entry in the ranking. Up
    to its date the song is in `rankings` stored ones; the peak may be better than in all of them
    (`peak_is_from_api`), first reached on `peak_on`, None if that date is unknown. `first_on` is its
    first date on the chart, at the latest where `entry_date` is None. `streak` counts rankings in a row.
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
    peak_on: date | None
    has_peaked: bool
    rankings: int
    first_on: date
    streak: int
    streak_may_be_longer: bool

    @property
    def peak_note(self) -> str:
        """The basis of the peak; empty if it is complete."""
        return peak_note(self.rankings, self.time_on_chart)

    @property
    def unit(self) -> str:
        """The unit of the time on chart: 'day', 'week' or, for any other of the API, 'time'."""
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
    """Returns 'of 1 stored ranking' if the API counts the track more `times`, or not at all; else empty."""
    return "" if times is not None and rankings >= times else f"of {counted(rankings, 'stored ranking')}"


def ranking_around(chart: Chart, ranked_on: date) -> Around:
    """Returns the ranking of a date and the nearest ones."""
    found = one(Around, "ranking_around", chart_id=chart.id, ranked_on=ranked_on)
    if found is None:
        raise LookupError(f"nothing answers for {ranked_on}")
    return found


def lacking(chart: Chart, *days: date | None) -> list[str]:
    """Returns what the ranking of each date lacks, in words; empty if it is complete or not stored."""
    held = select(ChartRanking).where(ChartRanking.chart_id == chart.id, ChartRanking.ranked_on.in_(days))
    found = {each.ranked_on: each for each in db.session.scalars(held)}
    return [
        incomplete(found[day].missing_positions, found[day].refused_rows) if day in found else ""
        for day in days
    ]


def ranking_rows(chart: Chart, ranked_on: date, size: int = WHOLE, *, since: date | None = None) -> list[Row]:
    """Returns the first `size` positions of a ranking, best first; new peaks are those after `since`.

    Without `since`, they are those of the ranking itself.
    """
    since = since if since and since < ranked_on else ranked_on - timedelta(days=1)
    return rows(Row, "ranking_rows", chart_id=chart.id, ranked_on=ranked_on, size=size, since=since)


def ranking_places(chart: Chart, ranked_on: date) -> list[Place]:
    """Returns the places of a ranking, best first."""
    return rows(Place, "ranking_places", chart_id=chart.id, ranked_on=ranked_on)
