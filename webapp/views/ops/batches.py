"""Batches: data that operators fetch for many tracks at once, with progress and retry."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import audit
from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.lib.formats import counted, exact
from webapp.models import Batch, Platform, Track
from webapp.queries.ops.batches import ItemRow, Progress, batch_list, batch_progress
from webapp.queries.tracks.histories import WEEK_DAYS
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import (
    artists_or_404,
    batch_or_404,
    listable_platforms,
    platform_or_404,
    tracks_or_404,
)
from webapp.views.shared.htmx import is_shown, version_of, with_toast
from webapp.views.shared.parameters import counted_from, day, filled, flag, read_id
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
UNDO = "No; fetched data stays. Queued runs can be cancelled."
FRESH = "All of this was fetched recently. Choose other data, or fetch the last 90 days again."

blueprint = Blueprint("batches", __name__, url_prefix="/ops/batches")


class Line(NamedTuple):
    """A row of a batch's table: a subject and its items by column."""

    first: ItemRow
    cells: dict[str, ItemRow]


@blueprint.app_context_processor
def trays() -> dict[str, int]:
    """Gives every page the limit of selected tracks or artists, for the trays."""
    return {"most_picked": MOST_TRACKS}


@blueprint.get("/")
def index() -> str:
    """All batches, newest first; `before` is the last number of the previous page."""
    before = read_id(request.args, "before")
    found = batch_list(before)
    return render_template("ops/batches/index.html", found=found, before=before, described=described)


@blueprint.post("/new/")
@limits.changes
def new() -> str:
    """The form to choose the data to fetch for the selected tracks."""
    audit.unchanged()
    return choose(read_tracks(), chosen=request.form.getlist("platform"))


@blueprint.post("/")
@limits.changes
def create() -> ResponseReturnValue:
    """Creates a batch, after confirmation, and redirects to its page."""
    tracks, platforms = read_tracks(), read_platforms()
    plan = plan_fetch(tracks, platforms, details=_flag("details"), forced=_flag("force"))
    if not plan.series and not plan.songs:
        error = FRESH if platforms or plan.details else "Choose what to fetch."
        slugs = [platform.slug for platform in platforms]
        return choose(tracks, slugs, details=plan.details, error=error), 400
    if not confirmed(plan.calls):
        title = f"Fetch for {counted(len(tracks), 'track')}?"
        return _confirmation(title, plan_lines(plan), calls=plan.calls, back=url_for("tracks.index"))
    return redirect_to_batch(start_fetch(plan, current_user.id))


@blueprint.post("/artists/")
@limits.changes
def artists() -> ResponseReturnValue:
    """Requests the details of the chosen artists, after confirmation."""
    chosen = artists_or_404(read_uuids("artists"))
    calls = artists_calls(len(chosen))
    if not confirmed(calls):
        title, names = (
            f"Fetch the details of {counted(len(chosen), 'artist')}?",
            ", ".join(artist.name for artist in chosen),
        )
        return _confirmation(title, [names], calls=calls, back=url_for("artists.index"))
    return redirect_to_batch(start_artists(chosen, current_user.id))


