"""Common parts of the merges of two rows: lock timeouts, and counts of moved rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.queries import rows

LONGEST_WAIT_SECONDS = 10
"""How long a merge waits for other writers before it fails."""
LIMITS = ("SET LOCAL statement_timeout = 0", f"SET LOCAL lock_timeout = '{LONGEST_WAIT_SECONDS}s'")


TABLES = {
    "audience_revisions": "Former values",
    "audience_states": "Series",
    "batch_items": "Lines of bulk actions",
    "chart_aliases": "Former slugs",
    "chart_dates": "Dates of rankings",
    "chart_entry_revisions": "Former ranking entries",
    "chart_ranking_entries": "Ranking entries",
    "chart_rankings": "Rankings",
    "chart_rankings_set_aside": "Rankings set aside",
    "charts": "Charts",
    "list_tracks": "Places on lists",
    "notes": "Notes",
    "platform_aliases": "Aliases",
    "platform_distinctions": "Answers 'not a duplicate'",
    "track_aliases": "Former uuids",
    "track_artists": "Artists of tracks",
    "track_audience_time_series": "Audience values",
    "track_identifiers": "Identifiers of tracks",
}
"""Labels of the tables that a merge changes."""


class Held(Protocol):
    """A locked row of a pair."""

    @property
    def id(self) -> int:
        """Its key."""


H = TypeVar("H", bound=Held)


class Part(NamedTuple):
    """Counts of rows of the table `name`: moved, met by a row of the kept one, and differing from it."""

    name: str
    moved: int
    met: int
    differing: int = 0

    @property
    def words(self) -> str:
        """The label of the table."""
        return TABLES[self.name]


def differences(pairs: Mapping[str, tuple[str, str]]) -> list[str]:
    """Returns sentences like 'They differ in metric: Streams and Views.'; the lost one comes first."""
    return [
        f"They differ in {what}: {lost or 'none'} and {kept or 'none'}."
        for what, (lost, kept) in pairs.items()
        if lost.lower() != kept.lower()
    ]


def counts(parts: Iterable[Part]) -> dict[str, str]:
    """Returns the result of a merge by table, for the audit log, without unchanged tables."""
    return {part.name: f"{part.moved} moved, {part.met} met" for part in touched(parts)}


def touched(parts: Iterable[Part]) -> list[Part]:
    """Returns the parts with any moved or met rows."""
    return [part for part in parts if part.moved or part.met]


@contextmanager
def explained_wait(error: type[Exception], what: str) -> Iterator[None]:
    """Raises `error` with one sentence if other writers of `what` hold the locks for too long."""
    try:
        yield
    except OperationalError as cause:
        raise error(f"The {what} are being written; try again in a minute.") from cause


def pair_with_values(
    kind: type[H], query: str, locks: Sequence[str], *, winner: int, loser: int
) -> tuple[H, H] | None:
    """Takes the locks, among them that of all values, then locks two rows, like held_pair()."""
    for lock in locks:
        db.session.execute(text(lock))
    lift_decompression_limit()
    return held_pair(kind, query, winner=winner, loser=loser)


def held_pair(kind: type[H], query: str, *, winner: int, loser: int) -> tuple[H, H] | None:
    """Locks two rows by `query`; returns the winner first, or None if they are one row or one is gone."""
    found = {held.id: held for held in rows(kind, query, winner=winner, loser=loser)}
    if winner == loser or found.keys() != {winner, loser}:
        return None
    return found[winner], found[loser]
