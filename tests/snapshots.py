"""The rows of a whole database, kept to be written back: far cheaper than to make them again."""

from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from tests.emptying import DEFAULTS, filled

SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value > 0"
# What is generated is so when it is written back.
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


@dataclass(frozen=True)
class Snapshot:
    """The rows of each table that had some, as COPY has them, and where the sequences stood."""

    rows: list[tuple[Composed, bytes]]
    sequences: list[tuple[str, int]]


def take(connection: psycopg.Connection) -> Snapshot:
    """Keeps everything but the default platforms, which `empty` leaves in place."""
    rows = []
    for table in sorted(filled(connection) - set(DEFAULTS)):
        names = [Identifier(name) for (name,) in connection.execute(COLUMNS, [table])]
        what = SQL("{} ({})").format(Identifier(table), SQL(", ").join(names))
        select = SQL("SELECT {} FROM {}").format(SQL(", ").join(names), Identifier(table))
        with connection.cursor().copy(SQL("COPY ({}) TO STDOUT").format(select)) as copy:
            rows.append((SQL("COPY {} FROM STDIN").format(what), b"".join(map(bytes, copy))))
    return Snapshot(rows, connection.execute(SEQUENCES).fetchall())


def put_back(connection: psycopg.Connection, snapshot: Snapshot) -> None:
    """Writes the rows into an empty database; triggers are off, for their rows are among them."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement, rows in snapshot.rows:
            with connection.cursor().copy(statement) as copy:
                copy.write(rows)
        for name, value in snapshot.sequences:
            connection.execute("SELECT setval(%s::regclass, %s)", [name, value])
