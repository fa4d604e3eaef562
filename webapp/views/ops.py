"""Runs, for operators: what was asked for, by whom, and what became of it."""

import re
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from webapp.queries.runs import run_calls, run_children, run_list, runs_ahead
from webapp.security import wants_fragment
from webapp.views.finding import run_or_404
from webapp.views.wording import STATES, TASKS, arguments, changes, progress, subject

blueprint = Blueprint("ops", __name__, url_prefix="/ops")


@blueprint.get("/runs/")
def runs() -> str:
    """The list, newest first; `state` and `task` choose, `before` leads on. Live rows update themselves."""
    state, task = _one_of("state", STATES), _one_of("task", tuple(TASKS))
    before = request.args.get("before", "")
    if before and not re.fullmatch(r"\d{1,18}", before, re.ASCII):
        abort(400, f"before must be the number of a run, not {before[:40]!r}.")
    found = run_list(state, task, int(before) if before else None)
    return render_template(
        "ops/_runs.html" if wants_fragment() else "ops/runs.html",
        found=found,
        state=state,
        task=task,
        before=before,
        states=STATES,
        tasks=TASKS,
        subject=subject,
        changes=changes,
    )


@blueprint.get("/runs/<uuid:uuid>/")
def run(uuid: UUID) -> str:
    """One run with its arguments, its calls to the API and the runs it led to."""
    row = run_or_404(uuid)
    return render_template(
        "ops/_run.html" if wants_fragment() else "ops/run.html",
        run=row,
        words=progress(row, runs_ahead(uuid) if row.state == "queued" else 0),
        title=TASKS.get(row.task, row.task),
        subject=subject(row),
        arguments=arguments(row),
        calls=run_calls(uuid),
        children=run_children(uuid),
        tasks=TASKS,
    )


def _one_of(name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.args.get(name, "")
    if value and value not in allowed:
        abort(400, f"{name} must be one of {', '.join(allowed)}, not {value[:40]!r}.")
    return value or None
