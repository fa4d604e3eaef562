"""What operators fetch for many tracks at once: chosen, asked, watched, and tried again where it failed."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import audit
from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.lib.formats import counted, exact
from webapp.models import Batch, Platform, Track
from webapp.queries.ops.batches import ItemRow, Progress, batch_list, batch_progress
from webapp.queries.tracks.histories import WEEK_DAYS
from webapp.views.shared.confirming import ask, confirmed
from webapp.views.shared.finding import artists_or_404, batch_or_404, platform_or_404, tracks_or_404
from webapp.views.shared.parameters import counted_from, day, filled, flag, read_id
from webapp.views.tracks.filters import listable_platforms
from webapp.work.batches import (
    MOST_TRACKS,
    History,
    Plan,
    failed_runs,
    groups,
    plan_fetch,
    plan_history,
    queue_for,
    start_artists,
    start_fetch,
    start_history,
)
from webapp.work.costs import artists_calls, history_calls
from webapp.work.run_control import foreseen_calls, retry_runs

FIRST_NAMED = 5
DETAILS = "Details"
UNDO = "No: what is fetched stays. Runs that wait can be cancelled."

blueprint = Blueprint("batches", __name__, url_prefix="/ops/batches")


class Line(NamedTuple):
    """A row of a batch's table: a subject, and its items by what each is about."""

    first: ItemRow
    cells: dict[str, ItemRow]


@blueprint.app_context_processor
def tray() -> dict[str, int]:
    """How many tracks can be marked; the tray stands on every page."""
    return {"most_marked": MOST_TRACKS}


@blueprint.get("/")
def index() -> str:
    """All batches, newest first; `before` leads on."""
    before = read_id(request.args, "before")
    found = batch_list(before)
    return render_template("ops/batches/index.html", found=found, before=before, described=described)


@blueprint.post("/new/")
@limits.changes
def new() -> str:
    """Where to choose what is fetched for the tracks that were marked."""
    audit.unchanged()
    return choose(read_tracks(), chosen=request.form.getlist("platform"))


@blueprint.post("/")
@limits.changes
def create() -> ResponseReturnValue:
    """Asks, then writes the batch and leads to its page."""
    tracks, platforms = read_tracks(), read_platforms()
    plan = plan_fetch(tracks, platforms, details=_flag("details"), forced=_flag("force"))
    if not plan.series and not plan.songs:
        error = "All of this was fetched lately." if platforms or plan.details else "Choose what to fetch."
        slugs = [platform.slug for platform in platforms]
        return choose(tracks, slugs, details=plan.details, error=error), 400
    if not confirmed(plan.calls):
        return ask(
            f"Fetch for {counted(len(tracks), 'track')}?",
            plan_lines(plan),
            calls=plan.calls,
            button="Fetch",
            back=url_for("tracks.index"),
            undo=UNDO,
        )
    return under_way(start_fetch(plan, current_user.id))


@blueprint.post("/artists/")
@limits.changes
def artists() -> ResponseReturnValue:
    """Asks, then fetches the details of the artists that were ticked."""
    chosen = artists_or_404(read_uuids("chosen", "artists"))
    calls = artists_calls(len(chosen))
    if not confirmed(calls):
        return ask(
            f"Fetch the details of {counted(len(chosen), 'artist')}?",
            [", ".join(artist.name for artist in chosen)],
            calls=calls,
            button="Fetch",
            back=url_for("artists.index"),
            undo=UNDO,
        )
    return under_way(start_artists(chosen, current_user.id))


