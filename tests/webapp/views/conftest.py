"""Visitors of every role, and the rows that pages show."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.factories import add_session, audience_rows, insert_series, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from webapp import create_app
from webapp.access.csrf import csrf_token
from webapp.config import Settings
from webapp.extensions import db, limiter
from webapp.models import hash_password

PASSWORD = "correct horse battery staple"
EMAIL = "ada@example.com"
NEWEST = date(2026, 11, 20)

Visit = Callable[[str | None], FlaskClient]
MakeSite = Callable[[Settings], Flask]


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once: it is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture(scope="session")
def site(migrated_app: Flask, settings: Settings) -> Iterator[Flask]:
    """An app of the visitors' own: the other one's context stays open, and requests would share it."""
    app = create_app(settings)
    app.config["TESTING"] = True
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["redis"].close()


def add_user(database: psycopg.Connection, role: str, email: str = "") -> int:
    """A user with PASSWORD."""
    row = database.execute(
        "INSERT INTO users (email, password_hash, role) VALUES (%s, %s, %s) RETURNING id",
        [email or f"{role}@example.com", password_hash(), role],
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def visit(site: Flask, database: psycopg.Connection, redis: Redis) -> Visit:
    """Returns a browser with a user of this role signed in; None is not signed in."""

    def enter(role: str | None) -> FlaskClient:
        browser = site.test_client()
        if role is not None:
            with browser.session_transaction() as kept:
                kept.update(add_session(database, add_user(database, role)))
        return browser

    return enter


@pytest.fixture
def viewer(visit: Visit) -> FlaskClient:
    """A browser with a viewer signed in."""
    return visit("viewer")


@pytest.fixture
def operator(visit: Visit) -> FlaskClient:
    """A browser with an operator signed in."""
    return visit("operator")


@pytest.fixture
def track(database: psycopg.Connection) -> int:
    """The seeds' track with 100 days of Spotify and 40 of YouTube, both to NEWEST; returns its id."""
    track_id = make_track(database)
    for slug, days, first in (("spotify", 100, 2_700_000_000), ("youtube", 40, 1_300_000_000)):
        values = [(NEWEST - timedelta(days=days - 1 - step), first + 1000 * step) for step in range(days)]
        insert_series(database, audience_rows(track_id, platform_id(database, slug), values))
    return track_id


def keep_limiter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one limiter, which counts for the app that was created last, is given back when the patch ends."""
    for name in ("_storage", "_limiter", "_storage_dead", "_fallback_storage", "_fallback_limiter"):
        monkeypatch.setattr(limiter, name, getattr(limiter, name))


@pytest.fixture
def make_site(site: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeSite]:
    """Makes one more app for a test."""
    keep_limiter(monkeypatch)
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        made.append(create_app(settings))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()
        app.extensions["redis"].close()


def enter_as(known: FlaskClient, app: Flask) -> FlaskClient:
    """Returns a browser at another app with the session of an existing one."""
    browser = app.test_client()
    with known.session_transaction() as kept, browser.session_transaction() as copy:
        copy.update(kept)
    return browser


@contextmanager
def counted_statements(site: Flask) -> Iterator[list[str]]:
    """The statements that the block sends to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    with site.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def csrf(browser: FlaskClient, page: str = "") -> dict[str, str]:
    """The header that HTMX sends with every request of a page: as `page` gives it, or made as for one."""
    if not page:
        return {"X-CSRFToken": _token(browser)}
    found = re.search(r'X-CSRFToken": "([^"]+)"', browser.get(page).text)
    assert found is not None
    return {"X-CSRFToken": found[1]}


def _token(browser: FlaskClient) -> str:
    """Returns a token of this browser's session, without the cost of loading a page."""
    with browser.session_transaction() as kept, browser.application.test_request_context():
        session.update(kept)
        token = csrf_token()
        kept.update(session)
    return token


def log_in(
    browser: FlaskClient, email: str = EMAIL, password: str = PASSWORD, following: str = ""
) -> TestResponse:
    """Returns the response to a form."""
    form = browser.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token is not None
    fields = {"email": email, "password": password, "csrf_token": token[1], "next": following}
    return browser.post("/login", data=fields)


TRACK_URL = f"/tracks/{SEED_TRACK}/"
API_URL = f"/soundcharts/audience/chart/{SEED_TRACK}/"
HTMX = {"HX-Request": "true"}
