"""Common parts of the merges of two rows: lock timeouts, and counts of moved rows."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
