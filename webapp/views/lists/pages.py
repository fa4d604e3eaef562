"""Lists of tracks and artists: the visible lists, the page of a list, and the actions of its owner."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import limits
from webapp.access.requests import safe_next, wants_fragment
from webapp.app_settings import setting
from webapp.desk import lists
from webapp.desk.lists import ListNameError, Members
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import UserList
from webapp.queries.lists.lists import Counts, KeptFresh, KnownList, list_cost, lists_counted
from webapp.queries.lists.overview import list_highlights, list_overview, list_platforms
from webapp.views.artists.filters import listed_artists
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import artist_or_404, track_or_404
from webapp.views.shared.list_filter import (
    is_starred,
    known_list_or_404,
    known_lists,
    list_options,
    own_list_or_404,
)
from webapp.views.shared.parameters import clean, filled, flag, read_uuid
from webapp.views.shared.saving import saved
from webapp.views.tracks.filters import listed_tracks
from webapp.work.costs import MONTH_DAYS, kept_fresh_calls

MOST_ADDED = 500

blueprint = Blueprint("lists", __name__, url_prefix="/lists")
blueprint.add_app_template_global(is_starred)
blueprint.add_app_template_global(list_options)


@blueprint.get("/")
def index() -> str:
    """The user's lists, and those shared by others."""
    return _index()


@blueprint.post("/")
@limits.changes
def make() -> ResponseReturnValue:
    """Creates a list; an invalid name shows as an error of its field."""
    name = clean(request.form.get("name", ""))
    try:
        found = lists.create_list(current_user.id, name)
    except ListNameError as error:
        return _index(name, str(error)), 400
    return _done(found, f"List {found.name} created. It is private until you share it.")


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """One list; its tracks and artists are separate fragments."""
    return _page(known_list_or_404(uuid))


@blueprint.get("/<uuid:uuid>/tracks/")
def tracks(uuid: UUID) -> ResponseReturnValue:
    """The tracks of a list; without HTMX redirects to the list of tracks with that filter."""
    known = known_list_or_404(uuid)
    if not wants_fragment():
        return redirect(url_for("tracks.index", list=uuid))
    listed = listed_tracks(MultiDict({**_sorting(), "list": str(known.uuid)}), on_list=True)
    return render_template("tracks/_list.html", **listed)


@blueprint.get("/<uuid:uuid>/artists/")
def artists(uuid: UUID) -> ResponseReturnValue:
    """The artists of a list; without HTMX redirects to the list of artists with that filter."""
    known = known_list_or_404(uuid)
    if not wants_fragment():
        return redirect(url_for("artists.index", list=uuid))
    listed = listed_artists(MultiDict({"list": str(known.uuid)}))
    return render_template("artists/_list.html", **listed, on_list=True)


@blueprint.post("/<uuid:uuid>/rename/")
@limits.changes
def rename(uuid: UUID) -> ResponseReturnValue:
    """Renames a list."""
    found, name = own_list_or_404(uuid), clean(request.form.get("name", ""))
    try:
        lists.rename_list(found, name)
    except ListNameError as error:
        return _page(known_list_or_404(uuid), name, str(error)), 400
    return _done(found, f"List renamed to {found.name}.")


@blueprint.post("/<uuid:uuid>/share/")
@limits.changes
def share(uuid: UUID) -> ResponseReturnValue:
    """Shares a list with everyone who can sign in, or makes it private; only the owner can change it."""
    found, shared = own_list_or_404(uuid), _flag("shared")
    lists.share_list(found, shared=shared)
    return _done(found, f"{found.name} is now {'shared' if shared else 'private'}.")


@blueprint.post("/<uuid:uuid>/fresh/")
@limits.changes
def keep_fresh(uuid: UUID) -> ResponseReturnValue:
    """Switches 'keep fresh' on, after confirmation of its cost, or off."""
    found, fresh = own_list_or_404(uuid), _flag("fresh")
    cost = list_cost(found.id)
    if fresh and not confirmed(kept_fresh_calls(cost.series)):
        return _confirm_fresh(found, cost)
    lists.keep_fresh(found, fresh=fresh)
    return _done(found, f"{found.name} is {'now kept fresh' if fresh else 'no longer kept fresh'}.")


@blueprint.post("/<uuid:uuid>/delete/")
@limits.changes
def delete(uuid: UUID) -> ResponseReturnValue:
    """Deletes a list, after confirmation."""
    found = own_list_or_404(uuid)
    if not confirmed(0):
        return _confirm_delete(found, lists_counted([known_list_or_404(uuid)])[found.id])
    name = found.name
    lists.delete_list(found)
    return saved(f"List {name} deleted.", url_for("lists.index"))


@blueprint.post("/<uuid:uuid>/remove/<any(tracks, artists):kind>/")
@limits.changes
def remove(uuid: UUID, kind: str) -> ResponseReturnValue:
    """Removes the selected tracks or artists from a list."""
    found = own_list_or_404(uuid)
    members = Members(**{kind: read_uuids(kind)})
    removed = lists.take_off(found, members)
    rest = "; tracks of its artists stay on it" if kind == "tracks" and removed < members.size else ""
    return _done(found, f"{counted(removed, kind.removesuffix('s'))} removed from {found.name}{rest}.")


