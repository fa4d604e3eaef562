"""What is offered where gains are unknown: the history that they would count from, at its cost."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import url_for

from webapp.batches import MOST_TRACKS, missing_range
from webapp.costs import range_calls
from webapp.rights import allowed


class HistoryOffer(NamedTuple):
    """A link that fetches the history of so many `tracks` for so many `calls`."""

    url: str
    tracks: int
    calls: int


def history_offer(slug: str, start: date, unknown: Sequence[tuple[UUID, date]]) -> HistoryOffer | None:
    """For tracks on a platform, by the date of their first value; None without any, or to who may not."""
    if not unknown or not allowed("batches.history"):
        return None
    chosen = unknown[:MOST_TRACKS]
    url = url_for(
        "batches.history",
        platform=slug,
        start_date=start,
        tracks=[uuid for uuid, _ in chosen],
    )
    calls = sum(range_calls(1, *missing_range(start, first)) for _, first in chosen)
    return HistoryOffer(url, len(chosen), calls)
