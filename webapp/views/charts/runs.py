"""Requests of operators for a chart, their runs, and the chart's history of runs."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp import audit
from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.catalogue.charts import CASCADE, enable_charts, set_cascade
from webapp.lib.formats import counted
from webapp.models import Chart, ChartRanking
from webapp.queries.charts.pages import chart_runs, not_held
from webapp.queries.ops.runs import RunRow
from webapp.views.ops.charts import NOT_YET, daily_lines, first_line, oldest_wanted, read_flag, read_since
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import chart_or_404, date_or_404, run_or_404
from webapp.views.shared.following import followed
from webapp.views.shared.htmx import is_shown, version_of, with_toast
from webapp.views.shared.saving import saved
from webapp.views.shared.wording import changes, toast
from webapp.work.costs import cascade_calls_a_day, chart_costs
from webapp.work.queue import LiveRun, submit
from webapp.work.requests import TASKS, acceptance_request, ranking_request, sync_request

blueprint = Blueprint("chart_runs", __name__, url_prefix="/charts/<slug>")


@blueprint.get("/runs/")
def history(slug: str) -> ResponseReturnValue:
    """The newest runs of the chart. While some are live the page polls with their number, `live`."""
    chart = chart_or_404(slug)
    runs = chart_runs(chart)
    live = sum(run.is_live for run in runs)
    version = version_of(runs)
    if is_shown(version):
        return Response(status=204)
    template = "charts/_runs.html" if wants_fragment() else "charts/runs.html"
    body = render_template(template, chart=chart, runs=runs, live=live, shown=version, tasks=TASKS)
    has_changed = request.args.get("live", "0") not in ("0", str(live))
    return (body, {"HX-Trigger": "chart-changed"}) if has_changed else body


@blueprint.get("/runs/<uuid:run>/")
def run(slug: str, run: UUID) -> ResponseReturnValue:
    """A run of this chart; polls while it is live and triggers an event on the page when it ends."""
    chart, row = chart_or_404(slug), run_or_404(run)
    if row.args.get("chart") != chart.slug:
        abort(404, f"Run {run} is not a run of this chart.")
    return show_run(chart, row)


@blueprint.post("/sync/")
@limits.changes
def sync(slug: str) -> ResponseReturnValue:
    """Requests the newest ranking and missing earlier ones."""
    chart = chart_or_404(slug)
    return answer(chart, submit(sync_request(chart, requested_by=current_user.id)))


@blueprint.post("/backfill/")
@limits.changes
def backfill(slug: str) -> ResponseReturnValue:
    """Requests all rankings from the day `since` on, after confirmation; `all` starts at the oldest gap."""
    chart = chart_or_404(slug)
    oldest = not_held(chart) if read_flag("all") else None
    since = oldest.ranked_on if oldest else since_or_400()
    (cost,) = chart_costs([chart], since)
    if not confirmed(cost.backfill_calls):
        lines = [
            f"The newest ranking, and {counted(cost.missing, 'other')} since {since} that are not stored.",
            "Stored rankings are not fetched again.",
        ]
        return confirm_first(
            chart, f"Back-fill from {since}", lines=lines, calls=cost.backfill_calls, undo=NOT_YET
        )
    audit.record("chart.sync", f"chart {chart.slug}", after={"since": since})
    return answer(chart, submit(sync_request(chart, since=since, requested_by=current_user.id)))


@blueprint.post("/switch/")
@limits.changes
def switch(slug: str) -> ResponseReturnValue:
    """Switches the chart's sync on, after confirmation, or off."""
    chart, enabled = chart_or_404(slug), read_flag("enabled")
    costs = chart_costs([chart], oldest_wanted()) if enabled and not chart.sync_enabled else []
    calls = sum(cost.backfill_calls for cost in costs)
    if costs and not confirmed(calls):
        lines = [*daily_lines([chart], costs), first_line()]
        return confirm_first(
            chart,
            "Switch on",
            lines=lines,
            calls=calls,
            undo="Switch it off at any time; fetched data stays.",
        )
    enable_charts([chart.slug], enabled=enabled)
    words = "is now synced" if enabled else "is no longer synced; its stored rankings stay"
    return saved(f"{chart.name}, {chart.place}, {words}.", url_for("charts.page", slug=slug))


@blueprint.post("/cascade/")
@limits.changes
def cascade(slug: str) -> ResponseReturnValue:
    """Switches the given steps of the chart's cascade on, after confirmation, and the others off."""
    chart = chart_or_404(slug)
    on = [step for step in CASCADE if step in request.form]
    off = [step for step in CASCADE if step not in on]
    daily = cascade_calls_a_day([chart]) if "with_audience" in on and not chart.with_audience else 0
    if daily and not confirmed(0):
        lines = ["The audience of its current tracks is fetched as long as they are on the chart."]
        return confirm_first(
            chart,
            "Fetch audience",
            lines=lines,
            calls=0,
            calls_a_day=daily,
            undo="Switch it off at any time.",
        )
    changed = [*set_cascade([chart], on, on=True), *set_cascade([chart], off, on=False)]
    return saved(
        "Saved; applies from the next ranking." if changed else "Nothing changed.",
        url_for("charts.page", slug=slug),
    )


@blueprint.post("/<ranked_on>/fetch/")
@limits.changes
def fetch(slug: str, ranked_on: str) -> ResponseReturnValue:
    """Requests a ranking that the API has; a held one is fetched again."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    known = ChartRanking.find(chart, on) or not_held(chart, on)
    if known is None:
        abort(409, f"SoundCharts lists no ranking for {on}.")
    run = submit(ranking_request(chart, on, known.ranked_at, requested_by=current_user.id))
    return answer(chart, run)


@blueprint.post("/<ranked_on>/accept/")
@limits.changes
def accept(slug: str, ranked_on: str) -> ResponseReturnValue:
    """Requests that the ranking set aside replaces the held one of its date."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    return answer(chart, submit(acceptance_request(chart, on, requested_by=current_user.id)))


def answer(chart: Chart, run: LiveRun) -> ResponseReturnValue:
    """Returns the run as a fragment; without HTMX redirects to the chart's page."""
    if wants_fragment():
        return show_run(chart, run_or_404(run.uuid))
    flash("Run requested.", "info")
    return redirect(url_for("charts.page", slug=chart.slug), 303)


def show_run(chart: Chart, row: RunRow) -> ResponseReturnValue:
    """Returns the run's fragment; once it has ended, with the event that updates the page."""
    state = followed(row)
    if is_shown(state["shown"]):
        return Response(status=204)
    body = render_template("charts/_run.html", chart=chart, run=row, **state)
    if row.is_live:
        return body
    return with_toast(body, toast(chart.name, row, row.message or changes(row)), "chart-changed")


def since_or_400() -> date:
    """Reads the first day of a back-fill; 400 without one."""
    since = read_since()
    return since or abort(400, "Enter the first day.")


def confirm_first(
    chart: Chart, action: str, *, lines: Sequence[str], calls: int, calls_a_day: int = 0, undo: str
) -> str:
    """Renders the confirmation page of an action on the chart."""
    return confirmation_page(
        f"{action}: {chart.name}, {chart.place}?",
        [chart.platform.name, *lines],
        calls=calls,
        calls_a_day=calls_a_day,
        button=action,
        back=url_for("charts.page", slug=chart.slug),
        undo=undo,
    )
