"""The state of a run on pages that follow it while it is live."""

from webapp.queries.ops.runs import RunRow, runs_ahead
from webapp.views.shared.htmx import version_of
from webapp.views.shared.wording import progress


def followed(row: RunRow) -> dict[str, str]:
    """Returns the state of a run in `words`, and `shown`, their version for polls."""
    words = progress(row, runs_ahead(row.uuid) if row.state == "queued" else 0)
    return {"words": words, "shown": version_of(words)}
