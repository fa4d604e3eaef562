"""Alembic's entry point: migrates under a lock and with timeouts, then runs the engine step."""

import psycopg
from alembic import context
from flask import current_app

from webapp.engine import apply_engine, require_usable_engine
from webapp.extensions import db

# Any number, as long as everybody who migrates this database uses the same one.
MIGRATION_LOCK = 7_215_001


def migrate(connection: psycopg.Connection) -> None:
    """Runs the requested revisions in one transaction; gives up rather than block readers."""
    require_usable_engine(connection)
    connection.commit()
    with db.engine.connect() as alembic_connection:
        context.configure(connection=alembic_connection, target_metadata=db.metadata)
        with context.begin_transaction():
            driver = alembic_connection.connection.driver_connection
            driver.execute("SET LOCAL lock_timeout = '4s'")
            driver.execute("SET LOCAL statement_timeout = '60s'")
            context.run_migrations()


# A separate connection: the lock outlives the migrations' transaction, so nobody sees a half-done step.
with psycopg.connect(current_app.config["SETTINGS"].psycopg_url) as connection:
    connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    migrate(connection)
    apply_engine(connection)
