"""What merges of two rows into one have in common: how long they wait, and what they say of what moved."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

LONGEST_WAIT_SECONDS = 10
"""For writers that hold what is merged: who merges should hear that they do not let go."""
LIMITS = ("SET LOCAL statement_timeout = 0", f"SET LOCAL lock_timeout = '{LONGEST_WAIT_SECONDS}s'")


TABLES = {
    "audience_revisions": "Former values",
    "audience_states": "Series",
    "batch_items": "Lines of bulk actions",
    "chart_aliases": "Former slugs",
    "chart_dates": "Dates of rankings known",
    "chart_entry_revisions": "Former entries of rankings",
    "chart_ranking_entries": "Entries of rankings",
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
"""The tables of merges, in words."""


class Part(NamedTuple):
    """Rows of the table `name` that move, meet a row of the one kept, and differ from what they meet."""

    name: str
    moved: int
    met: int
    differing: int = 0

    @property
    def words(self) -> str:
        """The table in words."""
        return TABLES[self.name]


def differences(pairs: Mapping[str, tuple[str, str]]) -> list[str]:
    """'They differ in metric: Streams and Views.' for what two have, the one given up first, by its name."""
    return [
        f"They differ in {what}: {lost or 'none'} and {kept or 'none'}."
        for what, (lost, kept) in pairs.items()
        if lost.lower() != kept.lower()
    ]


def counts(parts: Iterable[Part]) -> dict[str, str]:
    """What a merge did, by table, for the record; tables of which nothing moved are left out."""
    return {part.name: f"{part.moved} moved, {part.met} met" for part in touched(parts)}


def touched(parts: Iterable[Part]) -> list[Part]:
    """The parts of which anything moved."""
    return [part for part in parts if part.moved or part.met]
