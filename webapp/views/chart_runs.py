"""What operators ask of a chart, the runs that this leads to, and the chart's history of them."""

import json
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

from webapp import limits
from webapp.charts import enable_charts
from webapp.extensions import db
from webapp.models import Chart
from webapp.queries.charts import chart_runs, not_held
from webapp.queries.runs import RunRow, runs_ahead
from webapp.queueing import Wish, accept_ranking, fetch_ranking, sync_chart
from webapp.security import wants_fragment
from webapp.views.finding import chart_or_404, date_or_404, run_or_404
from webapp.views.parameters import BadParameterError, flag
from webapp.views.wording import TASKS, changes, progress

blueprint = Blueprint("chart_runs", __name__, url_prefix="/charts/<slug>")


@blueprint.get("/runs/")
def history(slug: str) -> Response:
    """The newest runs of the chart. While one is live the page asks again, saying how many were: `live`."""
    chart = chart_or_404(slug)
    runs = chart_runs(chart)
    live = sum(run.is_live for run in runs)
    template = "charts/_runs.html" if wants_fragment() else "charts/runs.html"
    response = make_response(render_template(template, chart=chart, runs=runs, live=live, tasks=TASKS))
    if request.args.get("live", "0") not in ("0", str(live)):
        response.headers["HX-Trigger"] = "chart-changed"
    return response


@blueprint.get("/runs/<uuid:run>/")
def run(slug: str, run: UUID) -> Response:
    """A run of this chart: asks again every second while it is live, and says so to the page when it ends."""
    chart, row = chart_or_404(slug), run_or_404(run)
    if row.args.get("chart") != chart.slug:
        abort(404, f"There is no run {run} of this chart.")
    return show_run(chart, row)


@blueprint.post("/sync/")
@limits.changes
def sync(slug: str) -> ResponseReturnValue:
    """Wishes for the newest ranking and what is missing before it; `all` reaches back to the oldest hole."""
    chart = chart_or_404(slug)
    oldest = not_held(chart) if _flag("all") else None
    since = oldest.ranked_on if oldest else None
    return answer(chart, sync_chart(chart, since=since, requested_by=current_user.id))


@blueprint.post("/switch/")
@limits.changes
def switch(slug: str) -> ResponseReturnValue:
    """Turns the chart's sync on or off."""
    chart, enabled = chart_or_404(slug), _flag("enabled")
    enable_charts([chart.slug], enabled=enabled)
    db.session.commit()
    said = "is synchronised from now on" if enabled else "is not synchronised any more; what is held stays"
    flash(f"{chart.name}, {chart.place}, {said}.", "success")
    return redirect(url_for("charts.page", slug=slug), 303)


@blueprint.post("/<ranked_on>/fetch/")
@limits.changes
def fetch(slug: str, ranked_on: str) -> ResponseReturnValue:
    """Wishes for a ranking that the API has and that is not held."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    missing = not_held(chart, on)
    if missing is None:
        abort(409, f"There is no ranking of {on} to fetch: it is held already, or SoundCharts names none.")
    wish = fetch_ranking(chart, on, missing.ranked_at, requested_by=current_user.id)
    return answer(chart, wish)


@blueprint.post("/<ranked_on>/accept/")
@limits.changes
def accept(slug: str, ranked_on: str) -> ResponseReturnValue:
    """Wishes that the ranking set aside takes the place of what is held of its date."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    return answer(chart, accept_ranking(chart, on, requested_by=current_user.id))


def answer(chart: Chart, wish: Wish) -> ResponseReturnValue:
    """The run as a fragment, or the chart's page where there is no script to show it."""
    if wants_fragment():
        return show_run(chart, run_or_404(wish.uuid))
    flash("Asked for: the run is under way.", "info")
    return redirect(url_for("charts.page", slug=chart.slug), 303)


def show_run(chart: Chart, row: RunRow) -> Response:
    """The run's fragment; when it has ended, with the event that brings the page up to date."""
    ahead = runs_ahead(row.uuid) if row.state == "queued" else 0
    body = render_template("charts/_run.html", chart=chart, run=row, words=progress(row, ahead))
    response = make_response(body)
    if not row.is_live:
        response.headers["HX-Trigger"] = json.dumps({"chart-changed": None, "toast": toast(chart, row)})
    return response


def toast(chart: Chart, row: RunRow) -> dict[str, str]:
    """The end of a run as a message; the fragment says the same."""
    if row.state == "succeeded":
        return {"kind": "success", "text": f"{chart.name}: {row.message or changes(row)}"}
    return {"kind": "error", "text": f"{chart.name}: {row.error or 'the run was cancelled.'}"}


def _flag(name: str) -> bool:
    try:
        return flag(request.form, name)
    except BadParameterError as error:
        abort(400, str(error))
