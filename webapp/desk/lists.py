"""Changes lists of tracks and artists, in the current transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from webapp import audit
from webapp.app_settings import setting
from webapp.extensions import db
from webapp.models import UserList
from webapp.queries import statement

STARRED = "Watch"
LONGEST_NAME = 80
MOST = 200
"""The most lists of one user, since everybody's pages read all shared ones."""


class ListNameError(ValueError):
    """A list cannot have this name; the message is one sentence with the reason."""


class Members(NamedTuple):
    """The uuids of tracks and artists."""

    tracks: Sequence[UUID] = ()
    artists: Sequence[UUID] = ()

    @property
    def size(self) -> int:
        """The number of tracks and artists."""
        return len(self.tracks) + len(self.artists)


def create_list(owner_id: int, name: str) -> UserList:
    """Creates an empty private list. Raises ListNameError, also if its owner has too many."""
    if (db.session.scalar(select(func.count()).where(UserList.owner_id == owner_id)) or 0) >= MOST:
        raise ListNameError(f"You have {MOST} lists, the maximum; delete one first.")
    found = UserList(owner_id=owner_id, name=checked_name(owner_id, name))
    db.session.add(found)
    db.session.flush()
    audit.record("list.make", subject(found), after={"name": found.name})
    return found


def rename_list(found: UserList, name: str) -> None:
    """Renames a list. Raises ListNameError."""
    former, found.name = found.name, checked_name(found.owner_id, name, but=found)
    audit.record("list.rename", subject(found), before={"name": former}, after={"name": found.name})


def delete_list(found: UserList) -> None:
    """Deletes a list, but not its tracks and artists."""
    audit.record("list.delete", subject(found), before={"name": found.name, "is_shared": found.is_shared})
    db.session.delete(found)


def share_list(found: UserList, *, shared: bool) -> None:
    """Shares a list with everybody, or makes it private."""
    audit.record("list.share", subject(found), before={"shared": found.is_shared}, after={"shared": shared})
    found.is_shared = shared


def keep_fresh(found: UserList, *, fresh: bool) -> None:
    """Switches whether the audience of a list's tracks is due as often as that of charting ones."""
    audit.record("list.fresh", subject(found), before={"fresh": found.keep_fresh}, after={"fresh": fresh})
    found.keep_fresh = fresh
    db.session.flush()
    bring_forward(found)


def bring_forward(found: UserList) -> None:
    """Makes the audience of a list that is kept fresh due as often as that of charting tracks."""
    if found.keep_fresh:
        days = setting("charting_due_days")
        db.session.execute(statement("list_due"), {"list_id": found.id, "days": days})


def put_on(found: UserList, members: Members) -> int:
    """Adds tracks and artists to a list; returns how many were new on it."""
    added = _send("list_add", found, members)
    if added:
        _changed("list.add", found, members)
        bring_forward(found)
    return added


def take_off(found: UserList, members: Members) -> int:
    """Removes tracks and artists from a list; returns how many were on it."""
    removed = _send("list_remove", found, members)
    if removed:
        _changed("list.remove", found, members)
    return removed


def starred_list(user_id: int) -> UserList:
    """Returns the list of a user's stars; creates it if there is none."""
    query = select(UserList).where(UserList.owner_id == user_id, UserList.is_default)
    found = db.session.scalar(query)
    if found is None:
        db.session.execute(statement("list_default"), {"user_id": user_id, "name": STARRED})
        found = db.session.scalars(query).one()
    return found


def checked_name(owner_id: int, name: str, but: UserList | None = None) -> str:
    """Returns `name` if no other list of the owner than `but` has it. Raises ListNameError."""
    if not name:
        raise ListNameError("Enter a name for the list.")
    if len(name) > LONGEST_NAME:
        raise ListNameError(f"A list's name can have at most {LONGEST_NAME} characters, not {len(name)}.")
    query = select(UserList).where(
        UserList.owner_id == owner_id, func.lower(UserList.name) == func.lower(name)
    )
    if db.session.scalar(query) not in (None, but):
        raise ListNameError(f"You already have a list called {name}.")
    return name


def subject(found: UserList) -> str:
    """Returns the name of a list in the audit log."""
    return f"list {found.uuid}"


def _send(name: str, found: UserList, members: Members) -> int:
    values = {"tracks": list(members.tracks), "artists": list(members.artists)}
    return int(db.session.scalar(statement(name), {"list_id": found.id, **values}) or 0)


def _changed(action: str, found: UserList, members: Members) -> None:
    """Records a change of a list's members, and updates its date, on which cached pages depend."""
    changed = {kind: [str(uuid) for uuid in uuids] for kind, uuids in members._asdict().items() if uuids}
    audit.record(action, subject(found), after={"name": found.name, **changed})
    found.updated_at = datetime.now(UTC)
    db.session.flush()
