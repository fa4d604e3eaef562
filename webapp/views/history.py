"""What is offered where gains are unknown: the history that they would count from, at its cost."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from flask import url_for

from webapp.batches import MOST_TRACKS, missing_range
from webapp.costs import range_calls
from webapp.rights import allowed


class HasSlug(Protocol):
    """A platform, as a row or as what a page shows of it."""

    @property
    def slug(self) -> str: ...


class HistoryOffer(NamedTuple):
    """A link that fetches the history of so many `tracks` for so many `calls`."""

    url: str
    tracks: int
    calls: int


def history_offer(
    platform: HasSlug, start: date, unknown: Sequence[tuple[UUID, date]]
) -> HistoryOffer | None:
    """For tracks by the date of their first value; None where there are none, or nobody who may fetch."""
    if not unknown or not allowed("batches.history"):
        return None
    chosen = unknown[:MOST_TRACKS]
    url = url_for(
        "batches.history",
        platform=platform.slug,
        start_date=start,
        tracks=[uuid for uuid, _ in chosen],
    )
    calls = sum(range_calls(1, *missing_range(start, first)) for _, first in chosen)
    return HistoryOffer(url, len(chosen), calls)
