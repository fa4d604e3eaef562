"""A run as JSON."""

from datetime import UTC, datetime

from flask import Response, jsonify

from webapp.queries.ops.runs import RunRow, runs_ahead
from webapp.views.shared.wording import progress


def run_json(row: RunRow) -> Response:
    """Returns state, progress and result; the result is null while the run is live."""
    ahead = runs_ahead(row.uuid) if row.state == "queued" else 0
    result = {
        "created": row.records_created,
        "updated": row.records_updated,
        "unchanged": row.records_unchanged,
        "message": row.message,
        "error": row.error,
    }
    run = {
        "uuid": str(row.uuid),
        "number": row.number,
        "task": row.task,
        "state": row.state,
        "requested_by": row.requester,
        "created_at": _written(row.created_at),
        "started_at": _written(row.started_at),
        "finished_at": _written(row.finished_at),
        "attempt": row.attempt,
        "max_attempts": row.max_attempts,
        "progress": {"text": progress(row, ahead), "pages": row.pages, "calls": row.calls},
        "result": None if row.is_live else result,
    }
    return jsonify(success=True, run=run)


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
