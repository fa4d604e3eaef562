"""API clients built from the app's settings and the shared Redis; every try they make is recorded."""

from collections.abc import Callable
from functools import lru_cache

from flask import current_app

from jobs.heartbeat import Heartbeat, call_columns
from jobs.soundcharts import ApiCall, Connection, SoundChartsClient
from webapp.config import Settings
from webapp.extensions import db
from webapp.queries import statement


def soundcharts(heartbeat: Heartbeat) -> SoundChartsClient:
    """Returns a client for one run; the run's heartbeat records its calls."""
    return _client(heartbeat.record)


def soundcharts_outside_runs() -> SoundChartsClient:
    """Returns a client for calls outside runs; they are recorded in the session and the caller commits."""

    def record(call: ApiCall) -> None:
        db.session.execute(
            statement("run_record_call"), {"run_uuid": None, "platform": ""} | call_columns(call)
        )

    return _client(record)


def _client(record: Callable[[ApiCall], None]) -> SoundChartsClient:
    connection = _connection(current_app.config["SETTINGS"])
    return SoundChartsClient(connection, current_app.extensions["redis"], record)


@lru_cache(maxsize=1)
def _connection(settings: Settings) -> Connection:
    """Returns the connection of this process: opening one takes longer than most calls."""
    return Connection(settings)
