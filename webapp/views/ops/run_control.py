"""What operators do with runs: call one off, try again what ended badly, one or many."""

import json
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.lib.formats import counted, exact
from webapp.models import JobRun
from webapp.queries.ops.runs import runs_to_retry
from webapp.views.ops.runs import show_run
from webapp.views.shared.confirming import ask, confirmed
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.parameters import choice
from webapp.views.shared.wording import TASKS
from webapp.work.run_control import RETRYABLE, Retry, cancel_runs, foreseen_calls, retry_runs, retryable

MOST_CHOSEN = 200
MOST_RETRIED = 1000
"""Runs that one press tries again; the next press takes more."""
UNDO = "A run that has not ended can be cancelled"

blueprint = Blueprint("run_control", __name__, url_prefix="/ops/runs")


@blueprint.post("/<uuid:uuid>/cancel/")
@limits.changes
def cancel(uuid: UUID) -> ResponseReturnValue:
    """Calls off a run that waits or runs."""
    run = run_or_404(uuid)
    if not cancel_runs([uuid], current_user.email):
        abort(409, f"Run {run.number} has {run_or_404(uuid).state} already: there is nothing to cancel.")
    said = f"Run {exact(run.number)} was cancelled."
    if wants_fragment():
        response = make_response(show_run(run_or_404(uuid)))
        response.headers["HX-Trigger"] = json.dumps({"toast": {"kind": "success", "text": said}})
        return response
    flash(said, "success")
    return redirect(url_for("ops.run", uuid=uuid), 303)


@blueprint.post("/<uuid:uuid>/retry/")
@limits.changes
def retry(uuid: UUID) -> ResponseReturnValue:
    """Tries a run again that ended badly, ahead of what nobody waits for, and leads to the new run."""
    run = run_or_404(uuid)
    retries = retry_runs([uuid], current_user.id, "interactive")
    if not retries:
        abort(409, f"Run {run.number} is {run.state}: only what ended badly can be tried again.")
    flash(_told(retries), "success")
    return redirect(url_for("ops.run", uuid=retries[0].run.uuid), 303)


@blueprint.post("/cancel/")
@limits.changes
def cancel_chosen() -> ResponseReturnValue:
    """Calls off those of the chosen runs that wait or run."""
    chosen = _chosen()
    cancelled = cancel_runs(chosen, current_user.email)
    flash(_cancelled(len(cancelled), len(chosen)), "success" if cancelled else "info")
    return redirect(url_for("ops.runs"), 303)


@blueprint.post("/retry/")
@limits.changes
def retry_chosen() -> ResponseReturnValue:
    """Tries those of the chosen runs again that ended badly, after asking."""
    return _retry(retryable(_chosen()), "the chosen runs that ended badly", url_for("ops.runs"))


@blueprint.post("/retry-all/")
@limits.changes
def retry_all() -> ResponseReturnValue:
    """Tries all runs of a task again that ended in one of the bad states, after asking."""
    state, task = choice(request.form, "state", RETRYABLE), choice(request.form, "task", tuple(TASKS))
    found = runs_to_retry(state, task, MOST_RETRIED)
    what = f"{state} runs of '{TASKS[task]}' that nothing of the same subject came after"
    of = f" (the newest of {exact(found.total)})" if found.total > len(found.uuids) else ""
    return _retry(retryable(found.uuids), what + of, url_for("ops.runs", state=state, task=task))


def _retry(runs: Sequence[JobRun], what: str, back: str) -> ResponseReturnValue:
    """Asks first, with how many and at what cost."""
    if not runs:
        flash(
            "There is nothing to try again: no such run ended badly, or a later one took its place.", "info"
        )
        return redirect(back, 303)
    calls = sum(map(foreseen_calls, runs))
    if not confirmed(calls):
        lines = [
            f"{counted(len(runs), 'run')}: {what}.",
            "Each is asked for again with the same arguments, unless a run of its subject is under way.",
        ]
        button = f"Retry {counted(len(runs), 'run')}"
        return ask("Retry runs", lines, calls=calls, button=button, back=back, undo=UNDO)
    retries = retry_runs([run.uuid for run in runs], current_user.id)
    flash(_told(retries), "success")
    return redirect(url_for("ops.runs"), 303)


def _chosen() -> list[UUID]:
    """The runs that were ticked."""
    written = request.form.getlist("chosen")
    if not written:
        abort(400, "Choose at least one run.")
    if len(written) > MOST_CHOSEN:
        abort(400, f"Choose {MOST_CHOSEN} runs at most.")
    try:
        return [UUID(text) for text in written]
    except ValueError:
        abort(400, "chosen must hold the uuids of runs.")


def _cancelled(done: int, chosen: int) -> str:
    others = chosen - done
    if not done:
        return "Nothing was cancelled: none of the chosen runs waits or runs."
    rest = f" {exact(others)} had ended before." if others else ""
    return f"{counted(done, 'run')} cancelled.{rest}"


def _told(retries: Sequence[Retry]) -> str:
    new = sum(retry.run.created for retry in retries)
    met = len(retries) - new
    if not new:
        return "Under way already: what was asked for is met by a run that waits or runs."
    rest = f" {exact(met)} met a run that is under way already." if met else ""
    return f"{counted(new, 'run')} asked for again.{rest}"
