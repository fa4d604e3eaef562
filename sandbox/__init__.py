"""A local stand-in for the SoundCharts API: its paths, errors, quota and faults, over a made-up catalogue.

It shares no code with the site, which must not be able to agree with it by accident.
"""

from datetime import date

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from sandbox import guard
from sandbox.answers import http_error
from sandbox.routes import control, reference, songs, token
from sandbox.state import State


class InOrder(DefaultJSONProvider):
    """Fields in the order of the API's own answers."""

    sort_keys = False


def create_app(
    seed: int = 1,
    today: date | None = None,
    quota: int = 1_000_000,
    calls_per_minute: int = 10_000,
    token_seconds: int = 900,
) -> Flask:
    """The sandbox as a Flask app; `today` None follows the machine's day in UTC."""
    app = Flask(__name__, static_folder=None)
    app.json = InOrder(app)
    app.extensions["sandbox"] = State(
        seed=seed,
        today=today,
        quota=quota,
        calls_per_minute=calls_per_minute,
        token_seconds=token_seconds,
    )
    guard.init_app(app)
    app.register_error_handler(HTTPException, http_error)
    for family in (token, reference, songs, control):
        app.register_blueprint(family.bp)
    return app
