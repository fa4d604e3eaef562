"""Queues that wait: for an operator, for the reserve's sake, or because their share is used."""

import subprocess
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st
from redis import Redis

from jobs.quota import settle_pauses
from jobs.runs import execute, reconcile, take
from tests import ROOT
from tests.factories import make_track, platform_id
from tests.jobs.test_worker import WORKER, worker_environment
from tests.sandbox_server import Sandbox
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.queries import statement
from webapp.queries.ops.quota import used_by_queue
from webapp.work.billing import billing_period
from webapp.work.queue import QUEUES, LiveRun, queued_ids, submit
from webapp.work.requests import audience_request

Rows = list[tuple[str, str]]


@pytest.fixture
def live(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> dict[str, LiveRun]:
    """A run of the audience of one track on each queue, old enough to be sent by the sweep."""
    track = db.session.get_one(Track, make_track(database))
    made = {}
    for queue, slug in zip(QUEUES, ("spotify", "youtube", "shazam", "tiktok"), strict=True):
        platform = db.session.get_one(Platform, platform_id(database, slug))
        made[queue] = submit(audience_request(track, platform, queue=queue))
    db.session.rollback()
    database.execute("UPDATE job_runs SET created_at = created_at - interval '1 minute'")
    return made


def pause(database: psycopg.Connection, *queues: str, kind: str = "operator") -> None:
    for queue in queues:
        database.execute(
            "INSERT INTO queue_pauses (queue, kind) VALUES (%s, %s) ON CONFLICT DO NOTHING", [queue, kind]
        )


def resume(database: psycopg.Connection, *queues: str) -> None:
    database.execute("DELETE FROM queue_pauses WHERE queue = ANY(%s)", [list(queues)])


def pauses(database: psycopg.Connection) -> Rows:
    return database.execute("SELECT queue, kind FROM queue_pauses ORDER BY kind, queue").fetchall()


def states(database: psycopg.Connection, live: dict[str, LiveRun]) -> dict[str, tuple[str, int]]:
    found = database.execute("SELECT uuid, state, attempt FROM job_runs").fetchall()
    by_uuid = {uuid: (state, attempt) for uuid, state, attempt in found}
    return {queue: by_uuid[run.uuid] for queue, run in live.items()}


def set_to(database: psycopg.Connection, **values: int) -> None:
    for name, value in values.items():
        database.execute(
            "INSERT INTO app_settings (name, value) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )


def told(
    database: psycopg.Connection,
    left: int | None,
    queue: str = "default",
    *,
    calls: int = 1,
    ago: timedelta = timedelta(0),
    endpoint: str = "song_audience",
    status: int = 200,
) -> None:
    """Stores successful calls, and the quota left that they reported."""
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left, queue)"
        " SELECT %s - number * interval '1 microsecond', %s, '', %s, 1, %s, %s"
        " FROM generate_series(1, %s) AS number",
        [datetime.now(UTC) - ago, endpoint, status, left, queue, calls],
    )


@pytest.mark.parametrize("kind", ["operator", "reserve", "share"])
@pytest.mark.parametrize("queue", tuple(QUEUES))
def test_a_paused_queue_waits_without_spending_attempts_and_others_go_on(
    live: dict[str, LiveRun], database: psycopg.Connection, redis: Redis, queue: str, kind: str
) -> None:
    pause(database, queue, kind=kind)
    for _again in range(2):
        for run in live.values():
            execute(str(run.uuid))
        found = states(database, live)
        assert found.pop(queue) == ("queued", 0)
        assert set(found.values()) == {("succeeded", 1)}
    redis.flushdb()
    reconcile()
    # A run that succeeded has led to a back-fill, which may wait as well.
    assert str(live[queue].uuid) not in queued_ids()
    resume(database, queue)
    reconcile()
    assert str(live[queue].uuid) in queued_ids()
    execute(str(live[queue].uuid))
    assert states(database, live)[queue] == ("succeeded", 1)