@blueprint.route("/history/", methods=["GET", "POST"])
@limits.changes
def history() -> ResponseReturnValue:
    """Asks, then fetches the days that the gains of these tracks are counted from.

    The gains are those from `start_date` on or, with `period=7`, of the 7 days to the newest value of each.
    """
    given = request.form or request.args
    tracks = tracks_or_404(read_uuids("tracks", "tracks"))
    start = counted_from("start_date", day(filled(given), "start_date"))
    if start is None and given.get("period") != str(WEEK_DAYS):
        abort(400, f"start_date is missing, or period={WEEK_DAYS}.")
    plan = plan_history(tracks, platform_or_404(given.get("platform", "")), start)
    if not plan.ranges:
        flash(f"SoundCharts has no value just before these days for {counted(len(tracks), 'track')}.", "info")
        return redirect(url_for("dashboard.page"), 303)
    if request.method == "GET" or not confirmed(plan.calls):
        return ask(
            f"Fetch the history of {counted(len(plan.ranges), 'track')}?",
            history_lines(plan),
            calls=plan.calls,
            button="Fetch history",
            back=url_for("dashboard.page"),
            undo=UNDO,
        )
    return under_way(start_history(plan, current_user.id))


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> Response:
    """A batch: asks again every two seconds while it is live, and says so once it has ended."""
    progress = batch_progress(uuid)
    lines = grid(progress.items)
    shown: dict[str, Any] = {
        "uuid": uuid,
        "progress": progress,
        "summary": summary(progress),
        "lines": lines,
        "columns": list(dict.fromkeys(what for line in lines for what in line.cells)),
    }
    if wants_fragment():
        response = make_response(render_template("ops/batches/_progress.html", **shown))
        if not progress.live:
            response.headers["HX-Trigger"] = json.dumps({"toast": toast(progress)})
        return response
    batch = batch_or_404(uuid)
    return make_response(render_template("ops/batches/page.html", batch=batch, described=described, **shown))


@blueprint.post("/<uuid:uuid>/retry/")
@limits.changes
def retry(uuid: UUID) -> ResponseReturnValue:
    """Asks, then wishes anew for what failed."""
    batch = batch_or_404(uuid)
    runs = failed_runs(batch)
    here = url_for("batches.page", uuid=uuid)
    if not runs:
        abort(409, "Nothing of this batch can be tried again: no run of it has failed.")
    calls = sum(map(foreseen_calls, runs))
    if not confirmed(calls):
        return ask(
            f"Try again what failed in batch {batch.number}?",
            [f"{counted(len(runs), 'run')} that failed, were given up or cancelled"],
            calls=calls,
            button="Retry",
            back=here,
            undo=UNDO,
        )
    retry_runs([run.uuid for run in runs], current_user.id, queue_for(len(runs)))
    flash(f"{counted(len(runs), 'run')} asked for again.", "success")
    return redirect(here, 303)


def under_way(batch: Batch) -> ResponseReturnValue:
    """Leads to the page of a batch that was just asked for."""
    flash("Asked for: the batch is under way.", "success")
    return redirect(url_for("batches.page", uuid=batch.uuid), 303)


def choose(tracks: Sequence[Track], chosen: Sequence[str], *, details: bool = False, error: str = "") -> str:
    """The page of choices for these tracks."""
    platforms = [(platform.slug, platform.name) for platform in listable_platforms()]
    return render_template(
        "ops/batches/new.html",
        tracks=tracks,
        named=named(tracks),
        platforms=platforms,
        chosen=chosen,
        details=details,
        error=error,
    )


def read_tracks() -> list[Track]:
    """The tracks that the form names, each once and in its order."""
    return tracks_or_404(read_uuids("tracks", "tracks"))


def read_platforms() -> list[Platform]:
    """The platforms that the form names, of those that have an audience of songs."""
    offered = {platform.slug: platform for platform in listable_platforms()}
    slugs = dict.fromkeys(request.form.getlist("platforms"))
    if unknown := [slug for slug in slugs if slug not in offered]:
        abort(400, f"There is no audience of songs on {unknown[0][:40]!r}.")
    return [platform for slug, platform in offered.items() if slug in slugs]


def read_uuids(field: str, what: str) -> list[UUID]:
    """The uuids in a field of the form, each once."""
    try:
        given = request.form or request.args
        uuids = list(dict.fromkeys(UUID(value) for value in given.getlist(field)))
    except ValueError:
        abort(400, f"{field} must be uuids of {what}.")
    if not 1 <= len(uuids) <= MOST_TRACKS:
        abort(400, f"Mark 1 to {MOST_TRACKS} {what} first; {len(uuids)} are marked.")
    return uuids


