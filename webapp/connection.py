"""The session's connection: the end of read-only requests, and features that SQLAlchemy lacks."""

from contextlib import suppress

import psycopg
from flask import Flask, request
from sqlalchemy.exc import OperationalError

from webapp.engine import describe_engine
from webapp.extensions import db


def init_app(app: Flask) -> None:
    """Makes read-only requests end with a COMMIT."""
    app.teardown_request(_end_of_reading)


def _end_of_reading(error: BaseException | None) -> None:
    """Commits, since the session would end with a ROLLBACK, at which psycopg drops prepared statements."""
    session = db.session()
    if error is None and request.method in ("GET", "HEAD") and session.in_transaction() and session.is_active:
        with suppress(OperationalError):  # the database is gone; there is nothing to commit
            session.commit()


def driver_connection() -> psycopg.Connection:
    """Returns the psycopg connection of the session's transaction, for COPY and scripts."""
    connection = db.session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(f"bulk writes need psycopg, not {type(connection).__name__}")
    return connection


def lift_decompression_limit() -> None:
    """Lifts TimescaleDB's limit on changed rows of compressed chunks, for the current transaction."""
    connection = driver_connection()
    if describe_engine(connection).extension is not None:
        connection.execute("SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0")
