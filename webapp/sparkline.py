"""Sparklines: a month's gains a day as one small line, drawn by the server."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

WIDTH, HEIGHT, EDGE = 96, 24, 2


class Spark(NamedTuple):
    """`path` for the `d` of an SVG path of WIDTH x HEIGHT, and what the line says in words."""

    path: str
    words: str


def spark(totals: Sequence[tuple[date, int]]) -> Spark | None:
    """The gains between days that follow each other; a gap in the days is a gap in the line.

    None where no two days follow each other.
    """
    gains = [
        (after[0], after[1] - before[1])
        for before, after in pairwise(totals)
        if (after[0] - before[0]).days == 1
    ]
    if not gains:
        return None
    first, last = totals[0][0], totals[-1][0]
    low, high = min(gain for _, gain in gains), max(gain for _, gain in gains)
    words = f"gains a day from {first} to {last}: {low:,} to {high:,}, {gains[-1][1]:,} at last"
    return Spark(_path(gains, first, max((last - first).days, 1), low, high), words)


def _path(gains: Sequence[tuple[date, int]], first: date, days: int, low: int, high: int) -> str:
    steps = []
    former: date | None = None
    for day, gain in gains:
        x = EDGE + (WIDTH - 2 * EDGE) * (day - first).days / days
        share = (gain - low) / (high - low) if high > low else 0.5
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share
        follows = former is not None and (day - former).days == 1
        steps.append(f"{'L' if follows else 'M'}{x:.1f} {y:.1f}")
        former = day
    return "".join(steps)