def plan_lines(plan: Plan) -> list[str]:
    """What a fetch will do, line by line."""
    said = [f"{counted(len(plan.tracks), 'track')}: {named(plan.tracks)}"]
    if plan.platforms:
        names = ", ".join(platform.name for platform in plan.platforms)
        days = "the last 90 days again" if plan.forced else "new dates"
        said.append(f"Audience on {names}: {exact(len(plan.series))} series, {days}")
    if plan.first:
        most = counted(history_calls(plan.first), "call")
        said.append(
            f"{exact(plan.first)} of them for the first time: their history follows, at most {most}"
            " more, after everything else that waits"
        )
    if plan.details:
        said.append(
            f"Details of {counted(len(plan.songs), 'song')}, and what each platform calls them; audience that"
            " was never fetched follows by itself"
        )
    asked = len(plan.tracks) * (len(plan.platforms) + plan.details)
    if fresh := asked - len(plan.series) - len(plan.songs):
        said.append(f"{exact(fresh)} left out, since they were fetched lately")
    runs = len(plan.series) + len(groups(plan.songs))
    if queue_for(runs) == "interactive":
        return [*said, "They are next in line"]
    return [*said, "So many wait their turn with the schedule's own work"]


def history_lines(plan: History) -> list[str]:
    """What fetching these days does."""
    oldest, newest = min(first for _, first, _ in plan.ranges), max(last for _, _, last in plan.ranges)
    gains = f"gains from {plan.start} on" if plan.start else f"the gains of the last {WEEK_DAYS} days"
    others = counted(plan.asked, "other track")
    return [
        f"{plan.platform.name} of {named([track for track, _, _ in plan.ranges])}",
        f"Values from {oldest} to {newest}, so that {gains} have a value to count from",
        *([f"SoundCharts has no value just before these days for {others}"] if plan.asked else []),
        "Where SoundCharts has none of these days, the gain stays unknown",
    ]


def named(tracks: Sequence[Track]) -> str:
    """The first tracks by name, and how many more there are."""
    names = ", ".join(track.name or str(track.uuid) for track in tracks[:FIRST_NAMED])
    more = len(tracks) - FIRST_NAMED
    return f"{names} and {exact(more)} more" if more > 0 else names


def described(action: str, args: dict[str, Any]) -> str:
    """What a batch is: 'Fetch for 5 tracks: details, Spotify, YouTube; forced'."""
    if action == "artists":
        return f"Details of {counted(args['artists'], 'artist')}"
    if action == "history":
        return f"{args['platform']} before {args['before']} of {counted(args['tracks'], 'track')}"
    if action == "import":
        return f"Import of {counted(args['rows'], 'row')}"
    what = ["details"] * args["details"] + args["platforms"]
    return f"Fetch for {counted(args['tracks'], 'track')}: {', '.join(what)}{'; forced' * args['forced']}"


def grid(items: Sequence[ItemRow]) -> list[Line]:
    """Items as a table has them: a row for each subject, a cell for each thing that is fetched of it."""
    found: list[Line] = []
    for item in items:
        what = item.platform_name or DETAILS
        if not found or found[-1].first.about != item.about or what in found[-1].cells:
            found.append(Line(item, {}))
        found[-1].cells[what] = item
    return found


def summary(progress: Progress) -> str:
    """'12 of 20 done, 3 failed, 2 fresh'."""
    said = [f"{exact(progress.done)} of {exact(len(progress.items))} done"]
    counts = {"failed": len(progress.failed), "fresh": progress.count(("fresh",))}
    counts["known already"] = progress.count(("known",))
    return ", ".join(said + [f"{exact(count)} {word}" for word, count in counts.items() if count])


def toast(progress: Progress) -> dict[str, str]:
    """The end of a batch as a message; the page says the same."""
    kind = "error" if progress.failed else "success"
    return {"kind": kind, "text": f"The batch has ended: {summary(progress)}."}


def _flag(name: str) -> bool:
    return flag(request.form, name)
