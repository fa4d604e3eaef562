"""The real parts that tests run on: PostgreSQL, Valkey and the sandbox, started once for all.

To start, connect and empty them costs more than most tests do, so each process keeps what it opened and
brings it back to its first state for every test.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partialmethod

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from psycopg_pool import ConnectionPool
from redis import Redis

from jobs.soundcharts.calls import Calls
from tests.emptying import empty
from tests.sandbox_server import Sandbox, running_sandbox
from tests.servers import DATABASE, ENGINE, REDIS, SANDBOX, TEMPLATE, new_database, running_servers
from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import user

SERVERS = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Starts the servers in the process that starts all others; those find them by the environment."""
    if DATABASE in os.environ or config.option.collectonly:
        return
    config.stash[SERVERS] = ExitStack()
    config.stash[SERVERS].enter_context(running_servers())


# The real cost of a hash, a tenth of a second on a busy machine, is nothing that a test asks about.
user.PASSWORD_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# Nor is the first pause between two tries of a call, but in tests of the client, which give their own.
Calls.__init__ = partialmethod(Calls.__init__, backoff=0.01)  # type: ignore[method-assign, assignment]


def only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Refuses every connection that would leave this machine; a test that makes one is wrong."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
        assert host in ("127.0.0.1", "::1", "localhost"), f"a test connects to {host}"


sys.addaudithook(only_loopback)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the servers that this process started."""
    if SERVERS in config.stash:
        config.stash[SERVERS].close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in the closing lines which engine the suite ran on."""
    terminalreporter.write_line(f"engine: {os.environ.get(ENGINE, 'none')}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts slow modules first, so that nobody waits for one at the end; skips what needs TimescaleDB."""
    slow = ("/browser/", "/deployment/", "/launcher/")
    items.sort(
        key=lambda item: (item.path.name != "test_run.py", not any(each in str(item.path) for each in slow))
    )
    if "TimescaleDB" in os.environ.get(ENGINE, ""):
        return
    reason = "this server has no TimescaleDB"
    for item in items:
        if item.get_closest_marker("timescale"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Spares the garbage collector what stays until the end, over which it would go again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def worker_number() -> int:
    """0, 1, ... : this process among those that share the servers."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def database_url(worker_number: int) -> Iterator[str]:
    """An empty database of this process's own, whose owner is the application's ordinary role."""
    with new_database(f"test_{worker_number}", os.environ.get(TEMPLATE, "template0")) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url(worker_number: int) -> str:
    """A Redis database of this process's own."""
    return os.environ[REDIS].rsplit("/", 1)[0] + f"/{worker_number}"


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """A sandbox API over real HTTP, for all tests of this process."""
    if SANDBOX in os.environ:
        yield Sandbox(os.environ[SANDBOX])
        return
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """The sandbox with its quota, clock and faults as at the start."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture(scope="session")
def settings(database_url: str, redis_url: str, sandbox_server: Sandbox) -> Settings:
    """Settings for this process's own servers."""
    return settings_for(database_url, redis_url, sandbox_server.url)


@pytest.fixture(scope="session")
def migrated_app(settings: Settings) -> Iterator[Flask]:
    """The app over a migrated database."""
    app = create_app(settings)
    app.config["TESTING"] = True
    with app.app_context():
        upgrade()
        yield app
        db.session.remove()  # of tests that read in this context, without one of their own
        db.engine.dispose()
        app.extensions["redis"].close()


@pytest.fixture(scope="session")
def kept_redis(redis_url: str) -> Iterator[Redis]:
    """The connection that all tests of this process share."""
    with Redis.from_url(redis_url) as connection:
        yield connection


@pytest.fixture
def redis(kept_redis: Redis) -> Redis:
    """An empty Redis database."""
    kept_redis.flushdb()
    return kept_redis


@pytest.fixture(scope="session")
def kept_connections(migrated_app: Flask) -> Iterator[ConnectionPool]:
    """One connection for all tests of this process; one that a test broke is replaced."""
    with ConnectionPool(
        migrated_app.config["SETTINGS"].psycopg_url,
        min_size=1,
        kwargs={"autocommit": True},
        check=ConnectionPool.check_connection,
        reset=_forget_settings,
    ) as pool:
        yield pool


def _forget_settings(connection: psycopg.Connection) -> None:
    """Undoes what a test has SET."""
    connection.execute("RESET ALL")


@pytest.fixture(scope="session")
def emptying(migrated_app: Flask) -> Iterator[psycopg.Connection]:
    """A connection that only deletes: one that turns triggers off and on forgets its plans each time."""
    url = migrated_app.config["SETTINGS"].psycopg_url
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def database(kept_connections: ConnectionPool, emptying: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The database with nothing in it but the default platforms; the connection commits each statement."""
    with kept_connections.connection() as connection:
        empty(connection, emptying)
        yield connection


@pytest.fixture
def app(migrated_app: Flask, database: psycopg.Connection, redis: Redis) -> Iterator[Flask]:
    """The app over empty servers, with its context pushed."""
    with migrated_app.app_context():
        yield migrated_app
        db.session.remove()


@pytest.fixture
def client(migrated_app: Flask, database: psycopg.Connection, redis: Redis) -> FlaskClient:
    """A browser of nobody's: not signed in."""
    return migrated_app.test_client()


def settings_for(database_url: str, redis_url: str, api_url: str) -> Settings:
    """Settings over given servers, with the sandbox's keys."""
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a-key-for-tests-only",
        soundcharts_base_url=api_url,
        soundcharts_token_url=f"{api_url}/oauth/token",
        soundcharts_app_id="soundcharts",
        soundcharts_api_key="soundcharts",
        soundcharts_calls_per_minute=10_000,
        session_cookie_secure=False,
    )