def test_real_workers_leave_a_paused_queue_alone(
    live: dict[str, LiveRun], database: psycopg.Connection, redis: Redis, settings: Settings
) -> None:
    """A run that a worker took from Redis is not lost: the sweep sends it again after the pause."""
    pause(database, "default", "backfill")
    work(settings)
    assert queued_ids() == set()
    found = states(database, live)
    assert [found[queue] for queue in QUEUES] == [("succeeded", 1)] * 2 + [("queued", 0)] * 2
    resume(database, "default", "backfill")
    database.execute("UPDATE job_runs SET created_at = created_at - interval '1 minute'")
    reconcile()
    work(settings)
    assert set(states(database, live).values()) == {("succeeded", 1)}


def work(settings: Settings) -> None:
    """A worker that ends when nothing waits in Redis."""
    command = [*WORKER, "--burst", *QUEUES]
    environment = worker_environment(settings)
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)


Step = tuple[Literal["pause", "resume", "take", "put back"], str]
STEPS = st.lists(
    st.tuples(st.sampled_from(["pause", "resume", "take", "put back"]), st.sampled_from(tuple(QUEUES))),
    max_size=25,
)


@given(steps=STEPS)
@trials(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_no_run_of_a_paused_queue_is_taken(
    live: dict[str, LiveRun], database: psycopg.Connection, steps: list[Step]
) -> None:
    """And one of a queue that is not paused always is, at its first attempt that counts."""
    database.execute("UPDATE job_runs SET state = 'queued', attempt = 0; DELETE FROM queue_pauses")
    paused: set[str] = set()
    running: dict[str, int] = {}
    attempts = dict.fromkeys(QUEUES, 0)
    for step, queue in steps:
        uuid: UUID = live[queue].uuid
        if step == "pause":
            pause(database, queue)
            paused.add(queue)
        elif step == "resume":
            resume(database, queue)
            paused.discard(queue)
        elif step == "take":
            run = take(uuid)
            db.session.commit()
            assert (run is not None) == (queue not in paused and queue not in running)
            if run is not None:
                attempts[queue] += 1
                running[queue] = run.attempt
        else:
            database.execute("UPDATE job_runs SET state = 'queued' WHERE uuid = %s", [uuid])
            running.pop(queue, None)
        assert due_runs() == {str(live[each].uuid) for each in QUEUES if each not in paused | running.keys()}
    found = states(database, live)
    assert {queue: attempt for queue, (_state, attempt) in found.items()} == attempts


def due_runs() -> set[str]:
    """Returns the runs that the sweep would send."""
    found = db.session.execute(statement("runs_due"), {"most": 100, "settled": 0}).all()
    db.session.commit()
    return {str(run.uuid) for run in found}


OTHERS = ("backfill", "default", "sync")


@pytest.mark.parametrize(
    ("reserve", "left", "waits"),
    [(0, 0, False), (0, 5, False), (100, 101, False), (100, 100, True), (100, 3, True), (100, None, False)],
)
def test_a_reserve_is_kept_for_what_people_ask_for(
    live: dict[str, LiveRun], database: psycopg.Connection, reserve: int, left: int | None, *, waits: bool
) -> None:
    set_to(database, reserve_calls=reserve)
    told(database, left)
    assert settle_pauses() == len(OTHERS) * waits
    assert pauses(database) == [(queue, "reserve") for queue in OTHERS if waits]
    lasting = database.execute("SELECT DISTINCT lasts_until FROM queue_pauses").fetchall()
    assert lasting == [(billing_period().ends_at,)] * waits
    assert take(live["interactive"].uuid) is not None
    assert (take(live["sync"].uuid) is None) == waits


def test_near_the_end_of_the_quota_only_people_spend_the_rest(
    live: dict[str, LiveRun], database: psycopg.Connection, sandbox: Sandbox
) -> None:
    """Each run here costs a call, and its history would cost a dozen."""
    set_to(database, reserve_calls=50)
    sandbox.quota(51)
    execute(str(live["sync"].uuid))
    settle_pauses()
    calls = sandbox.calls()
    for run in live.values():
        execute(str(run.uuid))
    assert sandbox.calls() - calls == 1
    assert states(database, live)["interactive"] == ("succeeded", 1)
    assert states(database, live)["default"] == ("queued", 0)


def test_the_reserve_is_given_free_when_the_free_usage_shows_more(
    live: dict[str, LiveRun], database: psycopg.Connection, sandbox: Sandbox
) -> None:
    """The quota may be renewed on any day, and usage is not checked at every tick."""
    set_to(database, reserve_calls=50)
    sandbox.quota(20)
    told(database, 20)
    assert settle_pauses() == 3
    assert settle_pauses() == 3
    sandbox.quota(1000)
    assert settle_pauses() == 3
    assert sandbox.calls() == 1
    database.execute("UPDATE api_calls SET started_at = started_at - interval '11 minutes'")
    assert settle_pauses() == 0
    assert pauses(database) == []


def test_a_usage_that_cannot_be_read_changes_nothing(
    live: dict[str, LiveRun], database: psycopg.Connection, sandbox: Sandbox
) -> None:
    set_to(database, reserve_calls=50)
    told(database, 20)
    settle_pauses()
    sandbox.fault("/team/usage", "forbidden", times=9)
    assert settle_pauses() == 3


def test_what_was_left_of_the_last_period_is_no_reason_to_wait(
    live: dict[str, LiveRun], database: psycopg.Connection
) -> None:
    set_to(database, reserve_calls=50, share_default=1)
    told(database, 20, calls=500, ago=datetime.now(UTC) - billing_period().began_at + timedelta(seconds=1))
    pause(database, "sync", kind="reserve")
    told(database, None, endpoint="usage", status=403)
    assert settle_pauses() == 0
    assert pauses(database) == []


@pytest.mark.parametrize(
    ("used", "left", "share", "waits"),
    [
        ({"backfill": 19}, 81, 20, False),
        ({"backfill": 20}, 80, 20, True),
        ({"backfill": 20, "sync": 100}, 80, 20, False),
        ({"backfill": 20, "": 1}, 80, 20, False),
        ({"backfill": 100}, 0, 100, False),
        ({"sync": 90}, 10, 20, False),
    ],
)
def test_a_queue_waits_once_its_share_of_the_period_is_used(
    live: dict[str, LiveRun],
    database: psycopg.Connection,
    used: dict[str, int],
    left: int,
    share: int,
    *,
    waits: bool,
) -> None:
    """The share is of all calls of the period: those used by whomever, and those left."""
    set_to(database, share_backfill=share)
    for queue, calls in used.items():
        told(database, left, queue, calls=calls)
    told(database, None, "backfill", calls=500, status=503)
    told(database, None, "backfill", calls=500, endpoint="usage")
    assert settle_pauses() == waits
    assert pauses(database) == [("backfill", "share")] * waits
    assert (take(live["backfill"].uuid) is None) == waits
    assert take(live["default"].uuid) is not None
    set_to(database, share_backfill=100)
    assert settle_pauses() == 0


def test_calls_are_counted_for_the_queue_of_their_run(
    live: dict[str, LiveRun], database: psycopg.Connection
) -> None:
    for run in live.values():
        execute(str(run.uuid))
    assert set(used_by_queue(billing_period().began_at)) == set(QUEUES)


def test_the_schedule_leaves_an_operators_pause_alone(
    live: dict[str, LiveRun], database: psycopg.Connection
) -> None:
    set_to(database, reserve_calls=50)
    pause(database, "default", "interactive")
    told(database, 20)
    settle_pauses()
    told(database, 2000)
    settle_pauses()
    assert pauses(database) == [("default", "operator"), ("interactive", "operator")]
