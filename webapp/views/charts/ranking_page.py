"""A ranking for the parameters of its URL: entries compared with the previous ranking or another date."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.lib.text import read_typed
from webapp.models import Chart
from webapp.queries.charts.rankings import Place, Row, lacking, ranking_places, ranking_rows
from webapp.queries.lists.lists import KnownList, list_track_ids
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.parameters import BadParameterError, choice, day, filled

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


class RankingState(NamedTuple):
    """The parameters: the date to compare with, and the filters of entries."""

    other: date | None = None
    typed: str = ""
    movement: str = ""
    first: int | None = None
    last: int | None = None
    known: KnownList | None = None

    def arguments(self, **other: object) -> dict[str, Any]:
        """The shortest query of this state, with overrides; defaults are omitted."""
        parameters = {
            "with": self.other,
            "q": self.typed,
            "movement": self.movement,
            "first": self.first,
            "last": self.last,
            "list": self.known.uuid if self.known else None,
        }
        return {name: value for name, value in (parameters | other).items() if value}

    @property
    def chips(self) -> list[tuple[str, dict[str, Any]]]:
        """Each filter as a label and the query without it."""
        found = [
            (f"Title: {self.typed}", self.typed, {"q": None}),
            (f"Movement: {_words(self).get(self.movement, '').lower()}", self.movement, {"movement": None}),
            (
                f"Positions {self.first or 1} to {self.last or 'last'}",
                self.first or self.last,
                {"first": None, "last": None},
            ),
            (f"List: {self.known.title if self.known else ''}", self.known, {"list": None}),
            (f"Compared with {self.other}", self.other, {"with": None, "movement": None}),
        ]
        return [(words, self.arguments(**without)) for words, value, without in found if value]

    @property
    def narrows(self) -> bool:
        """Whether filters exclude entries."""
        return bool(self.typed or self.movement or self.first or self.last or self.known)


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
        return _words(self.state)

    @property
    def has_metric(self) -> bool:
        """Whether any shown entry has a metric."""
        return any(row.metric is not None for row in self.rows)


def read_ranking(given: MultiDict[str, str]) -> RankingState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    other = day(given, "with")
    first, last = _position(given, "first"), _position(given, "last")
    if first and last and first > last:
        raise BadParameterError(f"first ({first}) must not be after last ({last}).")
    movement = choice(given, "movement", (*MOVEMENTS, "entered")) if "movement" in given else ""
    state = RankingState(other, given.get("q", ""), movement, first, last, read_list_filter(given))
    # A movement that the other kind of comparison does not have is dropped when the user switches.
    return state if movement in _words(state) else state._replace(movement="")


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
    rows = [row for row in found if _matches(state, row.position, row.movement, row.name)]
    gone = [place for place in left if _matches(state, None, _gone(lacks), place.name)]
    if listed is not None:
        rows = [row for row in rows if row.track_id in listed]
        gone = [place for place in gone if place.track_id in listed]
    return RankingPage(state, since, held, len(found), counts, rows, gone, lacks, since_lacks)


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


def _matches(state: RankingState, position: int | None, movement: str, name: str) -> bool:
    """Whether an entry matches the filters; songs that left have no position."""
    in_range = position is not None and (state.first or 1) <= position <= (state.last or position)
    return (
        (in_range or not (state.first or state.last))
        and (not state.movement or movement == state.movement)
        and (not state.typed.strip() or read_typed(state.typed).is_in(name))
    )


def _gone(lacks: str) -> str:
    """Returns the movement of songs that are not in a ranking."""
    return "unknown" if lacks else "left"


def _words(state: RankingState) -> dict[str, str]:
    return DIFFERENCES if state.other else MOVEMENTS


def _position(given: MultiDict[str, str], name: str) -> int | None:
    if name not in given:
        return None
    if not re.fullmatch(r"[1-9]\d{0,4}", given[name], re.ASCII):
        raise BadParameterError(f"{name} must be a position of 1 or more, not {given[name][:40]!r}.")
    return int(given[name])
