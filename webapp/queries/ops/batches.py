"""Batches and the results of their items."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.queries import rows

PAGE_SIZE = 50
LIVE = ("queued", "running")
FAILED = ("failed", "dead", "cancelled", "refused")


class ItemRow(NamedTuple):
    """An item; `state` is its run's, or fresh, known, refused or gone, with details in `note`."""

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
        """The key of the items of one subject."""
        return self.track_uuid, self.artist_uuid, self.subject

    @property
    def is_live(self) -> bool:
        """Whether its run is queued or running."""
        return self.state in LIVE

    @property
    def is_failed(self) -> bool:
        """Whether it ended without the requested data."""
        return self.state in FAILED


class Progress(NamedTuple):
    """The items of a batch, in order."""

    items: list[ItemRow]

    @property
    def live(self) -> int:
        """The number of items that are queued or running."""
        return sum(item.is_live for item in self.items)

    @property
    def done(self) -> int:
        """The number of items that have ended."""
        return len(self.items) - self.live

    @property
    def failed(self) -> list[ItemRow]:
        """The items that ended without the requested data."""
        return [item for item in self.items if item.is_failed]

    @property
    def paused_until(self) -> datetime | None:
        """The next check of the API's quota, if it is used up and an item waits for it."""
        return next((item.paused_until for item in self.items if item.paused_until), None)

    def count(self, states: Sequence[str]) -> int:
        """Returns the number of items in these states."""
        return sum(item.state in states for item in self.items)


class BatchRow(NamedTuple):
    """A batch of the list with the counts of its items."""

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
    """A page of batches, newest first; `before` is the key of the next page."""

    batches: list[BatchRow]
    before: int | None


def batch_progress(batch: UUID) -> Progress:
    """Returns the results of a batch's items."""
    return Progress(rows(ItemRow, "batch_items", batch=batch))


def batch_list(before: int | None) -> BatchList:
    """Returns a page of all batches."""
    found = rows(BatchRow, "batches_page", before=before, size=PAGE_SIZE + 1)
    page = found[:PAGE_SIZE]
    return BatchList(page, page[-1].number if len(found) > PAGE_SIZE else None)
