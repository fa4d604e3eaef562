"""Reads the database of the former Django system, read-only and in batches."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row

from webapp.sql import read_sql

BATCH = 5000

COLUMNS = {
    "soundcharts_platform": ("id", "slug", "name"),
    "soundcharts_artist": ("id", "uuid", "name"),
    "soundcharts_track": ("id", "uuid", "name", "credit_name"),
    "soundcharts_trackaudiencetimeseries": (
        *("id", "track_id", "platform_id", "date", "audience_value"),
        *("platform_identifier", "fetched_at", "api_data"),
    ),
}
"""The required columns; further ones are allowed, and some of them are imported if they exist."""
CREDITS = "soundcharts_track_artists"
"""Django's join table of tracks and artists, which may be missing."""
CHARTS = {
    "soundcharts_chart": ("id", "slug", "name", "platform_id"),
    "soundcharts_chartranking": ("id", "chart_id", "ranking_date", "fetched_at"),
    "soundcharts_chartrankingentry": ("id", "ranking_id", "track_id", "position"),
}
"""The tables of charts; either all of them exist or none."""

UNREACHED = {
    "authentication failed": "it rejected the user or the password",
    "no password supplied": "it requires a password",
    "does not exist": "it has no such database or user",
    "refused": "no server is listening there",
    "timeout": "the server did not respond in time",
}


class OldDatabaseError(Exception):
    """The old database cannot be read; the message is one sentence without any part of the DSN."""


class Record(NamedTuple):
    """A row of platforms, artists, tracks or charts, with all its columns."""

    id: int
    columns: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Returns a column as text; empty if it is null, missing or not text."""
        value = self.columns.get(name)
        return value.strip() if isinstance(value, str) else ""


class OldDatabase:
    """A consistent view of the old tables. Raises OldDatabaseError if a table or column is missing."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._tables = self._look()
        lacking = []
        self.has_charts = any(table in self._tables for table in CHARTS)
        for table, columns in (COLUMNS | CHARTS if self.has_charts else COLUMNS).items():
            if table not in self._tables:
                lacking.append(f"no table {table}")
            elif missing := [name for name in columns if name not in self._tables[table]]:
                lacking.append(f"no column {', '.join(missing)} in {table}")
        if lacking:
            raise OldDatabaseError(f"The old database has {'; '.join(lacking)}, or its user may not read it.")

    def records(self, table: str) -> Iterator[Record]:
        """Yields the rows of a table, oldest first."""
        query = sql.SQL("SELECT id, to_jsonb(old) FROM {} AS old ORDER BY id").format(sql.Identifier(table))
        for row in self._read(query):
            yield Record(*row)

    def audience_counts(self) -> dict[int, int]:
        """Returns the number of audience rows by platform id."""
        query = sql.SQL("SELECT platform_id, count(*) FROM soundcharts_trackaudiencetimeseries GROUP BY 1")
        return dict(self._read(query))

    def credits(self) -> Iterator[tuple[int, int]]:
        """Yields track and artist ids, in the order of credits; nothing if the table is missing."""
        if {"id", "track_id", "artist_id"} <= self._tables.get(CREDITS, set()):
            query = sql.SQL("SELECT track_id, artist_id FROM {} ORDER BY track_id, id")
            yield from self._read(query.format(sql.Identifier(CREDITS)))

    def audience(self, tracks: Mapping[int, int], platforms: Mapping[int, int]) -> Iterator[Any]:
        """Returns rows of audience with our ids and theirs, grouped by our series."""
        query = read_sql("old_audience")
        return self._read(query, _pairs(tracks=tracks, platforms=platforms))

    def rankings(self, charts: Mapping[int, int], tracks: Mapping[int, int]) -> Iterator[Any]:
        """Returns rows of entries with their rankings and our ids, grouped by ranking."""
        query = read_sql("old_rankings")
        return self._read(query, _pairs(charts=charts, tracks=tracks))

    def _look(self) -> dict[str, set[str]]:
        """Returns the columns of the tables that the database user may read."""
        query = sql.SQL(
            "SELECT table_name::text, column_name::text FROM information_schema.columns"
            " WHERE table_schema = ANY (current_schemas(false)) AND table_name = ANY (%(names)s)"
        )
        found: dict[str, set[str]] = {}
        for table, column in self._read(query, {"names": [*COLUMNS, *CHARTS, CREDITS]}):
            found.setdefault(table, set()).add(column)
        return found

    def _read(
        self, query: sql.SQL | sql.Composed | bytes, parameters: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        try:
            with self._connection.cursor("old_rows", row_factory=namedtuple_row) as cursor:
                cursor.itersize = BATCH
                yield from cursor.execute(query, parameters)
        except psycopg.Error as error:
            raise OldDatabaseError(f"The old database could not be read: {type(error).__name__}.") from error


def _pairs(**ours: Mapping[int, int]) -> dict[str, list[int]]:
    """Returns their ids and ours, as two lists of the same length."""
    theirs = {f"old_{name}": list(ids) for name, ids in ours.items()}
    return theirs | {name: list(ids.values()) for name, ids in ours.items()}


@contextmanager
def old_database(dsn: str) -> Iterator[OldDatabase]:
    """Yields the old database. `dsn` may contain a password and is never shown."""
    try:
        connection = psycopg.connect(
            dsn,
            connect_timeout=10,
            client_encoding="utf8",
            options="-c timezone=UTC",
            application_name="trackpulse",
        )
    except psycopg.Error as error:
        # libpq's message may contain part of an unescaped password, so it is not shown.
        reasons = (reason for words, reason in UNREACHED.items() if words in str(error))
        reason = next(reasons, "the DSN cannot be used")
        raise OldDatabaseError(f"The old database cannot be reached: {reason}.") from None
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield OldDatabase(connection)
