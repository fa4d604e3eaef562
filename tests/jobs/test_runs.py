"""Runs: unique, taken once, finished once, and swept up after whatever befell their worker."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from redis import Redis

from jobs import runs
from jobs.contract import Done, Run
from jobs.heartbeat import Heartbeat, LostRunError
from jobs.runs import carry_out, reconcile, take
from jobs.schedule import SCHEDULE, sweep_audience, sweep_metadata, sweep_pause
from jobs.tasks import TASKS
from jobs.upserts import Counts
from tests import ROOT
from tests.factories import make_track, platform_id
from tests.jobs.test_worker import WORKER, worker_environment
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import JobRun, Platform, Track
from webapp.work import queue as queues
from webapp.work import requests
from webapp.work.queue import QUEUES, LiveRun, queued_ids, send, submit
from webapp.work.requests import audience_request


@pytest.fixture
def subject(app: Flask, database: psycopg.Connection) -> tuple[Track, Platform]:
    track = make_track(database)
    return db.session.get_one(Track, track), db.session.get_one(Platform, platform_id(database, "spotify"))


def run_of(live: LiveRun) -> JobRun:
    db.session.rollback()
    return db.session.get_one(JobRun, live.uuid)


def age(connection: psycopg.Connection) -> None:
    """Makes all runs old enough that nobody can still be sending them."""
    connection.execute("UPDATE job_runs SET created_at = created_at - interval '1 minute'")


def taken(uuid: UUID) -> Run:
    run = take(uuid)
    db.session.commit()
    assert run is not None
    return run


def test_every_task_that_can_be_requested_is_there() -> None:
    assert requests.TASKS.keys() == TASKS.keys()
    module, name = queues.EXECUTE.rsplit(".", 1)
    assert module == runs.__name__
    assert callable(getattr(runs, name))


def test_a_request_is_a_row_and_a_job(subject: tuple[Track, Platform], redis: Redis) -> None:
    live = submit(audience_request(*subject))
    assert (live.state, live.queue, live.created) == ("queued", "interactive", True)
    assert queued_ids() == {str(live.uuid)}
    assert run_of(live).args == {"track_uuid": SEED_TRACK, "platform": "spotify", "start": None, "end": None}


def test_many_requests_one_series_are_one_run(
    app: Flask, subject: tuple[Track, Platform], database: psycopg.Connection
) -> None:
    track_id, spotify = subject[0].id, subject[1].id

    def request(_number: int) -> UUID:
        with app.app_context():
            made = submit(
                audience_request(db.session.get_one(Track, track_id), db.session.get_one(Platform, spotify))
            )
            db.session.remove()
            return made.uuid

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(request, range(48)))) == 1
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (1,)


def test_a_forced_request_makes_a_queued_run_forced_and_more_urgent(subject: tuple[Track, Platform]) -> None:
    first = submit(audience_request(*subject, queue="backfill"))
    second = submit(audience_request(*subject, forced=True, queue="interactive"))
    assert second == LiveRun(first.uuid, "queued", "interactive", created=False)
    third = submit(audience_request(*subject, queue="default"))
    assert third.queue == "interactive"
    assert run_of(first).forced is True


def test_a_forced_request_requests_a_running_run_for_one_more_pass(
    subject: tuple[Track, Platform], monkeypatch: pytest.MonkeyPatch
) -> None:
    live = submit(audience_request(*subject))
    run = taken(live.uuid)
    assert submit(audience_request(*subject)).state == "running"
    assert run_of(live).again is None
    assert submit(audience_request(*subject, forced=True)).uuid == live.uuid

    monkeypatch.setitem(TASKS, "fetch_audience", lambda _run, _heartbeat: Done(Counts(1, 2, 3), "done"))
    carry_out(run)

    finished = run_of(live)
    assert (finished.state, finished.records_created, finished.records_unchanged) == ("succeeded", 1, 3)
    again = db.session.scalars(db.select(JobRun).where(JobRun.parent_uuid == live.uuid)).one()
    assert (again.state, again.forced, again.queue) == ("queued", True, "interactive")
    assert str(again.uuid) in queued_ids()


def test_a_run_is_taken_once(app: Flask, subject: tuple[Track, Platform]) -> None:
    uuid = submit(audience_request(*subject)).uuid

    def try_to_take(_number: int) -> bool:
        with app.app_context():
            run = take(uuid)
            db.session.commit()
            db.session.remove()
            return run is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_take, range(32))) == 1


def test_a_lost_attempt_keeps_nothing(
    subject: tuple[Track, Platform], database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was thought dead and comes back writes nothing and finishes nothing."""
    live = submit(audience_request(*subject))
    run = taken(live.uuid)

    def slow(_run: Run, _heartbeat: Heartbeat) -> Done:
        database.execute("UPDATE job_runs SET heartbeat_at = now() - interval '1 hour'")
        reconcile()
        assert take(live.uuid) is not None
        db.session.commit()
        db.session.execute(db.text("UPDATE tracks SET name = 'written by the lost attempt'"))
        return Done(Counts(9, 9, 9))

    monkeypatch.setitem(TASKS, "fetch_audience", slow)
    carry_out(run)

    assert (run_of(live).state, run_of(live).attempt) == ("running", 2)
    assert database.execute("SELECT name FROM tracks").fetchone() == ("bad guy",)
    assert run_of(live).records_created == 0


