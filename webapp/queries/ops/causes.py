"""Why runs fail, how long runs take, and how many end in an hour."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows

MOST_CAUSES = 20
MOST_RETRIED = 1000
"""The most runs of one bulk retry."""


class Cause(NamedTuple):
    """Runs of a task that ended with the same error; number, error and first uuid are those of the newest.

    `uuids` are the newest MOST_RETRIED of its `runs`; `key` names the cause.
    """

    task: str
    key: str
    runs: int
    ended_at: datetime
    number: int
    error: str
    uuids: list[UUID]


class Duration(NamedTuple):
    """How many runs of a task ended, and the seconds that 50 % and 95 % of them took at most."""

    task: str
    runs: int
    half: float
    most: float


class RunHour(NamedTuple):
    """The runs that ended in an hour."""

    hour: datetime
    runs: int


def run_causes() -> list[Cause]:
    """Returns the causes of runs that failed in 7 days without a later run, most frequent first."""
    return rows(Cause, "run_causes", most=MOST_RETRIED, size=MOST_CAUSES)


def run_durations() -> list[Duration]:
    """Returns the durations of the last 24 hours by task, most runs first."""
    return rows(Duration, "run_durations")


def run_hours() -> list[RunHour]:
    """Returns the runs ended in each of the last 24 hours, in order."""
    return rows(RunHour, "run_hours")
