"""Actions of operators on many charts, and the discovery of new ones."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp import audit
from webapp.access import limits
from webapp.access.requests import safe_next
from webapp.catalogue.charts import CASCADE, enable_charts, set_cascade
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.formats import counted, exact
from webapp.models import Chart
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.parameters import BadParameterError, choice, chosen_ids, day, filled, flag
from webapp.work.costs import ChartCost, cascade_calls_a_day, chart_costs
from webapp.work.queue import enqueue, record, submit
from webapp.work.requests import discovery_request, sync_request

MOST_CHOSEN = 200
MOST_NAMED = 10
LARGEST_ID = 2**31 - 1
STEPS = {
    "all": "everything",
    "with_metadata": "details of tracks",
    "with_artists": "details of artists",
    "with_audience": "audience",
}
"""Labels of the cascade's steps; `all` is every step."""
NOT_YET = "Queued runs can be cancelled; fetched data stays."
SWITCHED_OFF = "Switch it off at any time; fetched data stays."

blueprint = Blueprint("chart_bulk", __name__, url_prefix="/ops/charts")


@blueprint.post("/switch/")
@limits.changes
def switch() -> ResponseReturnValue:
    """Switches the sync of the chosen charts on, after confirmation, or off."""
    charts, on = read_charts(), read_flag("enabled")
    changing = [chart for chart in charts if chart.sync_enabled != on]
    if on and changing:
        costs = chart_costs(changing, oldest_wanted())
        calls = sum(cost.backfill_calls for cost in costs)
        if not confirmed(calls):
            lines = [*daily_lines(changing, costs), first_line()]
            return confirm_first("Switch on", changing, calls=calls, lines=lines, undo=SWITCHED_OFF)
    enable_charts([chart.slug for chart in changing], enabled=on)
    db.session.commit()
    words = "now synced" if on else "no longer synced; stored rankings stay"
    already = (
        f" {counted(len(charts) - len(changing), 'chart')} already synced."
        if on and charts != changing
        else ""
    )
    return done(f"{counted(len(changing), 'chart')} {words}.{already}")


@blueprint.post("/sync/")
@limits.changes
def sync() -> ResponseReturnValue:
    """Requests the newest rankings of the chosen charts and missing earlier ones, after confirmation."""
    charts = read_charts()
    calls = sum(cost.backfill_calls for cost in chart_costs(charts, oldest_wanted()))
    if not confirmed(calls):
        return confirm_first("Sync now", charts, calls=calls, lines=[first_line()])
    return queue(charts, None)


@blueprint.post("/backfill/")
@limits.changes
def backfill() -> ResponseReturnValue:
    """Requests all rankings of the chosen charts from the day `since` on; without it, shows its form."""
    charts = read_charts()
    try:
        since = read_since()
    except BadParameterError as error:
        return choose("Back-fill", charts, error=error.sentence), 422
    if since is None:
        return choose("Back-fill", charts)
    calls = sum(cost.backfill_calls for cost in chart_costs(charts, since))
    if not confirmed(calls):
        return confirm_first(
            f"Back-fill from {since}", charts, calls=calls, lines=["Stored rankings are not fetched again."]
        )
    return queue(charts, since)


@blueprint.post("/cascade/")
@limits.changes
def cascade() -> ResponseReturnValue:
    """Switches one or all steps of the cascade of the chosen charts; without a step, shows its form."""
    charts = read_charts()
    if "step" not in request.form:
        return choose("Track data", charts, steps=STEPS)
    on = read_flag("on")
    step = choice(request.form, "step", tuple(STEPS))
    steps = CASCADE if step == "all" else (step,)
    if on and not confirmed(calls=0):
        daily = cascade_calls_a_day(charts) if "with_audience" in steps else 0
        lines = [f"From their next rankings, tracks get {STEPS[step]}."]
        return confirm_first(
            "Fetch track data", charts, calls=0, lines=lines, calls_a_day=daily, undo=SWITCHED_OFF
        )
    changed = set_cascade(charts, steps, on=on)
    db.session.commit()
    when = "from their next rankings" if on else "for tracks added later"
    words = f"{STEPS[step].capitalize()} switched {'on' if on else 'off'}"
    return done(f"{words} for {counted(len(changed), 'chart')}, {when}.")


