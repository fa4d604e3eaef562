"""Health: alive without anything, ready only with a migrated database."""

from collections.abc import Callable
from typing import Literal

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.conftest import Visit
from webapp.config import Settings

PHASES: tuple[Literal["setup", "call"], ...] = ("setup", "call")


@pytest.fixture
def nobody(visit: Visit) -> FlaskClient:
    return visit(None)


def test_ready(nobody: FlaskClient) -> None:
    assert nobody.get("/healthz").json == {"status": "ok"}
    answer = nobody.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "database": "ok", "redis": "ok"})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = 'old'",
        "DROP TABLE alembic_version",
        "DELETE FROM alembic_version",
    ],
)
def test_not_ready_until_migrated(nobody: FlaskClient, database: psycopg.Connection, change: str) -> None:
    revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision is not None
    database.execute(change)
    try:
        answer = nobody.get("/readyz")
    finally:
        database.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num text PRIMARY KEY)")
        database.execute("DELETE FROM alembic_version")
        database.execute("INSERT INTO alembic_version VALUES (%s)", revision)
    assert answer.status_code == 503
    assert answer.json is not None
    assert "flask upgrade" in answer.json["database"]


@pytest.fixture
def alone(make_site: Callable[[Settings], Flask]) -> FlaskClient:
    """A browser of a site whose servers are all away."""
    away = Settings(
        database_url="postgresql://x:secret-word@127.0.0.1:9/x",
        redis_url="redis://127.0.0.1:9/0",
        secret_key="a-key-for-tests-only",
        session_cookie_secure=False,
    )
    return make_site(away).test_client()


def test_without_any_server_the_site_starts_and_shows_it(
    alone: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert alone.get("/healthz").status_code == 200
    answer = alone.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": "The database cannot be reached.", "redis": "away"}
    words = " ".join(record.getMessage() for when in PHASES for record in caplog.get_records(when))
    assert "The database cannot be reached yet" in words
    assert "secret-word" not in words


def test_a_page_without_database_is_an_error_page(alone: FlaskClient) -> None:
    with alone.session_transaction() as session:
        session["_user_id"] = "1"
    page = alone.get("/tracks/")
    assert page.status_code == 503
    assert "try again in a moment" in page.text
    assert "Retry" in page.text
    fragment = alone.get("/tracks/", headers={"HX-Request": "true"})
    assert fragment.status_code == 503
    assert "<html" not in fragment.text
    data = alone.get("/soundcharts/audience/chart/x/")
    assert data.json == {
        "success": False,
        "error": "The database cannot be reached or is too slow; try again in a moment.",
        "error_id": data.headers["X-Request-ID"],
    }
