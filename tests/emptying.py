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


def empty(connection: psycopg.Connection) -> None:
    """Deletes every row and puts the default platforms back, with the ids of a new database.

    Tables that hold nothing are left alone: a TRUNCATE of all takes 50 times as long as most tests need.
    """
    _drop_chunks(connection)
    name = connection.info.dbname
    kept = _new.get(name) == _defaults(connection)
    _delete(connection, filled(connection) - (set(DEFAULTS) if kept else set()))
    connection.execute(RESTART)
    if kept:
        connection.execute("SELECT setval('platforms_id_seq', max(id)) FROM platforms")
    else:
        connection.execute((SCHEMA / "default_platforms.sql").read_bytes())
        _new[name] = _defaults(connection)


def _delete(connection: psycopg.Connection, tables: set[str]) -> None:
    """Deletes all rows of these tables, in any order: the triggers that would mind are off."""
    if not tables:
        return
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in tables:
            connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))


def filled(connection: psycopg.Connection) -> set[str]:
    """The tables that have rows."""
    one = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    names = [name for (name,) in connection.execute(TABLES)]
    every = SQL(" UNION ALL ").join(one.format(Literal(name), Identifier(name)) for name in names)
    return {name for (name,) in connection.execute(every)}


def _defaults(connection: psycopg.Connection) -> list[str]:
    return [str(connection.execute(query).fetchone()) for query in DEFAULTS.values()]


def _drop_chunks(connection: psycopg.Connection) -> None:
    """Truncates hypertables and aggregates where chunks are many, compressed or aggregated."""
    if connection.execute("SELECT to_regclass('timescaledb_information.chunks')").fetchone() == (None,):
        return
    if connection.execute(USED_CHUNKS, [MOST_CHUNKS]).fetchone() != (True,):
        return
    for (name,) in connection.execute(HYPERTABLES).fetchall():
        connection.execute(SQL("TRUNCATE {}").format(Identifier(name)))