@blueprint.post("/discover/")
@limits.changes
def discover() -> ResponseReturnValue:
    """Requests the charts of all platforms; new charts start switched off."""
    run = submit(discovery_request(None, requested_by=current_user.id))
    flash("Search for new charts requested.", "info")
    return redirect(url_for("ops.run", uuid=run.uuid), 303)


def queue(charts: Sequence[Chart], since: date | None) -> ResponseReturnValue:
    """Requests a sync of each chart in one transaction, then enqueues the runs."""
    runs = record(
        [sync_request(chart, since=since, requested_by=current_user.id, queue="sync") for chart in charts]
    )
    for chart, run in zip(charts, runs, strict=True):
        audit.record("chart.sync", f"chart {chart.slug}", after={"run": run.uuid, "since": since})
    db.session.commit()
    enqueue([run for run in runs if run.state == "queued"])
    new = sum(run.created for run in runs)
    met = f" {exact(len(runs) - new)} already queued or running." if new < len(runs) else ""
    return done(f"{counted(new, 'sync')} requested.{met}")


def confirm_first(
    action: str,
    charts: Sequence[Chart],
    *,
    calls: int,
    lines: Sequence[str],
    calls_a_day: int = 0,
    undo: str = NOT_YET,
) -> str:
    """Renders the confirmation page with the charts and the effects."""
    return confirmation_page(
        f"{action}: {counted(len(charts), 'chart')}?",
        [named(charts), *lines],
        calls=calls,
        calls_a_day=calls_a_day,
        button=action,
        back=back_url(),
        undo=undo,
    )


def choose(title: str, charts: Sequence[Chart], **shown: object) -> str:
    """Renders the form for a parameter that the list has no field for."""
    audit.unchanged()
    return render_template(
        "charts/bulk.html",
        title=title,
        charts=charts,
        named=named(charts),
        back=back_url(),
        today=today(),
        typed=request.form.get("since", ""),
        **shown,
    )


def named(charts: Sequence[Chart]) -> str:
    """Returns the names of the first charts and the number of others."""
    words = [f"{chart.platform.name} {chart.name} ({chart.place})" for chart in charts[:MOST_NAMED]]
    more = len(charts) - len(words)
    return "; ".join(words) + (f"; and {exact(more)} more" if more else "")


def daily_lines(charts: Sequence[Chart], costs: Sequence[ChartCost]) -> list[str]:
    """Describes the daily cost of following charts."""
    rankings = ceil(sum(cost.calls_a_day for cost in costs))
    following = cascade_calls_a_day([chart for chart in charts if chart.with_audience])
    return [
        f"About {counted(rankings, 'call')} per day for their rankings.",
        f"About {counted(following, 'call')} more per day for the audience of their current tracks.",
    ]


def first_line() -> str:
    """Describes what a sync fetches besides the newest ranking."""
    return f"Missing rankings since {oldest_wanted()} are fetched too."


def oldest_wanted() -> date:
    """Returns the first day of rankings that a sync fetches by default."""
    days: int = current_app.config["SETTINGS"].chart_history_days
    return today() - timedelta(days=days)


def read_charts() -> list[Chart]:
    """Reads the chosen charts; 404 if one is missing."""
    ids = chosen_ids(request.form)
    if len(ids) > MOST_CHOSEN:
        abort(400, f"Choose at most {MOST_CHOSEN} charts.")
    known = [each for each in ids if each <= LARGEST_ID]
    query = select(Chart).where(Chart.id.in_(known)).order_by(Chart.id).options(joinedload(Chart.platform))
    charts = list(db.session.scalars(query))
    if len(charts) < len(set(ids)):
        abort(404, "Some of the chosen charts no longer exist; reload the list.")
    return charts


def read_flag(name: str) -> bool:
    """Reads a boolean of the form."""
    return flag(request.form, name)


def read_since() -> date | None:
    """Reads the first day; None if it is missing. Raises BadParameterError."""
    since = day(filled(request.form), "since")
    if since is not None and since > today():
        raise BadParameterError(f"{since} is in the future.")
    return since


def done(words: str) -> ResponseReturnValue:
    """Redirects to the list with its filters, with a message."""
    flash(words, "success")
    return redirect(back_url(), 303)


def back_url() -> str:
    """Returns the URL of the list with its filters, from the form."""
    return safe_next(request.form.get("back") or url_for("charts.index"))
