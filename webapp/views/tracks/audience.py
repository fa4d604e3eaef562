"""Fragments of a track's page: audience, chart, coverage, requests for new data and their runs."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.access.requests import current_page, wants_fragment
from webapp.cache import versioned_json
from webapp.models import Track
from webapp.queries.audience import Point
from webapp.queries.ops.runs import RunRow, run_children
from webapp.queries.tracks.pages import track_coverage, track_platforms
from webapp.views.api.audience import version_of
from webapp.views.shared.finding import audience_platform_or_404, platform_or_404, run_or_404, track_or_404
from webapp.views.shared.following import followed
from webapp.views.shared.htmx import is_shown, with_toast, with_url
from webapp.views.shared.parameters import flag
from webapp.views.shared.refreshing import Fresh, request_audience
from webapp.views.shared.tables import FILE, Cell, Sheet, table_file
from webapp.views.shared.wording import changes, toast
from webapp.views.tracks.panel import PanelState, Shown, drawing, fill_panel, plan_panel
from webapp.views.tracks.positions import PREFIX as POSITIONS
from webapp.views.tracks.preferences import range_argument

CSV_HEADER = (
    "date",
    "platform",
    "metric",
    "total",
    "index",
    "gain",
    "days_covered",
    "days_known",
    "days_in_period",
    "fetched_at",
    "former_value",
    "revised_at",
    "platforms_counted",
)

blueprint = Blueprint("audience", __name__, url_prefix="/tracks/<uuid:uuid>")


@blueprint.get("/audience/")
def panel(uuid: UUID) -> Response:
    """Controls, summary, chart, marks and table; an invalid parameter shows as an error."""
    track = track_or_404(uuid)
    state, error = PanelState.read_or_default(request.args)
    template = "tracks/_audience.html" if wants_fragment() else "tracks/audience.html"
    made = fill_panel(track, plan_panel(track, state))
    body = render_template(template, track=track, panel=made, drawing=drawing(made), state=state, error=error)
    return with_url(body, url_with(track, state), error=error)


@blueprint.get("/audience/chart/", endpoint="drawing")
def draw(uuid: UUID) -> Response:
    """The drawing for drawings.js, for the panel's parameters."""
    track = track_or_404(uuid)
    state = PanelState.read(request.args)
    plan = plan_panel(track, state)
    version = version_of(track, plan.chosen, held=plan.held, query=plan.query)
    return versioned_json(
        ("drawing", *version, state.from_zero, state.metric, plan.events, plan.notes),
        lambda: drawing(fill_panel(track, plan)),
    )


@blueprint.get(f"/audience/points.{FILE}")
@table_file
def points(uuid: UUID) -> Sheet:
    """All points of the panel as a file: by platform, oldest first."""
    track = track_or_404(uuid)
    state = PanelState.read(request.args)
    panel = fill_panel(track, plan_panel(track, state))
    query = panel.query
    return Sheet(
        f"{track.name or track.uuid} audience by {query.interval}",
        CSV_HEADER,
        [csv_row(part, point) for part in panel.shown for point in part.points],
        filters=[f"{query.start_date} to {query.end_date}", f"by {query.interval}", f"{state.metric} shown"],
        order="by platform, then by date, oldest first",
        newest=max((part.points[-1].label for part in panel.shown if part.points), default=None),
        notes=[(part.platform.name, part.summary) for part in panel.shown],
        query=state.arguments(),
    )


@blueprint.get("/coverage/")
def coverage(uuid: UUID) -> str:
    """Every platform with the freshness and coverage of its data."""
    track = track_or_404(uuid)
    template = "tracks/_coverage.html" if wants_fragment() else "tracks/coverage.html"
    return render_template(template, track=track, platforms=track_coverage(track.id))


@blueprint.post("/platforms/<slug>/refresh/")
@limits.refreshes
def refresh(uuid: UUID, slug: str) -> ResponseReturnValue:
    """Requests new data and shows the run; for fresh data shows their age."""
    track, platform = track_or_404(uuid), audience_platform_or_404(slug)
    forced = flag(request.form, "force")
    outcome = request_audience(track, platform, forced=forced, requested_by=current_user.id)
    if not wants_fragment():
        flash(outcome.sentence if isinstance(outcome, Fresh) else "Run requested.", "info")
        return redirect(url_for("tracks.page", uuid=uuid), 303)
    if isinstance(outcome, Fresh):
        return render_template(
            "tracks/_fresh.html", track=track, slug=platform.slug, platform_name=platform.name, fresh=outcome
        )
    return show_run(track, run_or_404(outcome.uuid))


@blueprint.get("/runs/<uuid:run>/")
def run(uuid: UUID, run: UUID) -> ResponseReturnValue:
    """A run of this track; polls while it is live and updates the numbers when it ends."""
    track, row = track_or_404(uuid), run_or_404(run)
    if row.args.get("track_uuid") != str(track.uuid) or "platform" not in row.args:
        abort(404, f"Run {run} is not a run of this track.")
    return show_run(track, row)


def show_run(track: Track, row: RunRow) -> ResponseReturnValue:
    """Renders the run's fragment; once it has ended, with its tile and the event that redraws the panel."""
    state = followed(row)
    if is_shown(state["shown"]):
        return Response(status=204)
    if row.is_live:
        return render_template("tracks/_run.html", track=track, run=row, tile=None, child=None, **state)
    platforms = track_platforms(track.id)
    slug = platform_or_404(row.args["platform"]).slug  # differs if the platform was merged since
    tile = next(tile for tile in platforms if tile.slug == slug)
    child = next((child for child in run_children(row.uuid) if child.is_live), None)
    body = render_template(
        "tracks/_run.html",
        track=track,
        run=row,
        tile=tile,
        platforms=platforms,
        child=child,
        **state,
    )
    return with_toast(body, toast(tile.name, row, f"{changes(row)}."), "audience-changed")


def csv_row(part: Shown, point: Point) -> tuple[Cell, ...]:
    """Returns the cells of CSV_HEADER; `index` is empty if the panel has none."""
    return (
        point.label,
        part.platform.name,
        part.platform.audience_metric_name,
        point.total,
        part.index_at(point),
        point.gain,
        point.gain_days,
        point.days_known,
        point.length,
        point.fetched_at,
        point.former_value,
        point.revised_at,
        ", ".join(part.counted[point.label].slugs) if part.counted else "",
    )


def url_with(track: Track, state: PanelState) -> str:
    """Returns the URL of the surrounding page with this panel."""
    shown = current_page()
    alone = shown.partition("?")[0] == url_for("audience.panel", uuid=track.uuid)
    beside = [pair for pair in parse_qsl(urlsplit(shown).query) if pair[0].startswith(POSITIONS)]
    parameters: dict[str, Any] = {**state.arguments(), **range_argument(state), **dict(beside)}
    return url_for("audience.panel" if alone else "tracks.page", uuid=track.uuid, **parameters)
