"""Runs called off and tried again while a real worker carries them out."""

import psycopg
import pytest
from flask import Flask

from jobs.tasks import TASKS
from tests.factories import make_track, platform_id
from tests.jobs.test_worker import finish_everything, wait_for, worker
from tests.sandbox_server import Sandbox
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.work.queue import LiveRun, queued_ids, submit
from webapp.work.requests import audience_request
from webapp.work.run_control import cancel_runs, foreseen_calls, retry_runs, retryable

SLOW_SECONDS = 4


@pytest.fixture
def live(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> LiveRun:
    track = db.session.get_one(Track, make_track(database))
    return submit(audience_request(track, db.session.get_one(Platform, platform_id(database, "spotify"))))


def outcome(connection: psycopg.Connection, live: LiveRun) -> tuple[str, int, str]:
    """State, attempts begun, and error."""
    row = connection.execute(
        "SELECT state, attempt, error FROM job_runs WHERE uuid = %s", [live.uuid]
    ).fetchone()
    assert row is not None
    return (row[0], row[1], row[2])


def values(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM track_audience_time_series").fetchone()
    assert row is not None
    return int(row[0])


def test_cancelled_while_it_waits_it_never_begins(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings: Settings, live: LiveRun
) -> None:
    assert [run.was for run in cancel_runs([live.uuid], "olga@example.com")] == ["queued"]
    assert cancel_runs([live.uuid], "olga@example.com") == []
    with worker(settings):
        wait_for(lambda: not queued_ids(), "the worker to take the job")
        finish_everything(app, database)
    assert outcome(database, live) == ("cancelled", 0, "")
    assert sandbox.calls() == 0
    assert database.execute("SELECT count(*) FROM run_attempts").fetchone() == (0,)


def test_cancelled_while_it_runs_it_leaves_nothing_and_a_new_one_is_whole(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings: Settings, live: LiveRun
) -> None:
    sandbox.fault("/audience/spotify", "slow", times=1, seconds=SLOW_SECONDS)
    with worker(settings):
        wait_for(lambda: outcome(database, live)[0] == "running", "the run to begin")
        assert [run.was for run in cancel_runs([live.uuid], "olga@example.com")] == ["running"]
        # The subject is free at once, and nobody waits for the worker to notice.
        [retry] = retry_runs([live.uuid], None)
        assert retry.run.created
        wait_for(lambda: outcome(database, retry.run)[0] == "succeeded", "the retry to succeed")
        finish_everything(app, database)
    assert outcome(database, live) == ("cancelled", 1, "")
    created = database.execute("SELECT records_created FROM job_runs ORDER BY number").fetchall()
    assert created[0] == (0,)
    assert values(database) == sum(count for (count,) in created)
    assert database.execute("SELECT ending FROM run_attempts ORDER BY started_at LIMIT 1").fetchone() == (
        "cancelled",
    )


def test_a_cancelled_run_requests_no_further_page(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings: Settings, live: LiveRun
) -> None:
    """Two years are nine calls; the run ends at the first page that comes after it was called off."""
    database.execute(
        """UPDATE job_runs SET args = args || '{"start": "2024-01-01", "end": "2025-12-31"}', forced = true"""
    )
    sandbox.fault("/audience/spotify", "slow", times=1, seconds=SLOW_SECONDS)
    with worker(settings):
        wait_for(sandbox.calls, "the API to be asked")
        cancel_runs([live.uuid], "olga@example.com")
    assert sandbox.calls() == 1
    assert values(database) == 0


@pytest.mark.parametrize("ended", ["failed", "dead"])
def test_what_ended_badly_succeeds_when_it_is_tried_again(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings: Settings, live: LiveRun, ended: str
) -> None:
    fault, times = ("forbidden", 1) if ended == "failed" else ("server_error", 3)
    sandbox.fault("/audience/spotify", fault, times=times)
    if ended == "dead":
        database.execute("UPDATE job_runs SET max_attempts = 1")
    with worker(settings):
        wait_for(lambda: outcome(database, live)[0] == ended, f"the run to be {ended}")
        [retry] = retry_runs([live.uuid], None, "interactive")
        finish_everything(app, database)
    assert outcome(database, live)[:2] == (ended, 1)
    assert outcome(database, retry.run) == ("succeeded", 1, "")
    assert values(database) > 80


COSTS = [
    ("fetch_audience", {"track_uuid": None}, 0, 1),
    ("fetch_audience", {"start": "2026-01-01", "end": "2026-03-31"}, 0, 1),
    ("backfill_audience", {"start": "2024-01-01", "end": "2026-01-01"}, 2, 9),
    ("fetch_metadata", {"track_uuids": ["a", "b"]}, 1, 5),
    ("fetch_artists", {"artist_uuids": ["a"] * 21}, 0, 2),
    ("discover_charts", {"platform": ""}, 7, 7),
    ("sync_chart", {"chart": "x"}, 3, 3),
    ("accept_ranking", {"chart": "x"}, 0, 0),
    ("search_soundcharts", {"term": "x"}, 0, 1),
    ("write_table", {"url": "/tracks/tracks.xlsx"}, 0, 0),
]


@pytest.mark.parametrize(("task", "args", "made", "calls"), COSTS)
def test_what_a_retry_costs(
    app: Flask, database: psycopg.Connection, task: str, args: dict[str, object], made: int, calls: int
) -> None:
    assert task in TASKS
    row = database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state, calls) VALUES (%s, %s, 'default', 'x',"
        " 'failed', %s) RETURNING uuid",
        [task, psycopg.types.json.Jsonb(args), made],
    ).fetchone()
    assert row is not None
    [run] = retryable([row[0]])
    assert foreseen_calls(run) == calls
