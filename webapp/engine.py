"""The database engine: detects it, checks whether it is usable, and applies TimescaleDB's features.

Migrations create plain tables and views. If the server has loaded TimescaleDB, `apply_engine()` turns them
into hypertables and continuous aggregates with the same columns, so that reads and writes are the same on
both engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import psycopg
from flask.cli import NoAppException
from psycopg.sql import SQL, Identifier

from webapp import resources
from webapp.sql import read_sql

SCHEMA = resources.SQL / "schema"
FLOOR = 18


class Rows(NamedTuple):
    """The source of an aggregate: a table and its date column."""

    table: str
    date: str


REFRESHED = {
    "audience_weekly": Rows("track_audience_time_series", "date"),
    "audience_monthly": Rows("track_audience_time_series", "date"),
    "track_appearances_daily": Rows("chart_ranking_entries", "ranked_on"),
}
"""The aggregates whose dates to refresh upserts record in `aggregate_refreshes`."""
OF_CALLS = ("api_calls_hourly", "quota_used_hourly")
"""The aggregates of calls, which their own policies refresh."""
AGGREGATES = (*REFRESHED, *OF_CALLS)


class EngineError(NoAppException):
    """The server cannot be used; the message is one sentence with the reason and what to do."""


@dataclass(frozen=True)
class Engine:
    """The engine of the database server."""

    postgresql: str
    version_number: int
    preloaded: bool
    extension: str | None
    licence: str | None

    @property
    def name(self) -> str:
        """The name for people: 'TimescaleDB 2.29.2 (timescale) on PostgreSQL 18.4' or 'PostgreSQL 18.4'."""
        if self.extension is None:
            return f"PostgreSQL {self.postgresql}"
        return f"TimescaleDB {self.extension} ({self.licence}) on PostgreSQL {self.postgresql}"

    @property
    def has_aggregates(self) -> bool:
        """Whether continuous aggregates and compression are available, as in the community edition."""
        return self.extension is not None and self.licence == "timescale"


def describe_engine(connection: psycopg.Connection) -> Engine:
    """Returns the server's engine; changes nothing."""
    row = connection.execute(read_sql("engine")).fetchone()
    if row is None:
        raise EngineError("The database did not report its engine.")
    return Engine(*row)


def require_usable_engine(connection: psycopg.Connection) -> Engine:
    """Returns the engine. Raises EngineError if it is too old, or would lose rows."""
    engine = describe_engine(connection)
    if engine.version_number < FLOOR * 10000:
        raise EngineError(f"PostgreSQL {FLOOR} or later is required; this server is {engine.postgresql}.")
    if engine.extension is not None and not engine.preloaded:
        raise EngineError(
            "This database uses TimescaleDB, but the server has not loaded it, so new rows would be lost; "
            "add timescaledb to shared_preload_libraries and restart the server."
        )
    return engine


def apply_engine(connection: psycopg.Connection) -> Engine:
    """Creates hypertables and aggregates if TimescaleDB is preloaded. Idempotent; commits.

    Being installed is not enough: creating the extension without preloading ends the connection.
    """
    engine = require_usable_engine(connection)
    # This is the newest of the tables: a schema between two migrations is left unchanged.
    if not engine.preloaded or not _exists(connection, "chart_ranking_entries"):
        return engine
    with connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        engine = describe_engine(connection)
        connection.execute(_text("timescale/hypertables.sql"))
        connection.execute(_text("timescale/ranking_chunks.sql"))
        if engine.has_aggregates:
            connection.execute(_text("timescale/compression.sql"))
            for name in AGGREGATES:
                _apply_aggregate(connection, name)
    return engine


def drop_aggregates(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Drops these aggregates, on either engine; for downgrades."""
    for name in names:
        kind = "MATERIALIZED VIEW" if _is_continuous(connection, name) else "VIEW"
        connection.execute(f"DROP {kind} {name}")


def _apply_aggregate(connection: psycopg.Connection, name: str) -> None:
    if _is_continuous(connection, name) or not _exists(connection, name):  # a schema from before it
        return
    connection.execute(f"DROP VIEW {name}")
    connection.execute(_text(f"timescale/{name}.sql"))
    if name not in REFRESHED:
        return
    rows = REFRESHED[name]
    note = SQL(
        "INSERT INTO aggregate_refreshes (aggregate, first_date, last_date) "
        "SELECT %s, min({date}), max({date}) FROM {table} HAVING count(*) > 0"
    )
    connection.execute(note.format(date=Identifier(rows.date), table=Identifier(rows.table)), [name])


def _is_continuous(connection: psycopg.Connection, name: str) -> bool:
    if not _exists(connection, "timescaledb_information.continuous_aggregates"):
        return False
    query = "SELECT FROM timescaledb_information.continuous_aggregates WHERE view_name = %s"
    return connection.execute(query, [name]).fetchone() is not None


def _exists(connection: psycopg.Connection, relation: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [relation]).fetchone()
    return row is not None and bool(row[0])


def _text(name: str | Path) -> bytes:
    return (SCHEMA / name).read_bytes()
