"""The list of runs as a file."""

from collections.abc import Sequence

from flask import Blueprint, request

from webapp.queries import BLOCK
from webapp.queries.ops.runs import RunRow, run_list, run_total
from webapp.views.ops.filters import RunListState
from webapp.views.shared.tables import FILE, Fields, Sheet, every, most_rows, sheet, table_file
from webapp.views.shared.wording import subject
from webapp.work.requests import TASKS

RUNS: Fields = {
    "Number": lambda run: run.number,
    "State": lambda run: run.state,
    "Error": lambda run: run.error or None,
    "Task": lambda run: TASKS.get(run.task, run.task),
    "Subject": lambda run: subject(run) or None,
    "Requested by": lambda run: run.requester or "Schedule",
    "Requested": lambda run: run.created_at,
    "Started": lambda run: run.started_at,
    "Ended": lambda run: run.finished_at,
    "Attempt": lambda run: run.attempt,
    "Calls": lambda run: run.calls,
    "New": lambda run: run.records_created,
    "Changed": lambda run: run.records_updated,
    "Unchanged": lambda run: run.records_unchanged,
    "Uuid": lambda run: str(run.uuid),
}

blueprint = Blueprint("run_files", __name__, url_prefix="/ops")


@blueprint.get(f"/runs.{FILE}")
@table_file
def runs() -> Sheet:
    """The runs of the list with its filters, newest first."""
    state = RunListState.read(request.args)
    narrow = state.narrow

    def page(before: int | None) -> tuple[Sequence[RunRow], int | None]:
        return run_list(narrow, before, size=BLOCK)

    return sheet(
        "runs",
        RUNS,
        every(page),
        total=run_total(narrow, most_rows() + 1),
        filters=state.filters,
        order="by number, newest first",
        query=state.arguments(),
    )
