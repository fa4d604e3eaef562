"""Saved views, their visibility and what they are about."""

from collections.abc import Iterable
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


class ViewSubject(NamedTuple):
    """A track or artist, by its uuid, or a chart or platform, by its slug, with its name."""

    kind: str
    key: str
    name: str
    platform_name: str
    place: str


def views_known(user_id: int) -> list[KnownView]:
    """Returns the saved views that a user may open, their own first."""
    return rows(KnownView, "views_known", user_id=user_id)


def view_subjects(uuids: Iterable[UUID], slugs: Iterable[str]) -> list[ViewSubject]:
    """Returns the tracks, artists, charts and platforms with these uuids and slugs."""
    return rows(ViewSubject, "view_subjects", uuids=list(uuids), slugs=list(slugs))
