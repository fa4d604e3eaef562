"""Changes saved views, in the current transaction."""

from sqlalchemy import func, select

from webapp import audit
from webapp.extensions import db
from webapp.models import SavedView

LONGEST_NAME = 80
MOST = 200
"""The most views of one user."""


class ViewNameError(ValueError):
    """A view cannot have this name; the message is one sentence with the reason."""


def create_view(owner_id: int, name: str, url: str) -> SavedView:
    """Saves the URL of a page as a private view. Raises ViewNameError, also if its owner has too many."""
    if (db.session.scalar(select(func.count()).where(SavedView.owner_id == owner_id)) or 0) >= MOST:
        raise ViewNameError(f"You have {MOST} saved views, the maximum; delete one first.")
    view = SavedView(owner_id=owner_id, name=_checked(owner_id, name), url=url)
    db.session.add(view)
    db.session.flush()
    audit.record("view.make", subject(view), after={"name": view.name, "url": view.url})
    return view


def rename_view(found: SavedView, name: str) -> None:
    """Renames a view. Raises ViewNameError."""
    former, found.name = found.name, _checked(found.owner_id, name, but=found)
    audit.record("view.rename", subject(found), before={"name": former}, after={"name": found.name})


def share_view(found: SavedView, *, shared: bool) -> None:
    """Shares a view with everybody who has its link, or makes it private."""
    audit.record("view.share", subject(found), before={"shared": found.is_shared}, after={"shared": shared})
    found.is_shared = shared


def delete_view(found: SavedView) -> None:
    """Deletes a view; its page remains."""
    audit.record("view.delete", subject(found), before={"name": found.name, "url": found.url})
    db.session.delete(found)


def subject(found: SavedView) -> str:
    """Returns the name of a view in the audit log."""
    return f"view {found.uuid}"


def _checked(owner_id: int, name: str, but: SavedView | None = None) -> str:
    """Returns `name` if no other view of the owner than `but` has it. Raises ViewNameError."""
    if not name:
        raise ViewNameError("Enter a name for the view.")
    if len(name) > LONGEST_NAME:
        raise ViewNameError(f"A view's name can have at most {LONGEST_NAME} characters, not {len(name)}.")
    same = func.lower(SavedView.name) == func.lower(name)
    if db.session.scalar(select(SavedView).where(SavedView.owner_id == owner_id, same)) not in (None, but):
        raise ViewNameError(f"You already have a view called {name}.")
    return name
