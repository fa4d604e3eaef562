"""The offer to fetch the history that unknown gains count from."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import url_for

from webapp.access.rights import allowed
from webapp.queries.tracks.histories import SeriesHeld, missing_ranges
from webapp.work.batches import MOST_TRACKS
from webapp.work.costs import range_calls


class HistoryOffer(NamedTuple):
    """A link that fetches the history of `tracks` tracks for `calls` calls.

    `url` is empty without permission or tracks. SoundCharts has no value there for `without_data` tracks.
    """

    url: str
    tracks: int
    calls: int
    without_data: int


def history_offer(
    slug: str, start: date | None, unknown: Sequence[SeriesHeld], *, count: int
) -> HistoryOffer:
    """Returns the offer for tracks with an unknown gain from `start` on, or of their last 7 days.

    `unknown` are the first series to fetch, of `count` in all.
    """
    ranges = missing_ranges(unknown, start)
    chosen = ranges[:MOST_TRACKS]
    period = {"start_date": start} if start else {"period": "7"}
    url = url_for("batches.history", platform=slug, **period, tracks=[uuid for uuid, _, _ in chosen])
    return HistoryOffer(
        url=url if chosen and allowed("batches.history") else "",
        tracks=len(chosen),
        calls=sum(range_calls(1, first, last) for _, first, last in chosen),
        without_data=count - len(ranges) if len(ranges) < len(unknown) or len(unknown) == count else 0,
    )
