"""What a fetch notes of its series, and the history that it leads to."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from jobs.audience_fetch import FIRST_DAYS
from tests.factories import stored
from tests.jobs.test_audience import last_run, process, state_of, track
from tests.sandbox_server import SEED_TRACK, Sandbox

__all__ = ["track"]


def test_a_series_names_the_run_that_fetched_it_last(track: int, database: psycopg.Connection) -> None:
    process()
    (first,) = database.execute("SELECT uuid FROM job_runs WHERE task = 'fetch_audience'").fetchall()
    assert state_of(track, "spotify", database).run_uuid == first[0]
    process(force=True)
    assert state_of(track, "spotify", database).run_uuid == last_run().uuid != first[0]


def test_a_history_of_one_day_is_fetched_too(track: int, database: psycopg.Connection) -> None:
    released = datetime.now(UTC).date() - timedelta(days=FIRST_DAYS)
    database.execute("UPDATE tracks SET release_date = %s", [released])
    process()
    history = database.execute("SELECT args FROM job_runs WHERE task = 'backfill_audience'").fetchall()
    assert [(args["start"], args["end"]) for (args,) in history] == [(str(released), str(released))]


@pytest.mark.parametrize("days", [1, 3])
def test_corrections_alone_are_a_new_version_of_the_series(
    track: int, database: psycopg.Connection, sandbox: Sandbox, days: int
) -> None:
    process()
    version = state_of(track, "spotify", database).version
    for _, day, value in stored(database, track)[-10:][:days]:
        sandbox.correct(SEED_TRACK, "spotify", day, value=value + 1)
    result = process(force=True)
    assert (result["records_created"], result["records_updated"]) == (0, days)
    assert state_of(track, "spotify", database).version == version + 1
