"""Liveness and readiness, for a supervisor."""

from functools import cache

import psycopg
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis import RedisError

from webapp.engine import EngineError, require_usable_engine
from webapp.extensions import MIGRATIONS

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Returns 200 while the process responds."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Returns 503 until the database is usable and migrated. Redis is reported, but not required."""
    database = database_state()
    answer = {"ready": database == "ok", "database": database, "redis": redis_state()}
    return jsonify(answer), 200 if answer["ready"] else 503


def database_state() -> str:
    """Returns 'ok' or a sentence with the problem."""
    settings = current_app.config["SETTINGS"]
    try:
        # A separate connection, because the pool may be exhausted.
        with psycopg.connect(settings.psycopg_url, connect_timeout=3) as connection:
            require_usable_engine(connection)
            connection.execute("SET statement_timeout = 3000")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except EngineError as error:
        return str(error)
    except psycopg.errors.UndefinedTable:
        row = None
    except psycopg.OperationalError:
        return "The database cannot be reached."
    if row is None or row[0] != newest_revision():
        return "The database is not migrated to this release: run flask upgrade."
    return "ok"


def redis_state() -> str:
    """Returns 'ok' or 'away'."""
    try:
        current_app.extensions["redis"].ping()
    except RedisError:
        return "away"
    return "ok"


@cache
def newest_revision() -> str | None:
    """Returns the newest migration of this release."""
    return ScriptDirectory(MIGRATIONS).get_current_head()
