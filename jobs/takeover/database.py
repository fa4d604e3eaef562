"""The database of the Django system that came before: read in batches, and only read."""

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
"""What must be there; further columns pass, and some of them are taken where they exist."""
CREDITS = "soundcharts_track_artists"
"""Django's table between tracks and artists, which may be missing."""
CHARTS = {
    "soundcharts_chart": ("id", "slug", "name", "platform_id"),
    "soundcharts_chartranking": ("id", "chart_id", "ranking_date", "fetched_at"),
    "soundcharts_chartrankingentry": ("id", "ranking_id", "track_id", "position"),
}
"""The tables of charts, which may be missing together; where one is there, all must be as expected."""

UNREACHED = {
    "authentication failed": "it refuses the user or the password",
    "no password supplied": "it wants a password",
    "does not exist": "it has no such database or user",
    "refused": "no server answers there",
    "timeout": "no server answers there in time",
}


class OldDatabaseError(Exception):
    """The old database cannot be read; one sentence, without anything of its address."""


class Record(NamedTuple):
    """A row of platforms, artists or tracks, with all columns that it happens to have."""

    id: int
    columns: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A column as text; empty where it is null, missing, or no text at all."""
        value = self.columns.get(name)
        return value.strip() if isinstance(value, str) else ""


class OldDatabase:
    """One consistent view of the old tables. Raises OldDatabaseError where one of them is not as expected."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._tables = self._look()
        told = []
        self.has_charts = any(table in self._tables for table in CHARTS)
        for table, columns in (COLUMNS | CHARTS if self.has_charts else COLUMNS).items():
            if table not in self._tables:
                told.append(f"no table {table}")
            elif missing := [name for name in columns if name not in self._tables[table]]:
                told.append(f"no column {', '.join(missing)} in {table}")
        if told:
            raise OldDatabaseError(f"The old database has {'; '.join(told)}, or its user may not read it.")

    def records(self, table: str) -> Iterator[Record]:
        """The rows of a table, oldest first."""
        query = sql.SQL("SELECT id, to_jsonb(old) FROM {} AS old ORDER BY id").format(sql.Identifier(table))
        for row in self._read(query):
            yield Record(*row)

    def audience_counts(self) -> dict[int, int]:
        """Rows of audience by platform id."""
        query = sql.SQL("SELECT platform_id, count(*) FROM soundcharts_trackaudiencetimeseries GROUP BY 1")
        return dict(self._read(query))

    def credits(self) -> Iterator[tuple[int, int]]:
        """Track and artist ids, in the order of credits; none where Django kept no such table."""
        if {"id", "track_id", "artist_id"} <= self._tables.get(CREDITS, set()):
            query = sql.SQL("SELECT track_id, artist_id FROM {} ORDER BY track_id, id")
            yield from self._read(query.format(sql.Identifier(CREDITS)))

    def audience(self, tracks: Mapping[int, int], platforms: Mapping[int, int]) -> Iterator[Any]:
        """Rows of audience with our ids beside theirs, all rows of one of our series together."""
        query = read_sql("old_audience")
        return self._read(query, _pairs(tracks=tracks, platforms=platforms))

    def rankings(self, charts: Mapping[int, int], tracks: Mapping[int, int]) -> Iterator[Any]:
        """Rows of entries with those of their rankings and our ids, all rows of one ranking together."""
        query = read_sql("old_rankings")
        return self._read(query, _pairs(charts=charts, tracks=tracks))

    def _look(self) -> dict[str, set[str]]:
        """The columns of the tables that this user may read."""
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
    """Their ids and ours, as two lists of one length each."""
    theirs = {f"old_{name}": list(ids) for name, ids in ours.items()}
    return theirs | {name: list(ids.values()) for name, ids in ours.items()}


@contextmanager
def old_database(dsn: str) -> Iterator[OldDatabase]:
    """The old database for the time of the block. `dsn` may hold a password and is never repeated."""
    try:
        connection = psycopg.connect(
            dsn,
            connect_timeout=10,
            client_encoding="utf8",
            options="-c timezone=UTC",
            application_name="trackpulse",
        )
    except psycopg.Error as error:
        # libpq's own words may hold a piece of a password that was not escaped, so they are not passed on.
        reasons = (reason for words, reason in UNREACHED.items() if words in str(error))
        reason = next(reasons, "the address cannot be used")
        raise OldDatabaseError(f"The old database cannot be reached: {reason}.") from None
    with connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield OldDatabase(connection)
