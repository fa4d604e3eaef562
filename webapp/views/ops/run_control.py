"""Actions of operators on runs: cancel and retry, for one or many."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.lib.formats import counted, exact
from webapp.models import JobRun
from webapp.queries.ops.causes import MOST_RETRIED, run_causes
from webapp.queries.ops.runs import runs_to_retry
from webapp.views.ops.runs import show_run
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.htmx import with_toast
from webapp.views.shared.parameters import choice
from webapp.views.shared.wording import STATES
from webapp.work.requests import TASKS
from webapp.work.run_control import RETRYABLE, Retry, cancel_runs, foreseen_calls, retry_runs, retryable

MOST_CHOSEN = 200
UNDO = "Queued and running runs can be cancelled."

blueprint = Blueprint("run_control", __name__, url_prefix="/ops/runs")


@blueprint.post("/<uuid:uuid>/cancel/")
@limits.changes
def cancel(uuid: UUID) -> ResponseReturnValue:
    """Cancels a queued or running run."""
    run = run_or_404(uuid)
    if not cancel_runs([uuid], current_user.email):
        abort(409, f"Run {run.number} cannot be cancelled; its state is “{STATES[run_or_404(uuid).state]}”.")
    words = f"Run {exact(run.number)} was cancelled."
    if wants_fragment():
        return with_toast(show_run(run_or_404(uuid)), {"kind": "success", "text": words})
    flash(words, "success")
    return redirect(url_for("ops.run", uuid=uuid), 303)


@blueprint.post("/<uuid:uuid>/retry/")
@limits.changes
def retry(uuid: UUID) -> ResponseReturnValue:
    """Retries a failed run ahead of scheduled ones and redirects to the new run."""
    run = run_or_404(uuid)
    retries = retry_runs([uuid], current_user.id, "interactive")
    if not retries:
        abort(409, f"Run {run.number} cannot be retried; its state is “{STATES[run.state]}”.")
    flash(_retried(retries), "success")
    return redirect(url_for("ops.run", uuid=retries[0].run.uuid), 303)


@blueprint.post("/cancel/")
@limits.changes
def cancel_chosen() -> ResponseReturnValue:
    """Cancels the chosen runs that are queued or running."""
    chosen = _chosen()
    cancelled = cancel_runs(chosen, current_user.email)
    flash(_cancelled(len(cancelled), len(chosen)), "success" if cancelled else "info")
    return redirect(url_for("ops.runs"), 303)


@blueprint.post("/retry/")
@limits.changes
def retry_chosen() -> ResponseReturnValue:
    """Retries the chosen runs that failed, after confirmation."""
    return _retry(retryable(_chosen()), "the selected runs that failed", url_for("ops.runs"))


@blueprint.post("/retry-all/")
@limits.changes
def retry_all() -> ResponseReturnValue:
    """Retries all failed runs of a task in one state, after confirmation."""
    state, task = choice(request.form, "state", RETRYABLE), choice(request.form, "task", tuple(TASKS))
    found = runs_to_retry(state, task, MOST_RETRIED)
    what = f"'{TASKS[task]}', state “{STATES[state]}”, without a newer run of the same subject"
    of = f" (the newest of {exact(found.total)})" if found.total > len(found.uuids) else ""
    return _retry(retryable(found.uuids), what + of, url_for("ops.runs", state=state, task=task))


@blueprint.post("/retry-cause/")
@limits.changes
def retry_cause() -> ResponseReturnValue:
    """Retries the runs of a cause, after confirmation."""
    key = request.form.get("key", "")
    cause = next((found for found in run_causes() if found.key == key), None)
    if cause is None:
        return _retry([], "", url_for("ops.runs"))
    of = f" (the newest of {exact(cause.runs)})" if cause.runs > len(cause.uuids) else ""
    what = f"'{TASKS.get(cause.task, cause.task)}' with this cause{of}, such as: {cause.error.rstrip('.')}"
    return _retry(retryable(cause.uuids), what, url_for("ops.runs"))


def _retry(runs: Sequence[JobRun], what: str, back: str) -> ResponseReturnValue:
    """Retries runs, after confirmation of their number and cost."""
    if not runs:
        flash("Nothing to retry: no such run failed, or a newer one replaced it.", "info")
        return redirect(back, 303)
    calls = sum(map(foreseen_calls, runs))
    if not confirmed(calls):
        lines = [
            f"{counted(len(runs), 'run')}: {what}.",
            "Each is requested again with the same arguments, unless a run of its subject is live.",
        ]
        button = f"Retry {counted(len(runs), 'run')}"
        return confirmation_page("Retry runs", lines, calls=calls, button=button, back=back, undo=UNDO)
    retries = retry_runs([run.uuid for run in runs], current_user.id)
    flash(_retried(retries), "success")
    return redirect(url_for("ops.runs"), 303)


def _chosen() -> list[UUID]:
    """Reads the uuids of the chosen runs."""
    written = request.form.getlist("chosen")
    if not written:
        abort(400, "Select at least one run.")
    if len(written) > MOST_CHOSEN:
        abort(400, f"Select at most {MOST_CHOSEN} runs.")
    try:
        return [UUID(text) for text in written]
    except ValueError:
        abort(400, "chosen must be uuids of runs.")


def _cancelled(done: int, chosen: int) -> str:
    others = chosen - done
    if not done:
        return "Nothing cancelled: none of the selected runs is queued or running."
    rest = f" {exact(others)} had already ended." if others else ""
    return f"{counted(done, 'run')} cancelled.{rest}"


def _retried(retries: Sequence[Retry]) -> str:
    new = sum(retry.run.created for retry in retries)
    met = len(retries) - new
    if not new:
        return "Already queued or running; no new run was needed."
    rest = f" {exact(met)} already queued or running." if met else ""
    return f"{counted(new, 'run')} requested again.{rest}"
