"""Brings a database back to what it was when it was new, faster than making a new one."""

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from webapp.engine import SCHEMA

MOST_CHUNKS = 40
"""Chunks that are kept from test to test: to create one takes long, and many slow down every plan."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
RESTART = """
    SELECT setval(format('public.%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
DEFAULTS = {
    "platforms": "SELECT md5(string_agg(platforms::text, ',' ORDER BY id)) FROM platforms",
    "platform_aliases": "SELECT md5(string_agg(a::text, ',' ORDER BY fold)) FROM platform_aliases AS a",
}
"""The tables that a new database has rows in, and what tells whether they are as they were."""
LAST_PLATFORM = "SELECT setval('platforms_id_seq', max(id)) FROM platforms"
HAS_CHUNKS = "SELECT to_regclass('timescaledb_information.chunks') IS NOT NULL"
USED_CHUNKS = """
    SELECT count(*) > %s OR bool_or(is_compressed OR hypertable_schema <> 'public')
    FROM timescaledb_information.chunks
"""
HYPERTABLES = """
    SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = 'public'
    UNION ALL SELECT view_name FROM timescaledb_information.continuous_aggregates
"""
_new: dict[str, list[str]] = {}
"""What DEFAULTS answered when the database of this name was new."""
_tables: dict[str, list[str]] = {}
"""The tables of the database of this name."""
_chunked: dict[str, bool] = {}
"""Whether the database of this name has TimescaleDB."""


def empty(connection: psycopg.Connection, deleting: psycopg.Connection | None = None) -> None:
    """Deletes every row and puts the default platforms back, with the ids of a new database.

    Tables that hold nothing are left alone: a TRUNCATE of all takes 50 times as long as most tests need.
    Turning triggers off forgets the plans of a connection, so `deleting` is best one of its own.
    """
    _drop_chunks(connection)
    name = connection.info.dbname
    kept = _new.get(name) == _defaults(connection)
    _delete(deleting or connection, filled(connection) - (set(DEFAULTS) if kept else set()))
    if not kept:
        connection.execute((SCHEMA / "default_platforms.sql").read_bytes())
        _new[name] = _defaults(connection)


def _delete(connection: psycopg.Connection, tables: set[str]) -> None:
    """Deletes all rows of these tables, in any order: the triggers that would mind are off.

    All at once, for each way to the server and back takes longer than most of what is asked.
    """
    deletes = [SQL("DELETE FROM {}").format(Identifier(table)) for table in sorted(tables)]
    commands = [SQL("BEGIN"), SQL("SET LOCAL session_replication_role = replica"), *deletes]
    ends = [SQL(RESTART), *([] if "platforms" in tables else [SQL(LAST_PLATFORM)]), SQL("COMMIT")]
    connection.execute(SQL("; ").join([*commands, *ends]), prepare=False)


def filled(connection: psycopg.Connection) -> set[str]:
    """The tables that have rows."""
    one = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    name = connection.info.dbname
    if name not in _tables:
        _tables[name] = [table for (table,) in connection.execute(TABLES)]
    every = SQL(" UNION ALL ").join(one.format(Literal(each), Identifier(each)) for each in _tables[name])
    return {table for (table,) in connection.execute(every)}


def _defaults(connection: psycopg.Connection) -> list[str]:
    """What each of DEFAULTS answers."""
    both = SQL(" UNION ALL ").join(SQL(f"({query})") for query in DEFAULTS.values())
    return [str(row) for row in connection.execute(both)]


def _drop_chunks(connection: psycopg.Connection) -> None:
    """Truncates hypertables and aggregates where chunks are many, compressed or aggregated."""
    name = connection.info.dbname
    if name not in _chunked:
        _chunked[name] = connection.execute(HAS_CHUNKS).fetchone() == (True,)
    if not _chunked[name]:
        return
    if connection.execute(USED_CHUNKS, [MOST_CHUNKS]).fetchone() != (True,):
        return
    for (table,) in connection.execute(HYPERTABLES).fetchall():
        connection.execute(SQL("TRUNCATE {}").format(Identifier(table)))
