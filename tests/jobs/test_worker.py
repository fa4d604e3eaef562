"""Real workers in real processes: killed before, in and after their write, and none the worse for it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

import psycopg
import pytest
from flask import Flask
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from jobs.runs import reconcile
from launcher.state import free_ports
from launcher.valkey import find_valkey
from tests import ROOT
from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.work.queue import EXECUTE, submit
from webapp.work.requests import audience_request

WAIT_SECONDS = 30
WORKER = [
    sys.executable,
    "-m",
    "rq.cli",
    "worker",
    "--serializer",
    "json",
    "--worker-class",
    "jobs.worker.Worker",
]


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {WAIT_SECONDS} s for {what}"
        time.sleep(0.05)


def worker_environment(settings: Settings) -> dict[str, str]:
    """Returns the environment of a worker process."""
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "RQ_REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "SOUNDCHARTS_BASE_URL": settings.soundcharts_base_url,
        "SOUNDCHARTS_APP_ID": settings.soundcharts_app_id,
        "SOUNDCHARTS_API_KEY": settings.soundcharts_api_key,
        "SOUNDCHARTS_TIMEOUT": "30",
    }


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """One `rq worker`, as it is run in production."""
    command = [*WORKER, "interactive", "sync", "default", "backfill"]
    with subprocess.Popen(command, cwd=ROOT, env=worker_environment(settings)) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=WAIT_SECONDS)
            finally:
                process.kill()


def horse_of(process: subprocess.Popen[bytes]) -> int:
    """Returns the pid of the worker's child, in which the job runs."""
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return int(children[0]) if children else 0


def state_of_first_run(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT state FROM job_runs ORDER BY number LIMIT 1").fetchone()
    assert row is not None
    return str(row[0])


def all_done(connection: psycopg.Connection) -> bool:
    query = "SELECT count(*) FROM job_runs WHERE state IN ('queued', 'running')"
    return connection.execute(query).fetchone() == (0,)


def finish_everything(app: Flask, connection: psycopg.Connection) -> None:
    """Sweeps like the scheduler until no run is left."""

    def swept() -> bool:
        connection.execute("UPDATE job_runs SET created_at = created_at - interval '1 minute'")
        reconcile()
        return all_done(connection)

    wait_for(swept, "all runs to end")


@pytest.fixture
def undisturbed(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings: Settings
) -> list[tuple[object, ...]]:
    """The rows that one run without any trouble leaves."""
    request_run(database)
    with worker(settings):
        finish_everything(app, database)
    rows = content(database)
    assert len(rows) > 400
    written = "track_audience_time_series, audience_revisions, audience_states, job_runs"
    database.execute(f"TRUNCATE {written} CASCADE")
    return rows


def content(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT track_id, platform_id, date, audience_value, platform_identifier, api_data"
        " FROM track_audience_time_series ORDER BY 1, 2, 3"
    ).fetchall()


def request_run(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT id FROM tracks").fetchone()
    track = found[0] if found else make_track(connection)
    spotify = db.session.scalar(db.select(Platform).where(Platform.slug == "spotify"))
    assert spotify is not None
    submit(audience_request(db.session.get_one(Track, track), spotify))
    db.session.remove()


def kill(process: subprocess.Popen[bytes]) -> None:
    pid = horse_of(process)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: horse_of(process) != pid, "the killed job's process to be gone")


def lose(connection: psycopg.Connection) -> None:
    """Lets so much time pass that a run whose process was killed counts as lost."""
    connection.execute("UPDATE job_runs SET heartbeat_at = now() - interval '1 hour' WHERE state = 'running'")


def test_killed_before_its_write(
    app: Flask,
    database: psycopg.Connection,
    sandbox: Sandbox,
    settings: Settings,
    undisturbed: list[tuple[object, ...]],
) -> None:
    sandbox.fault("/audience/spotify", "slow", times=1, seconds=10)
    with worker(settings) as process:
        request_run(database)
        wait_for(lambda: state_of_first_run(database) == "running" and horse_of(process), "the run to begin")
        kill(process)
        assert content(database) == []
        lose(database)
        finish_everything(app, database)
    assert content(database) == undisturbed
    assert attempts(database) == 2


def test_killed_in_its_write(
    app: Flask,
    database: psycopg.Connection,
    sandbox: Sandbox,
    settings: Settings,
    undisturbed: list[tuple[object, ...]],
) -> None:
    """Its rows are written and not committed: the lock on the state holds the run up at that very point."""
    with (
        psycopg.connect(settings.psycopg_url) as blocker,
        worker(settings) as process,
    ):
        blocker.execute("LOCK TABLE audience_states IN EXCLUSIVE MODE")
        request_run(database)
        query = "SELECT count(*) FROM pg_locks WHERE relation = 'audience_states'::regclass AND NOT granted"
        wait_for(lambda: database.execute(query).fetchone() != (0,), "the run to reach its write")
        kill(process)
        blocker.rollback()
        assert content(database) == []
        lose(database)
        finish_everything(app, database)
    assert content(database) == undisturbed
    assert attempts(database) == 2


@pytest.fixture
def own_redis(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """A Valkey of this test's own, which it may pause without holding up any other."""
    port = str(free_ports(1)[0])
    command = [
        str(find_valkey()),
        "--port",
        port,
        "--bind",
        "127.0.0.1",
        "--dir",
        str(tmp_path),
        "--save",
        "",
    ]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL) as process,
        Redis(host="127.0.0.1", port=int(port), retry=Retry(ConstantBackoff(0.05), 100)) as connection,
    ):
        connection.ping()
        monkeypatch.setitem(app.extensions, "redis", connection)
        yield connection
        process.terminate()


