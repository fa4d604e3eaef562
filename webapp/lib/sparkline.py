"""Sparklines: daily gains, positions in rankings or counts as a small line drawn by the server."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from webapp.lib.formats import counted

WIDTH, HEIGHT, EDGE = 96, 24, 2


class Spark(NamedTuple):
    """A sparkline: the `d` of an SVG path of WIDTH x HEIGHT, and a description in words."""

    path: str
    words: str


def spark(totals: Sequence[tuple[date, int]]) -> Spark | None:
    """Returns the gains between consecutive days; a gap in the days is a gap in the line.

    Returns None if no two days are consecutive.
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
    words = f"daily gains from {first} to {last}: {low:,} to {high:,}, most recently {gains[-1][1]:,}"
    return Spark(_path(gains, first=first, days=max((last - first).days, 1), low=low, high=high), words)


def _path(gains: Sequence[tuple[date, int]], *, first: date, days: int, low: int, high: int) -> str:
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


def position_spark(places: Sequence[tuple[date, int | None]]) -> Spark | None:
    """Returns positions in consecutive rankings, the best at the top; a ranking without the song is a gap.

    Returns None if there is no position.
    """
    held = [place for _, place in places if place is not None]
    if not held:
        return None
    best, worst = min(held), max(held)
    words = f"positions from {places[0][0]} to {places[-1][0]}: best {best}, worst {worst}"
    if len(held) < len(places):
        words += f", in {len(held)} of {counted(len(places), 'stored ranking')}"
    return Spark(_steps([place for _, place in places], best, worst), words)


def _steps(places: Sequence[int | None], best: int, worst: int) -> str:
    """Returns a horizontal step per ranking; `h0` draws a dot for a position without neighbours."""
    steps, drawing = [], False
    for number, place in enumerate(places):
        if place is not None:
            x = EDGE + (WIDTH - 2 * EDGE) * number / max(len(places) - 1, 1)
            share = (place - best) / (worst - best) if worst > best else 0.5
            y = EDGE + (HEIGHT - 2 * EDGE) * share
            steps.append(f"L{x:.1f} {y:.1f}" if drawing else f"M{x:.1f} {y:.1f}h0")
        drawing = place is not None
    return "".join(steps)


def count_spark(counts: Sequence[tuple[str, int]], what: str) -> Spark:
    """Returns counts of `what` of consecutive periods, each with its name, as a line that starts at zero."""
    most = max(count for _, count in counts)
    words = (
        f"{what} from {counts[0][0]} to {counts[-1][0]}: at most {most:,}, most recently {counts[-1][1]:,}"
    )
    return Spark(_steps([most - count for _, count in counts], 0, most), words)
