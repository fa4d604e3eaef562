"""What is done to saved views, in the transaction under way."""

from sqlalchemy import func, select

from webapp import audit
from webapp.extensions import db
from webapp.models import SavedView

LONGEST_NAME = 80
MOST = 200
"""Views of one person."""


class ViewNameError(ValueError):
    """A view cannot have this name; the message is one sentence that says why."""


def make_view(owner_id: int, name: str, address: str) -> SavedView:
    """Saves a page of this site, for its owner alone. Raises ViewNameError, also where they have too many."""
    if (db.session.scalar(select(func.count()).where(SavedView.owner_id == owner_id)) or 0) >= MOST:
        raise ViewNameError(f"You have {MOST} saved views, and more are not possible: delete one first.")
    made = SavedView(owner_id=owner_id, name=_checked(owner_id, name), address=address)
    db.session.add(made)
    db.session.flush()
    audit.record("view.make", subject(made), after={"name": made.name, "address": made.address})
    return made


def rename_view(found: SavedView, name: str) -> None:
    """Gives a view another name. Raises ViewNameError."""
    former, found.name = found.name, _checked(found.owner_id, name, but=found)
    audit.record("view.rename", subject(found), before={"name": former}, after={"name": found.name})


def share_view(found: SavedView, *, shared: bool) -> None:
    """Lets everybody with its link open a view, or its owner alone."""
    audit.record("view.share", subject(found), before={"shared": found.is_shared}, after={"shared": shared})
    found.is_shared = shared


def delete_view(found: SavedView) -> None:
    """Takes a view away; the page stays where it is."""
    audit.record("view.delete", subject(found), before={"name": found.name, "address": found.address})
    db.session.delete(found)


def subject(found: SavedView) -> str:
    """What a view is called in the record of what happened."""
    return f"view {found.uuid}"


def _checked(owner_id: int, name: str, but: SavedView | None = None) -> str:
    """The name where the owner can give it to a view, other than `but`."""
    if not name:
        raise ViewNameError("A view needs a name.")
    if len(name) > LONGEST_NAME:
        raise ViewNameError(f"A view's name has {LONGEST_NAME} characters at most, not {len(name)}.")
    same = func.lower(SavedView.name) == func.lower(name)
    if db.session.scalar(select(SavedView).where(SavedView.owner_id == owner_id, same)) not in (None, but):
        raise ViewNameError(f"You have a view called {name} already.")
    return name
