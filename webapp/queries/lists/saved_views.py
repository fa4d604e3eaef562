"""Saved views: who may open which."""

from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows


class KnownView(NamedTuple):
    """A saved view that a user may open."""

    uuid: UUID
    name: str
    address: str
    is_shared: bool
    owner: str
    is_mine: bool


def views_known(user_id: int) -> list[KnownView]:
    """The saved views that a user may open, their own first."""
    return rows(KnownView, "views_known", user_id=user_id)
