"""A ranking for the parameters of its URL: entries compared with the previous ranking or another date."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Self

from werkzeug.datastructures import MultiDict

from webapp.lib.formats import counted
from webapp.lib.text import read_typed
from webapp.models import Chart
from webapp.queries.charts.rankings import Place, Row, lacking, ranking_places, ranking_rows
from webapp.queries.lists.lists import KnownList, list_track_ids
from webapp.views.shared.columns import chosen_columns
from webapp.views.shared.listing import Column
from webapp.views.shared.parameters import BadParameterError, choice, day
from webapp.views.shared.state import Parameters, one_of, parameter, text, user_list

# Labels of the movements that the database derives; `left` are the songs that left.
MOVEMENTS = {
    "new": "New",
    "up": "Up",
    "down": "Down",
    "same": "Same",
    "re_entry": "Re-entered",
    "peaked": "Peaked",
    "unknown": "Unknown",
    "left": "Left",
}
DIFFERENCES = {
    "entered": "Entered",
    "re_entry": "Re-entered",
    "peaked": "Peaked",
    "up": "Up",
    "down": "Down",
    "same": "Same",
    "unknown": "Unknown",
    "left": "Left",
}


PREVIOUS, OTHER_DATE = "previous", "date"
# How far back a comparison goes, in days, by the frequency of the chart; others have those of weekly ones.
CHOICES: dict[str, dict[str, str]] = {
    "daily": {PREVIOUS: "Day before", "7": "Week before", "28": "4 weeks before"},
    "weekly": {PREVIOUS: "Week before", "28": "4 weeks before", "84": "12 weeks before"},
    "monthly": {PREVIOUS: "Month before", "91": "3 months before", "365": "Year before"},
}
DAYS_BACK = ("7", "28", "84", "91", "365")

COLUMNS: tuple[Column[str], ...] = (
    Column("position", "Position", "asc", ways=None, number=True),
    Column("movement", "Movement", "asc", ways=None),
    Column("previous", "Previous", "asc", ways=None, number=True, wide=True),
    Column("artists", "Artists", "asc", ways=None),
    Column("times", "Time on chart", "asc", ways=None, number=True),
    Column("peak", "Peak", "asc", ways=None, number=True),
    Column("peak_on", "Peak date", "asc", ways=None, wide=True, extra=True),
    Column("streak", "Streak", "asc", ways=None, number=True, wide=True),
    Column("first_on", "First entry", "asc", ways=None, wide=True, extra=True),
    Column("metric", "Metric", "asc", ways=None, number=True, wide=True),
)
"""The columns of a ranking that people can choose; the title is always shown."""
TITLE: Column[str] = Column("title", "Title", "asc", ways=None)
BEFORE_TITLE = ("position", "movement", "previous")
TABLE = "ranking"


def comparisons(chart: Chart, state: "RankingState") -> list[tuple[str, str]]:
    """Returns the choices of 'Compare with' that suit the frequency of a chart, and the chosen one."""
    own = CHOICES.get(chart.frequency.lower(), CHOICES["weekly"] | {PREVIOUS: "Previous"})
    other = state.days_back and state.compare not in own
    chosen = {state.compare: f"{counted(state.days_back, 'day')} ago"} if other else {}
    return [*(own | chosen).items(), (OTHER_DATE, "Date")]


def streak_unit(chart: Chart) -> str:
    """Returns what a streak counts: 'day', 'week', 'month' or, if the frequency is unknown, 'ranking'."""
    units = {"daily": "day", "weekly": "week", "monthly": "month"}
    return units.get(chart.frequency.lower(), "ranking")


def _position(given: MultiDict[str, str], name: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}", given[name], re.ASCII):
        raise BadParameterError(f"{name} must be a position of 1 or more, not {given[name][:40]!r}.")
    return int(given[name])


def _movement(given: MultiDict[str, str], name: str) -> str:
    return choice(given, name, (*MOVEMENTS, "entered"))


def _movement_label(state: "RankingState") -> str:
    return f"Movement: {state.words[state.movement].lower()}"


def _positions(state: "RankingState") -> str:
    return f"Positions {state.first or 1} to {state.last or 'last'}"


@dataclass(frozen=True, kw_only=True)
class RankingState(Parameters):
    """The parameters: the date to compare with, and the filters of entries."""

    compare: str = one_of(
        (PREVIOUS, *DAYS_BACK, OTHER_DATE),
        lambda state: f"Compared with {counted(state.days_back, 'day')} ago" if state.days_back else "",
    )
    other: date | None = parameter(day, "Compared with {}", name="with", without=("movement", "compare"))
    q: str = text("Title: {}")
    movement: str = parameter(_movement, _movement_label, default=str)
    first: int | None = parameter(_position, _positions, without=("last",))
    last: int | None = parameter(_position, lambda state: "" if state.first else _positions(state))
    known: KnownList | None = user_list()

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters; an empty one counts as missing. Raises BadParameterError."""
        state = super().read(given, **fixed)
        if state.compare in DAYS_BACK:
            state = replace(state, other=None)
        elif state.other:
            state = replace(state, compare=OTHER_DATE)
        if state.first and state.last and state.first > state.last:
            raise BadParameterError(f"first ({state.first}) must not be after last ({state.last}).")
        # A movement that the other kind of comparison does not have is dropped when the user switches.
        return state if state.movement in state.words else replace(state, movement="")

    @property
    def words(self) -> dict[str, str]:
        """The labels of the movements that entries have in this comparison, in the order of the page."""
        return DIFFERENCES if self.is_compared else MOVEMENTS

    @property
    def days_back(self) -> int:
        """How many days before the ranking the one to compare with is; 0 for the previous one or a date."""
        return int(self.compare) if self.compare in DAYS_BACK else 0

    @property
    def is_compared(self) -> bool:
        """Whether the ranking is compared with another than the previous one."""
        return bool(self.days_back or self.other)

    def wanted(self, ranked_on: date) -> date | None:
        """Returns the date to compare a ranking with; None for the previous one."""
        return ranked_on - timedelta(days=self.days_back) if self.days_back else self.other

    def arguments(self, **other: object) -> dict[str, Any]:
        """Returns the shortest query of this state, with overrides; a date alone says how to compare."""
        return super().arguments(**({"compare": None} if self.other else {}) | other)

    @cached_property
    def shown(self) -> list[Column[str]]:
        """The columns to show: the position, and those that the user chose."""
        names = chosen_columns(TABLE, COLUMNS)
        return [each for each in COLUMNS if each.sort in names or each is COLUMNS[0]]

    @property
    def columns(self) -> tuple[Column[str], ...]:
        """All columns to choose from."""
        return COLUMNS


