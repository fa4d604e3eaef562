"""Saved views and their visibility."""

from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows


class KnownView(NamedTuple):
    """A saved view that a user may open."""

    uuid: UUID
    name: str
    url: str
    is_shared: bool
    owner: str
    is_mine: bool


def views_known(user_id: int) -> list[KnownView]:
    """Returns the saved views that a user may open, their own first."""
    return rows(KnownView, "views_known", user_id=user_id)
