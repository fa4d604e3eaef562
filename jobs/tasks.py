"""The tasks by the names under which they are wished for."""

from collections.abc import Callable

from jobs.audience_fetch import backfill_audience, fetch_audience
from jobs.heart import Heart
from jobs.metadata import fetch_metadata
from jobs.runs import Done, Run

Task = Callable[[Run, Heart], Done]
"""Makes its API calls with no transaction open, then leaves its writes uncommitted in the session."""

TASKS: dict[str, Task] = {
    "fetch_audience": fetch_audience,
    "backfill_audience": backfill_audience,
    "fetch_metadata": fetch_metadata,
}
