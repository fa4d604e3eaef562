"""API clients made from the app's settings and the shared Redis; every try they make is recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import current_app

from jobs.heart import Heart, call_columns
from jobs.soundcharts import ApiCall, SoundChartsClient
from webapp.extensions import db
from webapp.queries import statement


@contextmanager
def soundcharts(heart: Heart) -> Iterator[SoundChartsClient]:
    """A client for the time of a run, whose heart records its calls."""
    with _client(heart.record) as client:
        yield client


@contextmanager
def soundcharts_outside_runs() -> Iterator[SoundChartsClient]:
    """A client for a call that belongs to no run; recorded in the session, committed by the caller."""

    def record(call: ApiCall) -> None:
        db.session.execute(
            statement("run_record_call"), {"run_uuid": None, "platform": ""} | call_columns(call)
        )

    with _client(record) as client:
        yield client


@contextmanager
def _client(record: Callable[[ApiCall], None]) -> Iterator[SoundChartsClient]:
    client = SoundChartsClient(current_app.config["SETTINGS"], current_app.extensions["redis"], record)
    try:
        yield client
    finally:
        client.close()