@blueprint.route("/history/", methods=["GET", "POST"])
@limits.changes
def history() -> ResponseReturnValue:
    """Requests the days that the gains of these tracks count from, after confirmation.

    The gains are those from `start_date` on or, with `period=7`, of the 7 days to the newest value of each.
    """
    given = request.form or request.args
    tracks = tracks_or_404(read_uuids("tracks"))
    start = counted_from("start_date", day(filled(given), "start_date"))
    if start is None and given.get("period") != str(WEEK_DAYS):
        abort(400, f"Either start_date or period={WEEK_DAYS} is required.")
    plan = plan_history(tracks, platform_or_404(given.get("platform", "")), start)
    if not plan.ranges:
        flash(f"SoundCharts has no value just before these days for {counted(len(tracks), 'track')}.", "info")
        return redirect(url_for("dashboard.page"), 303)
    if request.method == "GET" or not confirmed(plan.calls):
        title = f"Fetch the history of {counted(len(plan.ranges), 'track')}?"
        return _confirmation(title, history_lines(plan), calls=plan.calls, back=url_for("dashboard.page"))
    return redirect_to_batch(start_history(plan, current_user.id))


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> ResponseReturnValue:
    """A batch; polls while it is live, gets 204 if nothing changed, and a message once it has ended."""
    progress = batch_progress(uuid)
    version = version_of(progress)
    if is_shown(version):
        return Response(status=204)
    lines = grid(progress.items)
    shown: dict[str, Any] = {
        "uuid": uuid,
        "progress": progress,
        "shown": version,
        "summary": summary(progress),
        "lines": lines,
        "columns": list(dict.fromkeys(what for line in lines for what in line.cells)),
    }
    if wants_fragment():
        body = render_template("ops/batches/_progress.html", **shown)
        return body if progress.live else with_toast(body, toast(progress))
    batch = batch_or_404(uuid)
    return render_template("ops/batches/page.html", batch=batch, described=described, **shown)


@blueprint.post("/<uuid:uuid>/retry/")
@limits.changes
def retry(uuid: UUID) -> ResponseReturnValue:
    """Requests the failed runs of a batch again, after confirmation."""
    batch = batch_or_404(uuid)
    runs = failed_runs(batch)
    here = url_for("batches.page", uuid=uuid)
    if not runs:
        abort(409, "Nothing to retry: no run of this batch has failed.")
    calls = sum(map(foreseen_calls, runs))
    if not confirmed(calls):
        lines = [f"{counted(len(runs), 'run')} that failed, gave up or were cancelled"]
        return _confirmation(
            f"Retry the failed runs of batch {batch.number}?", lines, calls=calls, back=here, button="Retry"
        )
    retry_runs([run.uuid for run in runs], current_user.id, queue_for(len(runs)))
    flash(f"{counted(len(runs), 'run')} requested again.", "success")
    return redirect(here, 303)


def _confirmation(title: str, lines: Sequence[str], *, calls: int, back: str, button: str = "Fetch") -> str:
    return confirmation_page(title, lines, calls=calls, button=button, back=back, undo=UNDO)


def redirect_to_batch(batch: Batch) -> ResponseReturnValue:
    """Redirects to the page of a new batch."""
    flash("Batch requested.", "success")
    return redirect(url_for("batches.page", uuid=batch.uuid), 303)


def choose(tracks: Sequence[Track], chosen: Sequence[str], *, details: bool = False, error: str = "") -> str:
    """Renders the form of choices for these tracks."""
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
    """Reads the tracks of the form, each once and in order."""
    return tracks_or_404(read_uuids("tracks"))


def read_platforms() -> list[Platform]:
    """Reads the platforms of the form; 400 for one without song audience."""
    offered = {platform.slug: platform for platform in listable_platforms()}
    slugs = dict.fromkeys(request.form.getlist("platforms"))
    if unknown := [slug for slug in slugs if slug not in offered]:
        abort(400, f"{unknown[0][:40]!r} has no song audience.")
    return [platform for slug, platform in offered.items() if slug in slugs]


def read_uuids(field: str) -> list[UUID]:
    """Reads the uuids of a field of the form, each once."""
    try:
        given = request.form or request.args
        uuids = list(dict.fromkeys(UUID(value) for value in given.getlist(field)))
    except ValueError:
        abort(400, f"{field} must be uuids.")
    if not 1 <= len(uuids) <= MOST_TRACKS:
        abort(400, f"Select 1 to {MOST_TRACKS} {field}, not {len(uuids)}.")
    return uuids


