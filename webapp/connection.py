"""The driver's connection under the session, for what SQLAlchemy has no words for."""

import psycopg

from webapp.engine import describe_engine
from webapp.extensions import db


def driver_connection() -> psycopg.Connection:
    """The psycopg connection under the session's transaction, for COPY and whole scripts."""
    connection = db.session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(f"bulk writes need psycopg, not {type(connection).__name__}")
    return connection


def plan_for_parameters() -> None:
    """Has what follows in this transaction planned for its parameters, not once for any.

    What is best for a rare word is slow for a common one.
    """
    driver_connection().execute("SET LOCAL plan_cache_mode = force_custom_plan")


def lift_decompression_limit() -> None:
    """Lets this transaction change more rows of compressed chunks than TimescaleDB allows by itself."""
    connection = driver_connection()
    if describe_engine(connection).extension is not None:
        connection.execute("SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0")
