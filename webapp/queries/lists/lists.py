"""Lists of tracks and artists: their visibility, their sizes, and the cost of keeping one fresh."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from webapp.extensions import db
from webapp.queries import one, rows, statement


class KnownList(NamedTuple):
    """A list that a user may see; `starred` are the uuids on it, if it is the list of their stars."""

    id: int
    uuid: UUID
    name: str
    is_shared: bool
    keep_fresh: bool
    is_default: bool
    updated_at: datetime
    owner: str
    is_mine: bool
    starred: Sequence[UUID]

    @property
    def title(self) -> str:
        """Its name, with the owner's if that is somebody else."""
        return self.name if self.is_mine else f"{self.name} ({self.owner})"


class Counts(NamedTuple):
    """The numbers of artists on a list, and of tracks including those of its artists."""

    id: int
    tracks: int
    artists: int


class KeptFresh(NamedTuple):
    """The number of series (a track on a platform) of a list's tracks."""

    series: int
    tracks: int


def lists_known(user_id: int) -> list[KnownList]:
    """Returns the lists that a user may see, their own first."""
    return rows(KnownList, "lists_known", user_id=user_id)


def lists_counted(lists: Sequence[KnownList]) -> dict[int, Counts]:
    """Returns the sizes of lists, by the list's id."""
    return {found.id: found for found in rows(Counts, "lists_counted", ids=[known.id for known in lists])}


def list_track_ids(list_id: int) -> frozenset[int]:
    """Returns the tracks of a list: those on it, and those of the artists on it."""
    return frozenset(db.session.scalars(statement("list_track_ids"), {"list_id": list_id}))


def list_cost(list_id: int) -> KeptFresh:
    """Returns the series to fetch for a list that is kept fresh."""
    return one(KeptFresh, "list_cost", list_id=list_id) or KeptFresh(0, 0)