class RankingPage(NamedTuple):
    """The content of a ranking page: `counts` of the whole ranking by movement, `rows` and `left` filtered.

    `since` is the date that movements count from, None if there is no earlier one; `is_held` whether its
    ranking is held. `lacks` and `since_lacks` are what the two rankings lack. If this one lacks anything,
    it is unknown whether the songs of `left` left: their movement (`gone`) is unknown.
    """

    state: RankingState
    since: date | None
    is_held: bool
    size: int
    counts: Counter[str]
    rows: list[Row]
    left: list[Place]
    lacks: str
    since_lacks: str

    @property
    def gone(self) -> str:
        """The movement of songs that are not in this ranking."""
        return _gone(self.lacks)

    @property
    def words(self) -> dict[str, str]:
        """The labels of the movements, in the order of the page."""
        return self.state.words

    @property
    def columns(self) -> list[Column[str]]:
        """The columns of the table in their order; the metric only if a shown entry has one."""
        has_metric = any(row.metric is not None for row in self.rows)
        shown = [column for column in self.state.shown if column.sort != "metric" or has_metric]
        first = sum(column.sort in BEFORE_TITLE for column in shown)
        return [*shown[:first], TITLE, *shown[first:]]

    def headings(self, labels: Mapping[str, str]) -> list[dict[str, object]]:
        """Returns the columns for the table macro; `labels` are those that are not a column's usual one."""
        return [
            {
                "label": labels.get(column.sort, column.label),
                "number": column.number,
                "wide": column.wide,
                "sort": "ascending" if column.sort == "position" else None,
            }
            for column in self.columns
        ]


