"""Batches and what became of each of their items."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.queries import rows

PAGE_SIZE = 50
LIVE = ("queued", "running")
FAILED = ("failed", "dead", "cancelled", "refused")


class ItemRow(NamedTuple):
    """An item; `state` is its run's, or else fresh, known, refused or gone, and `note` says more of that."""

    position: int
    subject: str
    track_uuid: UUID | None
    artist_uuid: UUID | None
    platform_name: str | None
    name: str | None
    is_held: bool
    run_uuid: UUID | None
    run_number: int | None
    state: str
    note: str
    paused_until: datetime | None

    @property
    def about(self) -> tuple[UUID | None, UUID | None, str]:
        """What the items of one subject have in common."""
        return self.track_uuid, self.artist_uuid, self.subject

    @property
    def is_live(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in LIVE

    @property
    def is_failed(self) -> bool:
        """Whether it ended without what was asked for."""
        return self.state in FAILED


class Progress(NamedTuple):
    """The items of a batch, in order."""

    items: list[ItemRow]

    @property
    def live(self) -> int:
        """Items to which something can still happen."""
        return sum(item.is_live for item in self.items)

    @property
    def done(self) -> int:
        """Items that have ended."""
        return len(self.items) - self.live

    @property
    def failed(self) -> list[ItemRow]:
        """Items that ended without what was asked for."""
        return [item for item in self.items if item.is_failed]

    @property
    def paused_until(self) -> datetime | None:
        """The next look at the API's quota, where that is used up and an item waits for it."""
        return next((item.paused_until for item in self.items if item.paused_until), None)

    def count(self, states: Sequence[str]) -> int:
        """Items in one of these states."""
        return sum(item.state in states for item in self.items)


class BatchRow(NamedTuple):
    """A batch of the list with its items counted."""

    uuid: UUID
    number: int
    action: str
    args: dict[str, Any]
    created_at: datetime
    requester: str
    items: int
    live: int
    failed: int


class BatchList(NamedTuple):
    """A page of batches, newest first; `before` leads to the next page."""

    batches: list[BatchRow]
    before: int | None


def batch_progress(batch: UUID) -> Progress:
    """What became of each item of a batch."""
    return Progress(rows(ItemRow, "batch_items", batch=batch))


def batch_list(before: int | None) -> BatchList:
    """A page of all batches."""
    found = rows(BatchRow, "batches_page", before=before, size=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    return BatchList(page, page[-1].number if len(found) > PAGE_SIZE else None)
