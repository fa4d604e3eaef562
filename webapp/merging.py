"""What merges of two rows into one have in common: how long they wait, and what they say of what moved."""

from collections.abc import Iterable
from typing import NamedTuple

LONGEST_WAIT_SECONDS = 10
"""For writers that hold what is merged: who merges should hear that they do not let go."""
LIMITS = ("SET LOCAL statement_timeout = 0", f"SET LOCAL lock_timeout = '{LONGEST_WAIT_SECONDS}s'")


class Part(NamedTuple):
    """Rows of the table `name` that move, meet a row of the one kept, and differ from what they meet."""

    name: str
    moved: int
    met: int
    differing: int = 0


def counts(parts: Iterable[Part]) -> dict[str, str]:
    """What a merge did, by table, for the record; tables of which nothing moved are left out."""
    return {part.name: f"{part.moved} moved, {part.met} met" for part in touched(parts)}


def touched(parts: Iterable[Part]) -> list[Part]:
    """The parts of which anything moved."""
    return [part for part in parts if part.moved or part.met]
