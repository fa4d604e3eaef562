"""PostgreSQL and Valkey for tests; the processes that run tests find them by the environment."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from launcher.servers import embedded_servers
from webapp.engine import describe_engine

DATABASE = "TRACKPULSE_TEST_DATABASE"
ADMIN = "TRACKPULSE_TEST_ADMIN"
REDIS = "TRACKPULSE_TEST_REDIS"
ENGINE = "TRACKPULSE_TEST_ENGINE"
SANDBOX = "TRACKPULSE_TEST_SANDBOX"
"""The URL of a sandbox that runs already, for test processes that come one after another."""
TEMPLATE = "TRACKPULSE_TEST_TEMPLATE"
"""The name of a migrated database that theirs is a copy of."""
FAST_SERVER = """
    ALTER SYSTEM SET fsync = off;
    ALTER SYSTEM SET synchronous_commit = off;
    ALTER SYSTEM SET full_page_writes = off;
"""
"""Nobody needs the rows of a test after a crash."""


@contextmanager
def running_servers() -> Iterator[None]:
    """The servers for the time of the block, named in the environment of this process and its children."""
    with tempfile.TemporaryDirectory(prefix="trackpulse-test-") as folder:
        Path(folder).chmod(0o711)  # root's PostgreSQL runs as another user, who has to pass
        with embedded_servers(Path(folder), engine=os.environ.get("ENGINE", "auto")) as state:
            os.environ[DATABASE] = state.database_url
            os.environ[ADMIN] = state.admin_url
            os.environ[REDIS] = state.redis_url
            _prepare(state.admin_url)
            with psycopg.connect(state.database_url) as connection:
                os.environ[ENGINE] = _engine_name(connection)
            yield


def _prepare(admin_url: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for statement in FAST_SERVER.split(";")[:-1]:
            admin.execute(statement)
        admin.execute("SELECT pg_reload_conf()")
        admin.execute("GRANT SET ON PARAMETER session_replication_role TO trackpulse")  # for `empty`


def _engine_name(connection: psycopg.Connection) -> str:
    """What the engine step will make of this server."""
    if describe_engine(connection).preloaded:
        connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        connection.commit()
    return describe_engine(connection).name


@contextmanager
def new_database(name: str, template: str = "template0") -> Iterator[str]:
    """An empty database for the time of the block, or a copy of another."""
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} OWNER trackpulse TEMPLATE {template}")
    try:
        yield os.environ[DATABASE].rsplit("/", 1)[0] + f"/{name}"
    finally:
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
