"""The search: in Trackpulse, and for operators at SoundCharts."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.lib.pasted import read_pasted
from webapp.lib.text import fold_text
from webapp.queries.ops.runs import RunRow
from webapp.queries.platforms.countries import country_names
from webapp.queries.search.pages import Hit, held, named, search
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.following import followed
from webapp.views.shared.htmx import is_shown
from webapp.views.shared.parameters import choice, clean
from webapp.work.queue import LiveRun, submit
from webapp.work.requests import artists_request, metadata_request, search_request
from webapp.work.search_hits import kept_found

KINDS = {
    "track": "Tracks",
    "artist": "Artists",
    "chart": "Charts",
    "platform": "Platforms",
    "note": "Notes",
}
BEYOND = ("song", "artist", "link")
TASKS = ("search_soundcharts", "fetch_metadata", "fetch_artists")
FEW, MANY = 5, 20
MOST_PICKED = 20

# A term is a path segment at SoundCharts; these two would change the path.
UNASKABLE = (".", "..")

blueprint = Blueprint("search", __name__, url_prefix="/search")


@blueprint.get("/")
@limits.searches
def results() -> ResponseReturnValue:
    """The results: options of the search box for HTMX, otherwise a page.

    A pasted identifier of one track or artist redirects to its page.
    """
    searched = clean(request.args.get("q", ""))
    pasted = read_pasted(searched)
    hits = named(pasted) if pasted else search(searched, FEW if wants_fragment() else MANY)
    if pasted and len(hits) == 1 and not wants_fragment():
        return redirect(hit_url(hits[0]))
    return render_template(
        "search/_options.html" if wants_fragment() else "search/results.html",
        searched=searched,
        pasted=pasted,
        groups=grouped(hits),
        exact=only_exact(hits, searched),
        countries=country_names() if any(hit.kind == "artist" for hit in hits) else {},
    )


def only_exact(hits: Sequence[Hit], searched: str) -> Hit | None:
    """Returns the hit with exactly the typed name, if it is the only one."""
    found = [hit for hit in hits if fold_text(hit.title) == fold_text(searched)]
    return found[0] if len(found) == 1 else None


@blueprint.post("/soundcharts/")
@limits.changes
def ask() -> ResponseReturnValue:
    """Requests a search at SoundCharts, at one call, and shows the run."""
    term = clean(request.form.get("q", ""))
    kind = choice(request.form, "kind", BEYOND)
    if not term:
        abort(400, "q is required.")
    if term in UNASKABLE:
        abort(400, f"SoundCharts cannot search for '{term}'; enter more of the name.")
    return show_live(submit(search_request(kind, term, requested_by=current_user.id)))


@blueprint.post("/import/")
@limits.changes
def take() -> ResponseReturnValue:
    """Requests the details of the selected results, and shows the run."""
    kind = choice(request.form, "kind", ("song", "artist"))
    try:
        uuids = sorted({str(UUID(value)) for value in request.form.getlist("uuid")})
    except ValueError:
        abort(400, "uuid must be a SoundCharts uuid.")
    if not 1 <= len(uuids) <= MOST_PICKED:
        abort(400, f"Select 1 to {MOST_PICKED} results.")
    if kind == "artist":
        return show_live(submit(artists_request(uuids, requested_by=current_user.id)))
    return show_live(submit(metadata_request(uuids, with_audience=True, requested_by=current_user.id)))


@blueprint.get("/runs/<uuid:run>/")
def run(run: UUID) -> ResponseReturnValue:
    """A search or an import; polls while it is live, then shows its results."""
    row = run_or_404(run)
    if row.task not in TASKS:
        abort(404, f"Search {run} not found.")
    return show_run(row)


def show_live(run: LiveRun) -> ResponseReturnValue:
    """Shows the run of a request; without HTMX redirects to its page."""
    if wants_fragment():
        return show_run(run_or_404(run.uuid))
    flash("Run requested.", "info")
    return redirect(url_for("search.run", run=run.uuid), 303)


def show_run(row: RunRow) -> ResponseReturnValue:
    """Renders the run's fragment: its progress, the results, or links to imported rows."""
    state = followed(row)
    if is_shown(state["shown"]):
        return Response(status=204)
    found = kept_found(row.uuid) if row.task == "search_soundcharts" and row.state == "succeeded" else None
    uuids = [hit.uuid for hit in found or []] + row.args.get("track_uuids", row.args.get("artist_uuids", []))
    shown = {
        "run": row,
        **state,
        "found": found,
        "held": held(uuids) if uuids else {},
        "searched": row.args.get("term", ""),
    }
    if wants_fragment():
        return render_template("search/_run.html", **shown)
    crumbs = [("Search", url_for("search.results", q=shown["searched"] or None)), ("SoundCharts", None)]
    return render_template(
        "partials/part.html", part="search/_run.html", title="Search at SoundCharts", crumbs=crumbs, **shown
    )


def grouped(hits: list[Hit]) -> dict[str, list[Hit]]:
    """Returns hits by label, in the order of KINDS."""
    groups = {label: [hit for hit in hits if hit.kind == kind] for kind, label in KINDS.items()}
    return {label: found for label, found in groups.items() if found}


@blueprint.app_template_global()
def near_words(kind: str, searched: str) -> str:
    """Returns the sentence above similar results, if there is no exact one."""
    return f"No {kind} matches “{searched}”. Similar:"


@blueprint.app_template_global()
def hit_url(hit: Hit) -> str:
    """Returns the URL of the page of a hit."""
    if hit.kind in ("track", "artist", "note"):
        return url_for(f"{hit.kind}s.page", uuid=hit.key)
    return url_for(f"{hit.kind}s.page", slug=hit.key)