def test_killed_after_its_write(
    app: Flask,
    database: psycopg.Connection,
    sandbox: Sandbox,
    settings: Settings,
    undisturbed: list[tuple[object, ...]],
    own_redis: Redis,
) -> None:
    """The transaction is committed, but the runs it requested never reach Redis and RQ hears of no end."""
    redis = own_redis
    port = redis.connection_pool.connection_kwargs["port"]
    with worker(replace(settings, redis_url=f"redis://127.0.0.1:{port}/0")) as process:
        sandbox.reset()
        sandbox.fault("/audience/spotify", "slow", times=1, seconds=2)
        request_run(database)
        wait_for(sandbox.calls, "the API to be asked, which is the last that the job wants of Redis")
        redis.execute_command("CLIENT", "PAUSE", "60000", "WRITE")
        wait_for(lambda: state_of_first_run(database) == "succeeded", "the run to commit")
        kill(process)
        redis.execute_command("CLIENT", "UNPAUSE")
        assert len(content(database)) in range(80, 92)
        finish_everything(app, database)
    assert content(database) == undisturbed
    assert attempts(database) == 1


def test_the_next_job_runs_in_the_same_process_unless_the_last_one_failed(
    app: Flask, database: psycopg.Connection, redis: Redis, sandbox: Sandbox, settings: Settings
) -> None:
    with worker(settings) as process:
        children = []
        for failing in (False, False, True, False):
            database.execute("DELETE FROM job_runs")
            if failing:
                enqueue_unreadable(redis)
            request_run(database)
            wait_for(lambda: all_done(database), "the runs to end")
            children.append(horse_of(process))
    assert children[0] == children[1] != children[2] == children[3]


def enqueue_unreadable(redis: Redis) -> None:
    """Enqueues a job that raises an error before it has a run."""
    Queue("interactive", connection=redis, serializer=JSONSerializer).enqueue(
        EXECUTE, "no uuid", failure_ttl=0
    )


def attempts(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT attempt, args ->> 'track_uuid' FROM job_runs ORDER BY number").fetchone()
    assert row is not None
    assert row[1] == SEED_TRACK
    return int(row[0])


def test_sigterm_lets_the_job_finish(
    app: Flask, database: psycopg.Connection, redis: Redis, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.fault("/audience/spotify", "slow", times=1, seconds=2)
    with worker(settings) as process:
        request_run(database)
        wait_for(lambda: state_of_first_run(database) == "running", "the run to begin")
        process.terminate()
        process.wait(timeout=WAIT_SECONDS)
    assert state_of_first_run(database) == "succeeded"


@pytest.mark.parametrize(("is_worker", "waits"), [(True, "off"), (False, "on")])
def test_only_a_worker_commits_without_waiting_for_the_disk(
    migrated_app: Flask, settings: Settings, *, is_worker: bool, waits: str
) -> None:
    app = create_app(settings, worker=is_worker)
    with app.app_context():
        assert db.session.scalar(text("SHOW synchronous_commit")) == waits
        db.session.remove()
        db.engine.dispose()


def test_a_job_outlives_its_worker_and_its_child_then_ends_quietly(
    app: Flask, database: psycopg.Connection, redis: Redis, sandbox: Sandbox, settings: Settings
) -> None:
    sandbox.fault("/audience/spotify", "slow", times=1, seconds=2)
    request_run(database)
    environment = worker_environment(settings)
    with subprocess.Popen([*WORKER, "interactive"], cwd=ROOT, env=environment, stderr=PIPE) as process:
        wait_for(lambda: state_of_first_run(database) == "running", "the run to begin")
        process.kill()
        _, lines = process.communicate(timeout=WAIT_SECONDS)  # up to the end of the child, which has it too
    assert state_of_first_run(database) == "succeeded"
    assert b"Traceback" not in lines


LATE_SIGNAL = """
import logging, os, signal
from redis import Redis
from rq.serializers import JSONSerializer
from jobs.worker import Worker

class Late(logging.StreamHandler):
    def format(self, record):
        if "jobs.runs.execute" in record.getMessage():
            logging.getLogger("rq.worker").removeHandler(self)
            os.kill(os.getpid(), signal.SIGTERM)
        return ""

logging.getLogger("rq.worker").addHandler(Late())
connection = Redis.from_url(os.environ["REDIS_URL"])
Worker(["interactive", "sync", "backfill"], connection=connection, serializer=JSONSerializer).work()
"""
"""A worker that gets SIGTERM while it logs which job it has taken."""


def test_a_sigterm_that_comes_while_a_line_is_logged_is_no_less_one(
    app: Flask, database: psycopg.Connection, redis: Redis, sandbox: Sandbox, settings: Settings
) -> None:
    request_run(database)
    command = [sys.executable, "-c", LATE_SIGNAL]
    with subprocess.Popen(command, cwd=ROOT, env=worker_environment(settings)) as process:
        try:
            assert process.wait(timeout=WAIT_SECONDS) == 0
        finally:
            process.kill()
    assert state_of_first_run(database) == "succeeded"
