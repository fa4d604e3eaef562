"""What is offered where gains are unknown: the history that they would count from, at its cost."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import url_for

from webapp.access.rights import allowed
from webapp.queries.tracks.histories import SeriesHeld, missing_ranges
from webapp.work.batches import MOST_TRACKS
from webapp.work.costs import range_calls


class HistoryOffer(NamedTuple):
    """A link that fetches the history of so many `tracks` for so many `calls`.

    `url` is empty for who may not, and where there are none. SoundCharts has no value there for `asked`.
    """

    url: str
    tracks: int
    calls: int
    asked: int


def history_offer(slug: str, start: date | None, unknown: Sequence[SeriesHeld], count: int) -> HistoryOffer:
    """For tracks whose gain from `start` on is unknown, else that of the 7 days to their newest values.

    `unknown` are those of them to be asked for first, of `count` in all.
    """
    ranges = missing_ranges(unknown, start)
    chosen = ranges[:MOST_TRACKS]
    said = {"start_date": start} if start else {"period": "7"}
    url = url_for("batches.history", platform=slug, **said, tracks=[uuid for uuid, _, _ in chosen])
    return HistoryOffer(
        url if chosen and allowed("batches.history") else "",
        len(chosen),
        sum(range_calls(1, first, last) for _, first, last in chosen),
        count - len(ranges) if len(ranges) < len(unknown) or len(unknown) == count else 0,
    )
