"""The demo logins: in a database of the launcher's own, while nobody exists there, and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from jobs.commands.demo import demo
from launcher import state as states
from launcher.state import State
from tests.factories import add_session
from webapp import create_app
from webapp.access import people
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import DEMO_LOGINS, User

PASSWORD = "a-demo-password"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> None:
    """Has the test's database be the one that the launcher created for this VAR_DIR."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    states.load_or_create(tmp_path)
    monkeypatch.setattr(State, "database_url", settings.database_url)


def run(app: Flask) -> Result:
    return app.test_cli_runner().invoke(demo, ["users"])


def events(database: psycopg.Connection) -> list[tuple[str, str]]:
    return database.execute("SELECT action, subject FROM audit_events ORDER BY id").fetchall()


@pytest.mark.usefixtures("own")
def test_they_are_created_once_and_audited(app: Flask, database: psycopg.Connection) -> None:
    for _ in range(2):
        result = run(app)
        assert result.output == "admin@example.com, operator@example.com, viewer@example.com\n"
    assert events(database) == [("user.create", f"user {email}") for email in DEMO_LOGINS]
    found = [User.find(email) for email in DEMO_LOGINS]
    assert [user and user.role for user in found] == list(DEMO_LOGINS.values())


@pytest.mark.usefixtures("own")
def test_a_changed_password_stays_and_is_not_printed_as_the_demos(
    app: Flask, database: psycopg.Connection
) -> None:
    run(app)
    admin = User.find("admin@example.com")
    assert admin is not None
    with app.test_request_context():
        people.set_password(admin, "a password of her own")
        db.session.commit()
    hashes = database.execute("SELECT password_hash FROM users ORDER BY id").fetchall()
    assert run(app).output == "operator@example.com, viewer@example.com\n"
    assert database.execute("SELECT password_hash FROM users ORDER BY id").fetchall() == hashes


@pytest.mark.usefixtures("own")
def test_none_is_created_beside_people_who_exist(app: Flask, database: psycopg.Connection) -> None:
    people.create("ann@label.example", "admin", PASSWORD)
    db.session.commit()
    assert run(app).output == "\n"
    assert database.execute("SELECT email FROM users").fetchall() == [("ann@label.example",)]


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("password", ["", "short"])
def test_a_password_has_to_be_given_and_good_enough(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", password)
    assert run(app).exit_code != 0
    assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)


def test_no_other_database_gets_them(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    for _ in ("nothing was ever started", "another database is the launcher's"):
        result = run(app)
        assert result.exit_code != 0
        assert "This is not the database of `make run`" in result.output
        states.load_or_create(tmp_path)
    assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)


@pytest.fixture
def production(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The site as it runs in production, over the same database."""
    guarded = create_app(replace(settings, session_cookie_secure=True))
    yield guarded
    with guarded.app_context():
        db.engine.dispose()
    guarded.extensions["redis"].close()


@pytest.mark.usefixtures("own", "app")
def test_production_creates_none(production: Flask, database: psycopg.Connection) -> None:
    with production.app_context():
        result = run(production)
    assert "SESSION_COOKIE_SECURE is true" in result.output
    assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)


@pytest.mark.usefixtures("own")
def test_production_lets_none_in_by_password_session_or_link(
    app: Flask, production: Flask, database: psycopg.Connection
) -> None:
    run(app)
    row = database.execute("SELECT id FROM users WHERE email = 'admin@example.com'").fetchone()
    assert row is not None
    session = add_session(database, row[0])
    for site, status in ((app, 200), (production, 302)):
        browser = site.test_client()
        with browser.session_transaction(base_url="https://localhost") as kept:
            kept.update(session)
        assert browser.get("/account/", base_url="https://localhost").status_code == status
    with production.app_context():
        admin = User.find("Admin@example.com")
        assert admin is not None
        assert not admin.lets_in(PASSWORD)
        with pytest.raises(people.PeopleError, match="is a demo user"):
            people.reset_link(admin)
