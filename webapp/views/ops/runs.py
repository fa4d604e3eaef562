"""The runs, for operators: the list, single runs and their logs."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from webapp.access import limits
from webapp.access.requests import wants_fragment, wants_json
from webapp.extensions import db
from webapp.lib.formats import age
from webapp.models import Platform
from webapp.queries.ops.runs import (
    RunList,
    RunRow,
    run_attempts,
    run_calls,
    run_children,
    run_lines,
    run_list,
    run_people,
    run_refusals,
    runs_ahead,
)
from webapp.views.ops.filters import RunListState, people_choices
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.htmx import with_url
from webapp.views.shared.run_json import run_json
from webapp.views.shared.wording import STATES, arguments, changes, progress, subject
from webapp.work.queue import QUEUES
from webapp.work.requests import TASKS
from webapp.work.run_control import RETRYABLE

blueprint = Blueprint("ops", __name__, url_prefix="/ops")


@blueprint.get("/runs/")
def runs() -> ResponseReturnValue:
    """The list, newest first, with filters; `before` is the last number of the previous page.

    A poll sends the version that it shows as `shown`, and gets 204 if nothing changed.
    """
    state = RunListState.read(request.args)
    found = run_list(state.narrow, state.before)
    version = _version(found)
    if wants_fragment() and request.args.get("shown") == version:
        return Response(status=204)
    shown = {
        "state": state,
        "found": found,
        "shown": version,
        "tasks": TASKS,
        "subject": subject,
        "changes": changes,
        "retryable": RETRYABLE,
    }
    if wants_fragment():
        return with_url(render_template("ops/_runs.html", **shown), state.here)
    return render_template(
        "ops/runs.html",
        **shown,
        states=STATES,
        queues=tuple(QUEUES),
        people=people_choices(run_people()),
        platforms=db.session.execute(select(Platform.slug, Platform.name).order_by(Platform.name)).all(),
    )


@blueprint.get("/runs/<uuid:uuid>/")
@limits.data
def run(uuid: UUID) -> ResponseReturnValue:
    """One run with arguments, attempts, refused values and the runs it started; JSON for programs."""
    row = run_or_404(uuid)
    return run_json(row) if wants_json() else show_run(row)


@blueprint.get("/runs/<uuid:uuid>/log/")
def log(uuid: UUID) -> str:
    """The log lines and API calls of a run."""
    row = run_or_404(uuid)
    template = "ops/_log.html" if wants_fragment() else "ops/log.html"
    return render_template(template, run=row, lines=run_lines(uuid), calls=run_calls(uuid))


def _version(found: RunList) -> str:
    """Returns a token that changes with what the list shows of its runs."""
    # A heartbeat is not shown; an age is, and changes while the run stands still.
    shown = [(run._replace(heartbeat_at=None, pages=0), age(run.created_at)) for run in found.runs]
    return sha256(repr((shown, found.before)).encode()).hexdigest()[:12]


def show_run(row: RunRow) -> str:
    """Renders the page of a run, or its fragment."""
    return render_template(
        "ops/_run.html" if wants_fragment() else "ops/run.html",
        run=row,
        words=progress(row, runs_ahead(row.uuid) if row.state == "queued" else 0),
        title=TASKS.get(row.task, row.task),
        subject=subject(row),
        arguments=arguments(row),
        attempts=run_attempts(row.uuid),
        refusals=run_refusals(row.uuid),
        children=run_children(row.uuid),
        tasks=TASKS,
        retryable=row.state in RETRYABLE,
    )
