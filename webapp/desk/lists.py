"""What is done to lists of tracks and artists, in the transaction under way."""

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
"""Lists of one person: pages of everybody read all that are shared."""


class ListNameError(ValueError):
    """A list cannot have this name; the message is one sentence that says why."""


class Members(NamedTuple):
    """The uuids of tracks and artists."""

    tracks: Sequence[UUID] = ()
    artists: Sequence[UUID] = ()

    @property
    def size(self) -> int:
        """How many they are together."""
        return len(self.tracks) + len(self.artists)


def make_list(owner_id: int, name: str) -> UserList:
    """A private list without anything on it. Raises ListNameError, also where its owner has too many."""
    if (db.session.scalar(select(func.count()).where(UserList.owner_id == owner_id)) or 0) >= MOST:
        raise ListNameError(f"You have {MOST} lists, and more are not possible: delete one first.")
    found = UserList(owner_id=owner_id, name=checked_name(owner_id, name))
    db.session.add(found)
    db.session.flush()
    audit.record("list.make", subject(found), after={"name": found.name})
    return found


def rename_list(found: UserList, name: str) -> None:
    """Gives a list another name. Raises ListNameError."""
    former, found.name = found.name, checked_name(found.owner_id, name, but=found)
    audit.record("list.rename", subject(found), before={"name": former}, after={"name": found.name})


def delete_list(found: UserList) -> None:
    """Takes a list away; its tracks and artists stay what they are."""
    audit.record("list.delete", subject(found), before={"name": found.name, "is_shared": found.is_shared})
    db.session.delete(found)


def share_list(found: UserList, *, shared: bool) -> None:
    """Shows a list to all, or to its owner alone."""
    audit.record("list.share", subject(found), before={"shared": found.is_shared}, after={"shared": shared})
    found.is_shared = shared


def keep_fresh(found: UserList, *, fresh: bool) -> None:
    """Has the audience of a list's tracks be due as that of charting ones, or no longer."""
    audit.record("list.fresh", subject(found), before={"fresh": found.keep_fresh}, after={"fresh": fresh})
    found.keep_fresh = fresh
    db.session.flush()
    bring_forward(found)


def bring_forward(found: UserList) -> None:
    """Where a list is kept fresh, what it stands for is due a day after it was last fetched."""
    if found.keep_fresh:
        days = setting("charting_due_days")
        db.session.execute(statement("list_due"), {"list_id": found.id, "days": days})


def put_on(found: UserList, members: Members) -> int:
    """Puts tracks and artists on a list; returns how many were not on it before."""
    added = _send("list_add", found, members)
    if added:
        _changed("list.add", found, members)
        bring_forward(found)
    return added


def take_off(found: UserList, members: Members) -> int:
    """Takes these off a list; returns how many were on it."""
    removed = _send("list_remove", found, members)
    if removed:
        _changed("list.remove", found, members)
    return removed


def starred_list(user_id: int) -> UserList:
    """The list of a user's stars, made where there is none yet."""
    query = select(UserList).where(UserList.owner_id == user_id, UserList.is_default)
    found = db.session.scalar(query)
    if found is None:
        db.session.execute(statement("list_default"), {"user_id": user_id, "name": STARRED})
        found = db.session.scalars(query).one()
    return found


def checked_name(owner_id: int, name: str, but: UserList | None = None) -> str:
    """The name where the owner can give it to a list, other than `but`. Raises ListNameError."""
    if not name:
        raise ListNameError("A list needs a name.")
    if len(name) > LONGEST_NAME:
        raise ListNameError(f"A list's name has {LONGEST_NAME} characters at most, not {len(name)}.")
    query = select(UserList).where(
        UserList.owner_id == owner_id, func.lower(UserList.name) == func.lower(name)
    )
    if db.session.scalar(query) not in (None, but):
        raise ListNameError(f"You have a list called {name} already.")
    return name


def subject(found: UserList) -> str:
    """What a list is called in the record of what happened."""
    return f"list {found.uuid}"


def _send(name: str, found: UserList, members: Members) -> int:
    values = {"tracks": list(members.tracks), "artists": list(members.artists)}
    return int(db.session.scalar(statement(name), {"list_id": found.id, **values}) or 0)


def _changed(action: str, found: UserList, members: Members) -> None:
    """Notes that what is on a list changed; its own date tells that to what is kept of it."""
    told = {kind: [str(uuid) for uuid in uuids] for kind, uuids in members._asdict().items() if uuids}
    audit.record(action, subject(found), after={"name": found.name, **told})
    found.updated_at = datetime.now(UTC)
    db.session.flush()
