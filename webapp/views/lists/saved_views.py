"""Saved views: pages with their filters under a name, private or shared by link."""

from typing import NoReturn
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import or_, select

from webapp.access import limits
from webapp.access.requests import safe_next
from webapp.access.rights import allowed
from webapp.desk import saved_views
from webapp.desk.saved_views import LONGEST_NAME, ViewNameError
from webapp.extensions import db
from webapp.models import SavedView
from webapp.queries.lists.saved_views import views_known
from webapp.views.lists.view_words import PAGES, page_of, words_of
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.parameters import clean, flag
from webapp.views.shared.saving import saved

LONGEST_URL = 2000

blueprint = Blueprint("saved_views", __name__, url_prefix="/views")


@blueprint.get("/")
def index() -> str:
    """The user's views, and those shared by others."""
    return _index()


@blueprint.get("/new/")
def new() -> str:
    """The form that saves a page; `url` is the URL of the previous page, `name` a suggestion."""
    name = clean(request.args.get("name", ""))[:LONGEST_NAME]
    return _new(name, page_url(request.args.get("url", "")) or "")


@blueprint.post("/")
@limits.changes
def make() -> ResponseReturnValue:
    """Saves a view; errors show beside their fields."""
    name, typed = clean(request.form.get("name", "")), request.form.get("url", "").strip()
    shared = flag(request.form, "shared")
    url = page_url(typed)
    if url is None:
        error = "This page cannot be saved; open a page and choose 'Save view'."
        return _new(name, typed, url_error=error), 400
    try:
        made = saved_views.create_view(current_user.id, name, url)
    except ViewNameError as error:
        return _new(name, typed, name_error=str(error)), 400
    if shared:
        saved_views.share_view(made, shared=True)
    ending = " and shared." if shared else ". It is private until you share it."
    return saved(f"View {made.name} saved{ending}", url_for("saved_views.index"))


@blueprint.get("/<uuid:uuid>/")
def show(uuid: UUID) -> ResponseReturnValue:
    """Redirects to the page of the user's view, or of a shared one."""
    own_or_shared = or_(SavedView.owner_id == current_user.id, SavedView.is_shared)
    found = db.session.scalar(select(SavedView).where(SavedView.uuid == uuid, own_or_shared))
    return redirect(safe_next((found or _no_view(uuid)).url))


@blueprint.post("/<uuid:uuid>/rename/")
@limits.changes
def rename(uuid: UUID) -> ResponseReturnValue:
    """Renames a view."""
    found, name = _own_or_404(uuid), clean(request.form.get("name", ""))
    try:
        saved_views.rename_view(found, name)
    except ViewNameError as error:
        return _index(uuid, name, str(error)), 400
    return _done(f"View renamed to {found.name}.")


@blueprint.post("/<uuid:uuid>/share/")
@limits.changes
def share(uuid: UUID) -> ResponseReturnValue:
    """Shares a view with everyone who can sign in, or makes it private."""
    found = _own_or_404(uuid)
    shared = flag(request.form, "shared")
    saved_views.share_view(found, shared=shared)
    return _done(f"{found.name} is now {'shared' if shared else 'private'}.")


@blueprint.post("/<uuid:uuid>/delete/")
@limits.changes
def delete(uuid: UUID) -> ResponseReturnValue:
    """Deletes a view, after confirmation."""
    found = _own_or_404(uuid)
    if not confirmed(0):
        return confirmation_page(
            f"Delete the view {found.name}?",
            ["The link to this view stops working; the page that it shows stays."],
            calls=0,
            button="Delete view",
            back=url_for("saved_views.index"),
            undo="No; a view that you save again gets a new link.",
        )
    saved_views.delete_view(found)
    return _done(f"View {found.name} deleted.")


@blueprint.app_template_global()
def can_be_saved() -> bool:
    """Whether the page of this request can be saved as a view."""
    return request.endpoint in PAGES


def page_url(url: str) -> str | None:
    """Returns the URL without its fragment if it is one of PAGES and the user may open it, else None."""
    url = url.partition("#")[0]
    if safe_next(url) != url or len(url) > LONGEST_URL:
        return None
    page = page_of(url)
    return url if page and allowed(page[0]) else None


def _own_or_404(uuid: UUID) -> SavedView:
    query = select(SavedView).where(SavedView.uuid == uuid, SavedView.owner_id == current_user.id)
    return db.session.scalar(query) or _no_view(uuid)


def _no_view(uuid: UUID) -> NoReturn:
    abort(404, f"View {uuid} not found.")


def _index(renamed: UUID | None = None, name: str = "", error: str = "") -> str:
    known = views_known(current_user.id)
    words = words_of([view.url for view in known])
    foreign = {url for url, of in words.items() if of.endpoint and not allowed(of.endpoint)}
    return render_template(
        "lists/saved_views/index.html",
        mine=[view for view in known if view.is_mine],
        shared=[view for view in known if not view.is_mine and view.url not in foreign],
        words=words,
        renamed=renamed,
        name=name,
        error=error,
    )


def _new(name: str, url: str, *, name_error: str = "", url_error: str = "") -> str:
    return render_template(
        "lists/saved_views/new.html",
        name=name,
        url=url,
        words=words_of([url])[url] if page_url(url) else None,
        name_error=name_error,
        url_error=url_error,
    )


def _done(words: str) -> ResponseReturnValue:
    return saved(words, url_for("saved_views.index"))