@blueprint.post("/add/")
@limits.changes
def add() -> ResponseReturnValue:
    """Adds tracks and artists to a list; without a list or a name for a new one, shows the form to choose."""
    members = Members(read_uuids("tracks"), read_uuids("artists"))
    if not 1 <= members.size <= MOST_ADDED:
        abort(400, f"Add 1 to {MOST_ADDED} tracks and artists, not {members.size}.")
    name = clean(request.form.get("name", ""))
    if not request.form.get("list") and not name:
        return _choose(members)
    try:
        found = _chosen_list() or lists.create_list(current_user.id, name)
    except ListNameError as error:
        return _choose(members, name, str(error)), 400
    added = lists.put_on(found, members)
    rest = (
        f"; {members.size - added} were already on it, or are not in Trackpulse"
        if added < members.size
        else ""
    )
    return _done(found, f"{added} of {members.size} added to {found.name}{rest}.")


@blueprint.post("/star/<any(track, artist):kind>/<uuid:uuid>/")
@limits.changes
def star(kind: str, uuid: UUID) -> ResponseReturnValue:
    """Adds a track or an artist to the starred list, or removes it, by `on`."""
    subject = track_or_404(uuid) if kind == "track" else artist_or_404(uuid)
    on = _flag("on")
    found, members = lists.starred_list(current_user.id), Members(**{f"{kind}s": [uuid]})
    change = lists.put_on if on else lists.take_off
    change(found, members)
    db.session.commit()
    name = subject.name or str(uuid)
    if wants_fragment():
        return render_template("lists/_star.html", kind=kind, uuid=uuid, name=name)
    flash(f"{name} was {'added to' if on else 'removed from'} your list {found.name}.", "success")
    return redirect(safe_next(request.form.get("next")), 303)


def read_uuids(name: str) -> list[UUID]:
    """Reads the uuids of the fields with this name, each once; 400 if one is invalid."""
    try:
        return list(dict.fromkeys(UUID(value) for value in request.form.getlist(name)))
    except ValueError:
        abort(400, f"{name} must be uuids.")


def _chosen_list() -> UserList | None:
    """Returns the list of the form, None if it has none."""
    uuid = read_uuid(filled(request.form), "list")
    return None if uuid is None else own_list_or_404(uuid)


def _choose(members: Members, name: str = "", error: str = "") -> str:
    audit.unchanged()
    mine = [known for known in known_lists() if known.is_mine]
    return render_template("lists/add.html", members=members, mine=mine, name=name, error=error)


def _confirm_fresh(found: UserList, cost: KeptFresh) -> str:
    calls = kept_fresh_calls(cost.series)
    in_all = counted(calls, "call")
    series = f"They have {cost.series:,} series, one per platform of a track."
    return confirmation_page(
        f"Keep {found.name} fresh?",
        [
            f"The audience of {counted(cost.tracks, 'track')} is fetched {_often()}, as if they charted.",
            f"{series} A fetch of the newest days is one call: {in_all} in {MONTH_DAYS} days.",
            "This includes tracks that are fetched as often because they chart.",
            "Tracks that you add later are kept fresh too, at extra cost.",
        ],
        calls=calls,
        button="Keep fresh",
        back=url_for("lists.page", uuid=found.uuid),
        undo="Yes; switch it off on the list's page.",
    )


def _often() -> str:
    days = setting("charting_due_days")
    return "every day" if days == 1 else f"every {days} days"


def _confirm_delete(found: UserList, held: Counts) -> str:
    holds = f"{counted(held.artists, 'artist')} and {counted(held.tracks, 'track')}"
    lines = [f"The list has {holds}; they stay in Trackpulse."]
    if found.is_shared:
        lines.append("It is shared; others lose it too.")
    if found.is_default:
        lines.append("It is your starred list; your stars are deleted too.")
    return confirmation_page(
        f"Delete the list {found.name}?",
        lines,
        calls=0,
        button="Delete list",
        back=url_for("lists.page", uuid=found.uuid),
        undo="No.",
    )


def _sorting() -> dict[str, str]:
    """Returns the sort order and the page of the tracks on a list's page."""
    return {name: request.args[name] for name in ("sort", "order", "after") if name in request.args}


def _index(name: str = "", error: str = "") -> str:
    known = known_lists()
    return render_template(
        "lists/index.html",
        mine=[found for found in known if found.is_mine],
        shared=[found for found in known if not found.is_mine],
        counts=lists_counted(known),
        name=name,
        error=error,
    )


def _page(known: KnownList, name: str = "", error: str = "") -> str:
    cost, platforms = list_cost(known.id), list_platforms(known.id)
    first = platforms[0] if platforms else None
    return render_template(
        "lists/page.html",
        known=known,
        sorting=_sorting(),
        held=list_overview(known.id),
        platforms=platforms,
        first=first,
        highlights=list_highlights(known.id, first.slug if first else ""),
        series=cost.series,
        calls=kept_fresh_calls(cost.series),
        often=_often(),
        name=name or known.name,
        error=error,
    )


def _done(found: UserList, words: str) -> ResponseReturnValue:
    return saved(words, url_for("lists.page", uuid=found.uuid))


def _flag(name: str) -> bool:
    return flag(request.form, name)
