"""The whole site for a browser: web server and worker as processes, over a track that they fetched."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from os import environ
from typing import NamedTuple

import psycopg
import pytest
import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from redis import Redis
from rq import Worker

from launcher.state import free_ports
from tests import ROOT
from tests.emptying import empty
from tests.factories import add_session
from tests.sandbox_server import SEED_TRACK, Sandbox
from tests.webapp.views.conftest import add_user, keep_limiter
from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db
from webapp.work.queue import QUEUES, submit
from webapp.work.requests import metadata_request

WAIT_SECONDS = 60
FORMER_DAYS = 10
RAISED_BY = 7
OWN_REDIS = 8
"""How far the database of the site's Redis is from that of other tests; Valkey has 16."""
HISTORY_DAYS = 450
CHART_HISTORY_DAYS = 20
"""How far back the worker fetches: less than in production, and enough for every range of a page."""


@dataclass
class Site:
    """A running site; `users` are the ids of its users by role."""

    url: str
    app: Flask
    database: psycopg.Connection
    sandbox: Sandbox
    users: dict[str, int]

    def session(self, role: str) -> str:
        """Returns the cookie of a signed-in user."""
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        return str(serializer.dumps(add_session(self.database, self.users[role])))

    def days(self, slug: str, most: int = 10_000) -> list[tuple[date, int]]:
        """The newest values of the seeds' track as stored, newest first."""
        return self.database.execute(
            "SELECT date, audience_value FROM track_audience_time_series AS points"
            " JOIN platforms ON platforms.id = platform_id WHERE slug = %s ORDER BY date DESC LIMIT %s",
            [slug, most],
        ).fetchall()

    def weeks(self, slug: str) -> dict[date, int]:
        """The last value of every week, by its Monday."""
        values = reversed(self.days(slug))
        return {day - timedelta(days=day.weekday()): value for day, value in values}

    def tomorrow(self) -> tuple[date, date, int]:
        """The vendor's next day: it has one more value, and an old one was corrected.

        Returns the new date, the date of the corrected value, and what that value was.
        """
        newest, _ = self.days("spotify", 1)[0]
        old = newest - timedelta(days=FORMER_DAYS)
        former = dict(self.days("spotify"))[old]
        self.sandbox.move_on(1)
        self.sandbox.correct(SEED_TRACK, "spotify", old, value=former + RAISED_BY)
        return newest + timedelta(days=1), old, former

    @contextmanager
    def writes_held(self) -> Iterator[None]:
        """Runs come as far as their write and wait there for the time of the block."""
        with self.database.transaction():
            self.database.execute("LOCK TABLE audience_states IN EXCLUSIVE MODE")
            yield


def environment(settings: Settings) -> dict[str, str]:
    """All settings by name, so that none comes from a `.env` file; empty ones count as not set."""
    named = {name.upper(): spelled(value) for name, value in asdict(settings).items()}
    files = {f"{name}_FILE": "" for name in named}
    return {"PATH": environ["PATH"], **named, **files, "RQ_REDIS_URL": settings.redis_url}


def spelled(value: object) -> str:
    """A setting as the environment has it."""
    return ",".join(value) if isinstance(value, tuple) else str(value)


@contextmanager
def process(module: str, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A Python module with its arguments, ended with the block."""
    command = [sys.executable, "-m", *module.split()]
    with subprocess.Popen(command, cwd=ROOT, env=environment(settings)) as started:
        try:
            yield started
        finally:
            started.terminate()
            started.wait(timeout=WAIT_SECONDS)


def worker(settings: Settings) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """One `rq worker`, as it is run in production."""
    options = "--quiet --serializer json --worker-class jobs.worker.Worker"
    return process(f"rq.cli worker {options} {' '.join(QUEUES)}", settings)


@contextmanager
def web(settings: Settings) -> Iterator[str]:
    """gunicorn on a free port; gives its address once the site is ready."""
    address = f"127.0.0.1:{free_ports(1)[0]}"
    options = f"--bind {address} --worker-class gthread --threads 4 --no-control-socket --log-level warning"
    with process(f"gunicorn {options} wsgi:app", settings) as server:
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_ready(address):
            assert server.poll() is None, "gunicorn has ended"
            assert time.monotonic() < deadline, "gunicorn does not answer"
            time.sleep(0.05)
        yield f"http://{address}"


def is_ready(address: str) -> bool:
    try:
        return requests.get(f"http://{address}/readyz", timeout=5).ok
    except requests.RequestException:  # not there yet, or too busy starting to answer in time
        return False


Fill = Callable[[psycopg.Connection], None]
ROLES = ("viewer", "operator", "admin")


class Running(NamedTuple):
    """The processes of a site, and an app of this process that enqueues for its worker."""

    url: str
    app: Flask
    settings: Settings


class Processes:
    """Web server and worker, started once for all modules of this process.

    They have a Redis database of their own, so that the worker takes nothing that other tests enqueue.
    """

    def __init__(self, settings: Settings) -> None:
        server, number = settings.redis_url.rsplit("/", 1)
        self.settings = replace(settings, redis_url=f"{server}/{int(number) + OWN_REDIS}")
        self.stack = ExitStack()
        self.running: Running | None = None

    def start(self) -> Running:
        """Returns the running site once all its jobs are done."""
        if self.running is None:
            self.running = Running(self._processes(), self._app(), self.settings)
        with Redis.from_url(self.settings.redis_url) as redis:
            wait_until(lambda: all(one.get_state() == "idle" for one in Worker.all(redis)), "the worker")
            for key in set(redis.keys()) - set(redis.keys("rq:worker*")):
                redis.delete(key)
        return self.running

    def stop(self) -> None:
        self.stack.close()

    def _processes(self) -> str:
        works = replace(self.settings, history_days=HISTORY_DAYS, chart_history_days=CHART_HISTORY_DAYS)
        self.stack.enter_context(worker(works))
        return self.stack.enter_context(web(self.settings))

    def _app(self) -> Flask:
        with pytest.MonkeyPatch.context() as patch:
            keep_limiter(patch)
            app = create_app(self.settings)
        self.stack.callback(app.extensions["redis"].close)
        return app


@contextmanager
def opened(processes: Processes, sandbox: Sandbox, fill: Fill) -> Iterator[Site]:
    """The site with a user of every role over an empty database that `fill` writes into.

    `fill` is called while the worker runs.
    """
    if not (ROOT / "webapp/static/app.css").exists():
        pytest.fail("webapp/static is not built: run 'make assets'.")
    sandbox.reset()
    url, app, settings = processes.start()
    with psycopg.connect(settings.psycopg_url, autocommit=True) as database, app.app_context():
        empty(database)
        users = {role: add_user(database, role) for role in ROLES}
        fill(database)
        yield Site(url, app, database, sandbox, users)
        db.session.remove()
        db.engine.dispose()


def fetch_seeds(database: psycopg.Connection) -> None:
    """Requests the seeds' track and waits until the worker has fetched all of its data."""
    submit(metadata_request([SEED_TRACK], queue="interactive"))
    wait_for_runs(database)


def wait_for_runs(database: psycopg.Connection) -> None:
    """Waits until no run is left to do, and all have succeeded."""
    wait_until(lambda: not states(database) & {"queued", "running"}, "the worker")
    assert states(database) == {"succeeded"}


def wait_until(done: Callable[[], bool], who: str) -> None:
    """Waits until `done()`; fails where it takes longer than a site under any load does."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < deadline, f"{who} is not done"
        time.sleep(0.02)


def states(database: psycopg.Connection) -> set[str]:
    return {state for (state,) in database.execute("SELECT DISTINCT state FROM job_runs")}
