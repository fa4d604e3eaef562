"""The session's connection: how a request that only reads ends, and what SQLAlchemy has no words for."""

from contextlib import suppress

import psycopg
from flask import Flask, request
from sqlalchemy.exc import OperationalError

from webapp.engine import describe_engine
from webapp.extensions import db


def init_app(app: Flask) -> None:
    """Has requests that only read end with a COMMIT."""
    app.teardown_request(_end_of_reading)


def _end_of_reading(error: BaseException | None) -> None:
    """psycopg forgets its prepared statements at a ROLLBACK, which is how the session would end by itself."""
    session = db.session()
    if error is None and request.method in ("GET", "HEAD") and session.in_transaction() and session.is_active:
        with suppress(OperationalError):  # the database has gone meanwhile: there was nothing to keep
            session.commit()


def driver_connection() -> psycopg.Connection:
    """The psycopg connection under the session's transaction, for COPY and whole scripts."""
    connection = db.session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(f"bulk writes need psycopg, not {type(connection).__name__}")
    return connection


def lift_decompression_limit() -> None:
    """Lets this transaction change more rows of compressed chunks than TimescaleDB allows by itself."""
    connection = driver_connection()
    if describe_engine(connection).extension is not None:
        connection.execute("SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0")
