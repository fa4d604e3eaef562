"""A ranking for the parameters of its URL: entries compared with the previous ranking or another date."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, Self

from werkzeug.datastructures import MultiDict

from webapp.lib.text import read_typed
from webapp.models import Chart
from webapp.queries.charts.rankings import Place, Row, lacking, ranking_places, ranking_rows
from webapp.queries.lists.lists import KnownList, list_track_ids
from webapp.views.shared.parameters import BadParameterError, choice, day
from webapp.views.shared.state import Parameters, parameter, text, user_list

# Labels of the movements that the database derives; `left` are the songs that left.
MOVEMENTS = {
    "new": "New",
    "up": "Up",
    "down": "Down",
    "same": "Same",
    "re_entry": "Re-entered",
    "unknown": "Unknown",
    "left": "Left",
}
DIFFERENCES = {
    "entered": "Entered",
    "up": "Up",
    "down": "Down",
    "same": "Same",
    "unknown": "Unknown",
    "left": "Left",
}


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

    other: date | None = parameter(day, "Compared with {}", name="with", without=("movement",))
    q: str = text("Title: {}")
    movement: str = parameter(_movement, _movement_label, default=str)
    first: int | None = parameter(_position, _positions, without=("last",))
    last: int | None = parameter(_position, lambda state: "" if state.first else _positions(state))
    known: KnownList | None = user_list()

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters; an empty one counts as missing. Raises BadParameterError."""
        state = super().read(given, **fixed)
        if state.first and state.last and state.first > state.last:
            raise BadParameterError(f"first ({state.first}) must not be after last ({state.last}).")
        # A movement that the other kind of comparison does not have is dropped when the user switches.
        return state if state.movement in state.words else replace(state, movement="")

    @property
    def words(self) -> dict[str, str]:
        """The labels of the movements that entries have in this comparison, in the order of the page."""
        return DIFFERENCES if self.other else MOVEMENTS


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
    def has_metric(self) -> bool:
        """Whether any shown entry has a metric."""
        return any(row.metric is not None for row in self.rows)


def ranking_page(
    chart: Chart, ranked_on: date, state: RankingState, since: date | None, *, held: bool
) -> RankingPage:
    """Returns a held ranking compared with that of `since`, if that is held too."""
    found = ranking_rows(chart, ranked_on)
    places = ranking_places(chart, since) if since and held else []
    lacks, since_lacks = lacking(chart, ranked_on, since)
    if state.other:
        found = compared(found, places, "unknown" if since_lacks else "entered")
    here = {row.track_id for row in found}
    left = [place for place in places if place.track_id not in here and place.occurrence == 1]
    counts = Counter(row.movement for row in found if not row.repeats)
    counts[_gone(lacks)] += len(left)
    listed = list_track_ids(state.known.id) if state.known else None
    rows = [row for row in found if _matches(state, row.movement, row.name, position=row.position)]
    gone = [place for place in left if _matches(state, _gone(lacks), place.name)]
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


def compared(found: Sequence[Row], places: Sequence[Place], absent: str) -> list[Row]:
    """Returns the entries with the difference to another ranking instead of their movements.

    A song's n-th entry is compared with its n-th entry there; `absent` is the movement of one without.
    """
    stood = {(place.track_id, place.occurrence): place.position for place in places}
    then = [stood.get((row.track_id, row.occurrence)) for row in found]
    return [
        row._replace(
            movement=difference(row.position, was) or absent, previous_position=was, is_from_api=False
        )
        for row, was in zip(found, then, strict=True)
    ]


def difference(position: int, then: int | None) -> str:
    """Returns how a position compares with that on another date; empty if there is none."""
    if then is None:
        return ""
    return "same" if then == position else "up" if then > position else "down"


def _matches(state: RankingState, movement: str, name: str, *, position: int | None = None) -> bool:
    """Whether an entry matches the filters; songs that left have no position."""
    in_range = position is not None and (state.first or 1) <= position <= (state.last or position)
    return (
        (in_range or not (state.first or state.last))
        and (not state.movement or movement == state.movement)
        and (not state.q or read_typed(state.q).is_in(name))
    )


def _gone(lacks: str) -> str:
    """Returns the movement of songs that are not in a ranking."""
    return "unknown" if lacks else "left"
