"""What a supervisor asks: is the process alive, and can it serve?"""

from functools import cache

import psycopg
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis import RedisError

from webapp.config import ROOT
from webapp.engine import EngineError, require_usable_engine

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """503 until the database can be used and is migrated. Redis is told, but pages work without it."""
    database = database_state()
    answer = {"ready": database == "ok", "database": database, "redis": redis_state()}
    return jsonify(answer), 200 if answer["ready"] else 503


def database_state() -> str:
    """'ok', or one sentence that says what is wrong."""
    settings = current_app.config["SETTINGS"]
    try:
        # A connection of its own: the pool may be what is exhausted.
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
    """'ok' or 'away'."""
    try:
        current_app.extensions["redis"].ping()
    except RedisError:
        return "away"
    return "ok"


@cache
def newest_revision() -> str | None:
    """The revision that this release's migrations lead to."""
    return ScriptDirectory(str(ROOT / "sql/migrations")).get_current_head()