def plan_lines(plan: Plan) -> list[str]:
    """Describes what a fetch does, line by line."""
    lines = [f"{counted(len(plan.tracks), 'track')}: {named(plan.tracks)}"]
    if plan.platforms:
        names = ", ".join(platform.name for platform in plan.platforms)
        days = "the last 90 days again" if plan.forced else "new dates"
        lines.append(f"Audience on {names}: {exact(len(plan.series))} series, {days}.")
    if plan.first:
        most = counted(history_calls(plan.first), "call")
        lines.append(
            f"{exact(plan.first)} of them for the first time; their history follows, at most {most}"
            " more, after all other queued runs."
        )
    if plan.details:
        lines.append(
            f"Details of {counted(len(plan.songs), 'song')}, with platform identifiers; audience that"
            " was never fetched follows automatically."
        )
    requested = len(plan.tracks) * (len(plan.platforms) + plan.details)
    if fresh := requested - len(plan.series) - len(plan.songs):
        lines.append(f"{exact(fresh)} skipped because they were fetched recently.")
    runs = len(plan.series) + len(groups(plan.songs))
    if queue_for(runs) == "interactive":
        return [*lines, "They run next."]
    return [*lines, "They run together with scheduled jobs."]


def history_lines(plan: History) -> list[str]:
    """Describes what fetching these days does, line by line."""
    oldest, newest = min(first for _, first, _ in plan.ranges), max(last for _, _, last in plan.ranges)
    gains = f"gains from {plan.start} on" if plan.start else f"the gains of the last {WEEK_DAYS} days"
    others = counted(plan.without_data, "other track")
    return [
        f"{plan.platform.name} of {named([track for track, _, _ in plan.ranges])}",
        f"Values from {oldest} to {newest}, so that {gains} have a value to count from.",
        *([f"SoundCharts has no value just before these days for {others}."] if plan.without_data else []),
        "If SoundCharts has none of these days, the gain stays unknown.",
    ]


def named(tracks: Sequence[Track]) -> str:
    """Returns the names of the first tracks and the number of others."""
    names = ", ".join(track.name or str(track.uuid) for track in tracks[:FIRST_NAMED])
    more = len(tracks) - FIRST_NAMED
    return f"{names} and {exact(more)} more" if more > 0 else names


def described(action: str, args: dict[str, Any]) -> str:
    """Describes a batch: 'Fetch for 5 tracks: details, Spotify, YouTube; the last 90 days again'."""
    if action == "artists":
        return f"Details of {counted(args['artists'], 'artist')}"
    if action == "history":
        return f"{args['platform']} before {args['before']} of {counted(args['tracks'], 'track')}"
    if action == "import":
        return f"Import of {counted(args['rows'], 'row')}"
    what = ["details"] * args["details"] + args["platforms"]
    again = "; the last 90 days again" if args["forced"] else ""
    return f"Fetch for {counted(args['tracks'], 'track')}: {', '.join(what)}{again}"


def grid(items: Sequence[ItemRow]) -> list[Line]:
    """Returns items as table rows: one per subject, with a cell for each kind of data."""
    found: list[Line] = []
    for item in items:
        what = item.platform_name or DETAILS
        if not found or found[-1].first.about != item.about or what in found[-1].cells:
            found.append(Line(item, {}))
        found[-1].cells[what] = item
    return found


def summary(progress: Progress) -> str:
    """Returns '12 of 20 done, 3 failed, 2 fresh'."""
    lines = [f"{exact(progress.done)} of {exact(len(progress.items))} done"]
    counts = {"failed": len(progress.failed), "fresh": progress.count(("fresh",))}
    counts["already stored"] = progress.count(("known",))
    return ", ".join(lines + [f"{exact(count)} {word}" for word, count in counts.items() if count])


def toast(progress: Progress) -> dict[str, str]:
    """Returns the message for a batch that has ended."""
    kind = "error" if progress.failed else "success"
    return {"kind": kind, "text": f"The batch has ended: {summary(progress)}."}


def _flag(name: str) -> bool:
    return flag(request.form, name)