def test_a_cancelled_run_stops_at_its_next_page(
    app: Flask, subject: tuple[Track, Platform], database: psycopg.Connection
) -> None:
    run = taken(submit(audience_request(*subject)).uuid)
    with Heartbeat(db.engine, run.uuid, run.attempt) as heartbeat:
        heartbeat.page()
        database.execute("UPDATE job_runs SET state = 'cancelled'")
        with pytest.raises(LostRunError):
            heartbeat.page()


def test_a_bug_in_a_task_fails_the_run_and_hides_nothing(
    subject: tuple[Track, Platform], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_run: Run, _heartbeat: Heartbeat) -> Done:
        raise ZeroDivisionError("a secret detail")

    live = submit(audience_request(*subject))
    monkeypatch.setitem(TASKS, "fetch_audience", broken)
    with pytest.raises(ZeroDivisionError):
        carry_out(taken(live.uuid))
    assert run_of(live).state == "failed"
    assert "ZeroDivisionError" in run_of(live).error
    assert "secret" not in run_of(live).error
    assert "ZeroDivisionError" in caplog.text


def test_redis_emptied_with_runs_queued_loses_none(
    subject: tuple[Track, Platform], database: psycopg.Connection, redis: Redis
) -> None:
    track, spotify = subject
    platforms = db.session.scalars(db.select(Platform).where(Platform.has_song_audience)).all()
    live = {submit(audience_request(track, platform, queue="default")).uuid for platform in platforms}
    assert spotify in platforms
    redis.flushdb()
    assert queued_ids() == set()
    assert reconcile() == 0  # somebody may still be sending them
    age(database)
    assert reconcile() == len(live)
    assert queued_ids() == {str(uuid) for uuid in live}
    assert reconcile() == 0


def test_a_run_is_back_in_the_queue_when_its_time_has_come(
    subject: tuple[Track, Platform], database: psycopg.Connection, redis: Redis
) -> None:
    live = submit(audience_request(*subject))
    redis.flushdb()
    age(database)
    database.execute("UPDATE job_runs SET run_after = now() + interval '1 hour'")
    assert reconcile() == 0
    assert take(live.uuid) is None
    db.session.rollback()
    database.execute("UPDATE job_runs SET run_after = now()")
    assert reconcile() == 1


def test_a_missing_heartbeat_costs_an_attempt_until_all_are_spent(
    subject: tuple[Track, Platform], database: psycopg.Connection
) -> None:
    live = submit(audience_request(*subject))
    for attempt in range(1, 6):
        assert taken(live.uuid).attempt == attempt
        reconcile()
        assert run_of(live).state == "running"
        database.execute("UPDATE job_runs SET heartbeat_at = now() - interval '31 seconds'")
        reconcile()
        assert run_of(live).state == ("queued" if attempt < 5 else "dead")
    assert "stopped answering in attempt 5" in run_of(live).error
    assert run_of(live).finished_at is not None
    # A dead run is no longer in the way of a new request.
    assert submit(audience_request(*subject)).created is True