def ranking_page(
    chart: Chart, ranked_on: date, state: RankingState, since: date | None, *, held: bool
) -> RankingPage:
    """Returns a held ranking compared with that of `since`, if that is held too."""
    found = ranking_rows(chart, ranked_on, since=since if state.is_compared else None)
    places = ranking_places(chart, since) if since and held else []
    lacks, since_lacks = lacking(chart, ranked_on, since)
    if state.is_compared and since:
        found = compared(found, places, since, is_whole=not since_lacks)
    here = {row.track_id for row in found}
    left = [place for place in places if place.track_id not in here and place.occurrence == 1]
    counts = Counter(row.movement for row in found if not row.repeats)
    counts["peaked"] = sum(row.has_peaked for row in found if not row.repeats)
    counts[_gone(lacks)] += len(left)
    listed = list_track_ids(state.known.id) if state.known else None
    rows = [row for row in found if _matches(state, row.name, _kinds(row), position=row.position)]
    gone = [place for place in left if _matches(state, place.name, {_gone(lacks)})]
    if listed is not None:
        rows = [row for row in rows if row.track_id in listed]
        gone = [place for place in gone if place.track_id in listed]
    return RankingPage(
        state=state,
        since=since,
        is_held=held,
        size=len(found),
        counts=counts,
        rows=rows,
        left=gone,
        lacks=lacks,
        since_lacks=since_lacks,
    )


def compared(found: Sequence[Row], places: Sequence[Place], since: date, *, is_whole: bool) -> list[Row]:
    """Returns the entries with the difference to the ranking of `since` instead of their movements.

    A song's n-th entry is compared with its n-th entry there. One without is a re-entry if it was on the
    chart before `since`, unknown if that ranking is not whole.
    """
    stood = {(place.track_id, place.occurrence): place.position for place in places}
    then = [stood.get((row.track_id, row.occurrence)) for row in found]
    return [
        row._replace(
            movement=difference(row.position, was) or _absent(row, since, is_whole=is_whole),
            previous_position=was,
            is_from_api=False,
        )
        for row, was in zip(found, then, strict=True)
    ]


def _absent(row: Row, since: date, *, is_whole: bool) -> str:
    """Returns the movement of an entry that the ranking of `since` does not have."""
    if not is_whole:
        return "unknown"
    return "re_entry" if row.first_on < since else "entered"


def difference(position: int, then: int | None) -> str:
    """Returns how a position compares with that on another date; empty if there is none."""
    if then is None:
        return ""
    return "same" if then == position else "up" if then > position else "down"


def _kinds(row: Row) -> set[str]:
    """Returns the names of the filter that an entry fits: its movement, and whether it has a new peak."""
    return {row.movement, "peaked"} if row.has_peaked else {row.movement}


def _matches(state: RankingState, name: str, kinds: set[str], *, position: int | None = None) -> bool:
    """Whether an entry matches the filters; songs that left have no position."""
    in_range = position is not None and (state.first or 1) <= position <= (state.last or position)
    return (
        (in_range or not (state.first or state.last))
        and (not state.movement or state.movement in kinds)
        and (not state.q or read_typed(state.q).is_in(name))
    )


def _gone(lacks: str) -> str:
    """Returns the movement of songs that are not in a ranking."""
    return "unknown" if lacks else "left"
