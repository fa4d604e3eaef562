"""What operators do with many charts at once, and the search for new ones."""

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
from webapp.views.shared.confirming import ask, confirmed
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
"""Steps of the cascade in words; `all` is every one of them."""
NOT_YET = "What waits can be cancelled; what was fetched stays."
SWITCHED_OFF = "It can be switched off again; what was fetched stays."

blueprint = Blueprint("chart_bulk", __name__, url_prefix="/ops/charts")


@blueprint.post("/switch/")
@limits.changes
def switch() -> ResponseReturnValue:
    """Turns the sync of the chosen charts on, after asking, or off."""
    charts, on = read_charts(), read_flag("enabled")
    changing = [chart for chart in charts if chart.sync_enabled != on]
    if on and changing:
        costs = chart_costs(changing, oldest_wanted())
        calls = sum(cost.backfill_calls for cost in costs)
        if not confirmed(calls):
            lines = [*daily_lines(changing, costs), first_line()]
            return ask_first("Switch on", changing, calls, lines, undo=SWITCHED_OFF)
    enable_charts([chart.slug for chart in changing], enabled=on)
    db.session.commit()
    said = "synchronised from now on" if on else "not synchronised any more; what is held stays"
    already = (
        f" {counted(len(charts) - len(changing), 'chart')} already were." if on and charts != changing else ""
    )
    return done(f"{counted(len(changing), 'chart')} {said}.{already}")


@blueprint.post("/sync/")
@limits.changes
def sync() -> ResponseReturnValue:
    """Wishes for the newest ranking of the chosen charts, and what is missing before it."""
    charts = read_charts()
    calls = sum(cost.backfill_calls for cost in chart_costs(charts, oldest_wanted()))
    if not confirmed(calls):
        return ask_first("Sync now", charts, calls, [first_line()])
    return queue(charts, None)


@blueprint.post("/backfill/")
@limits.changes
def backfill() -> ResponseReturnValue:
    """Wishes for all rankings of the chosen charts from the day `since` on, which it asks for first."""
    charts = read_charts()
    try:
        since = read_since()
    except BadParameterError as error:
        return choose("Back-fill", charts, error=error.sentence), 422
    if since is None:
        return choose("Back-fill", charts)
    calls = sum(cost.backfill_calls for cost in chart_costs(charts, since))
    if not confirmed(calls):
        return ask_first(f"Back-fill from {since}", charts, calls, ["What is held is not fetched again."])
    return queue(charts, since)


@blueprint.post("/cascade/")
@limits.changes
def cascade() -> ResponseReturnValue:
    """Switches what follows for the tracks of the chosen charts: one step of it, or all. Asks which first."""
    charts = read_charts()
    if "step" not in request.form:
        return choose("The cascade", charts, steps=STEPS)
    on = read_flag("on")
    step = choice(request.form, "step", tuple(STEPS))
    steps = CASCADE if step == "all" else (step,)
    if on and not confirmed(calls=0):
        daily = cascade_calls_a_day(charts) if "with_audience" in steps else 0
        lines = [f"The tracks of their next rankings get {STEPS[step]}."]
        return ask_first("Cascade on", charts, 0, lines, calls_a_day=daily, undo=SWITCHED_OFF)
    changed = set_cascade(charts, steps, on=on)
    db.session.commit()
    said = "from their next rankings on" if on else "for tracks that they bring from now on"
    words = f"{STEPS[step].capitalize()} {'on' if on else 'off'}"
    return done(f"{words} for {counted(len(changed), 'chart')}, {said}.")


@blueprint.post("/discover/")
@limits.changes
def discover() -> ResponseReturnValue:
    """Requests the lists of charts of all platforms that have some; new charts start switched off."""
    run = submit(discovery_request(None, requested_by=current_user.id))
    flash("New charts are looked for on every platform that has some.", "info")
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
    met = f" {exact(len(runs) - new)} met one that is under way." if new < len(runs) else ""
    return done(f"{counted(new, 'sync')} asked for.{met}")


def ask_first(
    action: str,
    charts: Sequence[Chart],
    calls: int,
    lines: Sequence[str],
    *,
    calls_a_day: int = 0,
    undo: str = NOT_YET,
) -> str:
    """Asks before anything is done, with the charts and what it means."""
    return ask(
        f"{action}: {counted(len(charts), 'chart')}?",
        [named(charts), *lines],
        calls=calls,
        calls_a_day=calls_a_day,
        button=action,
        back=where_from(),
        undo=undo,
    )


def choose(title: str, charts: Sequence[Chart], **shown: object) -> str:
    """The page that asks for what the list has no field for."""
    audit.unchanged()
    return render_template(
        "charts/bulk.html",
        title=title,
        charts=charts,
        named=named(charts),
        back=where_from(),
        today=today(),
        typed=request.form.get("since", ""),
        **shown,
    )


def named(charts: Sequence[Chart]) -> str:
    """The charts in words, the first of many."""
    words = [f"{chart.platform.name} {chart.name} ({chart.place})" for chart in charts[:MOST_NAMED]]
    more = len(charts) - len(words)
    return "; ".join(words) + (f"; and {exact(more)} more" if more else "")


def daily_lines(charts: Sequence[Chart], costs: Sequence[ChartCost]) -> list[str]:
    """What following charts costs from then on."""
    rankings = ceil(sum(cost.calls_a_day for cost in costs))
    following = cascade_calls_a_day([chart for chart in charts if chart.with_audience])
    return [
        f"About {counted(rankings, 'call')} a day for their rankings.",
        f"About {counted(following, 'call')} a day more for the audience of the tracks that are on them now.",
    ]


def first_line() -> str:
    """What a sync brings beside the newest ranking."""
    return f"Besides the newest rankings those that are missing since {oldest_wanted()} are fetched."


def oldest_wanted() -> date:
    """The first day of rankings that a sync fetches where nobody names one."""
    days: int = current_app.config["SETTINGS"].chart_history_days
    return today() - timedelta(days=days)


def read_charts() -> list[Chart]:
    """The charts that were ticked."""
    ids = chosen_ids(request.form)
    if len(ids) > MOST_CHOSEN:
        abort(400, f"Choose {MOST_CHOSEN} charts at most.")
    known = [each for each in ids if each <= LARGEST_ID]
    query = select(Chart).where(Chart.id.in_(known)).order_by(Chart.id).options(joinedload(Chart.platform))
    charts = list(db.session.scalars(query))
    if len(charts) < len(set(ids)):
        abort(404, "Some of the chosen charts are not there any more: load the list again.")
    return charts


def read_flag(name: str) -> bool:
    """A yes or no of the form."""
    return flag(request.form, name)


def read_since() -> date | None:
    """The day to begin at; None where none is said yet. Raises BadParameterError."""
    since = day(filled(request.form), "since")
    if since is not None and since > today():
        raise BadParameterError(f"{since} has not come yet.")
    return since


def done(said: str) -> ResponseReturnValue:
    """Says what became of it, on the list as it was."""
    flash(said, "success")
    return redirect(where_from(), 303)


def where_from() -> str:
    """The list with its filters, as the form remembers it."""
    return safe_next(request.form.get("back") or url_for("charts.index"))
