"""The runs, for operators: the list, single runs and their logs."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from webapp.access import limits
from webapp.access.requests import wants_fragment, wants_json
from webapp.extensions import db
from webapp.lib.formats import age
from webapp.lib.sparkline import count_spark
from webapp.models import Platform
from webapp.queries.ops.causes import run_causes, run_durations, run_hours
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
from webapp.views.shared.htmx import is_shown, version_of, with_url
from webapp.views.shared.run_json import run_json
from webapp.views.shared.wording import arguments, changes, is_final, progress, subject
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
    if is_shown(version):
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
        return with_url(render_template("ops/_runs.html", **shown, is_fragment=True), state.here)
    return render_template(
        "ops/runs.html",
        **shown,
        queues=[(name, queue.label) for name, queue in QUEUES.items()],
        people=people_choices(run_people()),
        platforms=db.session.execute(select(Platform.slug, Platform.name).order_by(Platform.name)).all(),
    )


@blueprint.get("/runs/<uuid:uuid>/")
@limits.data
def run(uuid: UUID) -> ResponseReturnValue:
    """One run with arguments, attempts, refused values and the runs it started; JSON for programs."""
    row = run_or_404(uuid)
    if wants_json():
        return run_json(row)
    shown = what_is_shown(row)
    return Response(status=204) if is_shown(shown["shown"]) else render_run(shown)


@blueprint.get("/runs/<uuid:uuid>/log/")
def log(uuid: UUID) -> ResponseReturnValue:
    """The log lines and API calls of a run."""
    row, lines, calls = run_or_404(uuid), run_lines(uuid), run_calls(uuid)
    version = version_of(row.state, lines, calls)
    if is_shown(version):
        return Response(status=204)
    template = "ops/_log.html" if wants_fragment() else "ops/log.html"
    return render_template(template, run=row, lines=lines, calls=calls, shown=version)


@blueprint.get("/runs/causes/")
def causes() -> str:
    """The panel above the list: why runs fail, how long they take, and how many end in an hour."""
    hours = [(f"{hour.hour:%H:%M}", hour.runs) for hour in run_hours()]
    return render_template(
        "ops/_causes.html" if wants_fragment() else "ops/causes.html",
        causes=run_causes(),
        durations=run_durations(),
        ended=sum(runs for _, runs in hours),
        busiest=max(runs for _, runs in hours),
        drawn=count_spark(hours, "runs ended per hour"),
        is_final=is_final,
        tasks=TASKS,
    )


def _version(found: RunList) -> str:
    """Returns a token that changes with what the list shows of its runs."""
    # A heartbeat is not shown; an age is, and changes while the run stands still.
    shown = [(run._replace(heartbeat_at=None, pages=0), age(run.created_at)) for run in found.runs]
    return version_of(shown, found.before)


def show_run(row: RunRow) -> str:
    """Renders the page of a run, or its fragment."""
    return render_run(what_is_shown(row))


def render_run(shown: dict[str, Any]) -> str:
    """Renders the page of a run, or its fragment, from what it shows."""
    return render_template("ops/_run.html" if wants_fragment() else "ops/run.html", **shown)


def shown_arguments(row: RunRow) -> list[tuple[str, str]]:
    """Returns the arguments of a run; of others' files only the name, unless an admin reads.

    The URL of a table has the filters of its page, which the reader may not be allowed to open.
    """
    is_open = row.task != "write_table" or row.requester == current_user.email or current_user.role == "admin"
    return arguments(row) if is_open else [("title", row.args["title"])]


def what_is_shown(row: RunRow) -> dict[str, Any]:
    """Returns what the page of a run shows; `shown` is its version."""
    found = {
        "run": row,
        "words": progress(row, runs_ahead(row.uuid) if row.state == "queued" else 0),
        "attempts": run_attempts(row.uuid),
        "refusals": run_refusals(row.uuid),
        "children": run_children(row.uuid),
    }
    return {
        **found,
        "shown": version_of(found),
        "queue": QUEUES[row.queue].label,
        "title": TASKS.get(row.task, row.task),
        "subject": subject(row),
        "arguments": shown_arguments(row),
        "tasks": TASKS,
        "retryable": row.state in RETRYABLE,
    }
