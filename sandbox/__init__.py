"""A local stand-in for the SoundCharts API: its paths, errors, quota and faults.

Its responses come from a generated catalogue, or from files of real figures.

It shares no code with the site, so that a common error cannot hide.
"""

from datetime import date
from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from sandbox import guard
from sandbox.answers import http_error
from sandbox.files import Files
from sandbox.routes import artists, charts, control, reference, search, songs, token
from sandbox.sources import MadeUp
from sandbox.state import State


class InOrder(DefaultJSONProvider):
    """Keeps fields in the order of the API's own responses."""

    sort_keys = False


def create_app(
    seed: int = 1,
    today: date | None = None,
    quota: int = 1_000_000,
    calls_per_minute: int = 10_000,
    token_seconds: int = 900,
    data: Path | None = None,
) -> Flask:
    """Returns the sandbox as a Flask app; `today` None follows the machine's day in UTC.

    With `data`, a folder of CSV files, its figures replace the generated ones. Raises DataError.
    """
    app = Flask(__name__, static_folder=None)
    app.json = InOrder(app)
    app.extensions["sandbox"] = State(
        source=MadeUp(seed) if data is None else Files(data),
        today=today,
        quota=quota,
        calls_per_minute=calls_per_minute,
        token_seconds=token_seconds,
    )
    guard.init_app(app)
    app.register_error_handler(HTTPException, http_error)
    for family in (token, reference, songs, artists, charts, search, control):
        app.register_blueprint(family.bp)
    return app