def test_a_request_is_accepted_without_redis(
    app: Flask, subject: tuple[Track, Platform], database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "redis", away)
        live = submit(audience_request(*subject))
        assert live.state == "queued"
    age(database)
    assert reconcile() == 1
    away.close()


def test_sent_twice_and_carried_out_leaves_nothing_in_redis(
    subject: tuple[Track, Platform], database: psycopg.Connection, redis: Redis, settings: Settings
) -> None:
    """The sweep may send what a worker is just taking: both jobs end, and neither leaves a key behind."""
    live = submit(audience_request(*subject))
    send(redis, "interactive", live.uuid)
    assert queued_ids() == {str(live.uuid)}
    env = worker_environment(settings)
    command = [*WORKER, "--burst", "interactive", "default"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, timeout=60)
    assert run_of(live).attempt == 1
    left = [key for key in redis.scan_iter("rq:job:*") if redis.ttl(key) == -1]
    assert left == []


def test_what_is_due_is_requested_once_and_leased(
    subject: tuple[Track, Platform], database: psycopg.Connection
) -> None:
    track, spotify = subject
    spotify_id, airplay = spotify.id, platform_id(database, "airplay")
    for platform in (spotify_id, airplay):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, due_at) VALUES (%s, %s, now())",
            [track.id, platform],
        )
    db.session.rollback()
    assert sweep_audience() == 1
    assert sweep_audience() == 0
    runs_wished = db.session.scalars(db.select(JobRun)).all()
    assert [(run.queue, run.args["platform"]) for run in runs_wished] == [("default", "spotify")]
    leased = database.execute(
        "SELECT due_at FROM audience_states WHERE platform_id = %s", [spotify_id]
    ).fetchone()
    assert leased is not None
    assert leased[0] > datetime.now(UTC) + timedelta(hours=23)


def test_metadata_are_due_every_30_days_in_batches(app: Flask, database: psycopg.Connection) -> None:
    for number in range(45):
        make_track(database, f"00000000-0000-4000-8000-{number:012}")
    assert sweep_metadata() == 3
    assert sweep_metadata() == 0


@pytest.mark.parametrize(("left", "lifted"), [(0, 0), (5, 1)])
def test_a_pause_is_lifted_when_the_free_usage_shows_quota(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, left: int, lifted: int
) -> None:
    sandbox.quota(left)
    assert sweep_pause() == 0
    database.execute(
        "INSERT INTO api_pause (reason, next_check_at) VALUES ('spent', now() + interval '1 hour')"
    )
    assert sweep_pause() == 0
    database.execute("UPDATE api_pause SET next_check_at = now()")
    assert sweep_pause() == lifted
    assert database.execute("SELECT count(*) FROM api_pause").fetchone() == (1 - lifted,)
    recorded = database.execute("SELECT endpoint, quota_left FROM api_calls").fetchall()
    assert recorded == [("usage", left)]


def test_the_schedule_is_data() -> None:
    assert all(callable(tick.sweep) and tick.seconds >= 10 for tick in SCHEDULE)
    assert len({tick.sweep for tick in SCHEDULE}) == len(SCHEDULE)
    assert tuple(QUEUES) == ("interactive", "sync", "default", "backfill")


def test_the_delay_before_a_retry_doubles_up_to_a_quarter_of_an_hour(subject: tuple[Track, Platform]) -> None:
    run = taken(submit(audience_request(*subject)).uuid)
    longest = [10, 20, 40, 80, 160, 320, 640, 900, 900]
    for attempt, most in enumerate(longest, start=1):
        delays = [runs._delay(replace(run, attempt=attempt)) for _ in range(50)]
        assert all(most / 2 <= delay <= most for delay in delays), attempt
        assert len(set(delays)) > 1
