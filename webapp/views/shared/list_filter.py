"""Lists on other pages: the stars of rows, and the filter 'List'."""

from typing import NoReturn
from uuid import UUID

from flask import abort, g
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.models import UserList
from webapp.queries.lists.lists import KnownList, lists_known
from webapp.views.shared.parameters import read_uuid


def known_lists() -> list[KnownList]:
    """Returns the lists that the user may see; queried once per request."""
    if "known_lists" not in g:
        g.known_lists = lists_known(current_user.id)
    known: list[KnownList] = g.known_lists
    return known


def is_starred(uuid: UUID | str) -> bool:
    """Whether the user has starred the track or artist with this uuid."""
    if "starred" not in g:
        g.starred = {str(uuid) for known in known_lists() for uuid in known.starred}
    return str(uuid) in g.starred


def list_options() -> list[tuple[str, str]]:
    """Returns the choices of the filter 'List'; only 'All' if the user can see no list."""
    return [("", "All"), *((str(known.uuid), known.title) for known in known_lists())]


def read_list_filter(given: MultiDict[str, str]) -> KnownList | None:
    """Reads the parameter `list`; 404 if the user may not see it. Raises BadParameterError."""
    uuid = read_uuid(given, "list")
    return None if uuid is None else known_list_or_404(uuid)


def known_list_or_404(uuid: UUID) -> KnownList:
    """Returns a list that the user may see: their own or a shared one."""
    return next((known for known in known_lists() if known.uuid == uuid), None) or _no_list(uuid)


def own_list_or_404(uuid: UUID) -> UserList:
    """Returns a list of the user; no other role may change it."""
    query = select(UserList).where(UserList.uuid == uuid, UserList.owner_id == current_user.id)
    return db.session.scalar(query) or _no_list(uuid)


def _no_list(uuid: UUID) -> NoReturn:
    abort(404, f"List {uuid} not found.")
