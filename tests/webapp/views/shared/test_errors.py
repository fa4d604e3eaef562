"""Errors: a page, a fragment or JSON, each with one sentence."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.webapp.views.conftest import HTMX, TRACK_URL, MakeSite, Visit, csrf, enter_as
from webapp.access import rights
from webapp.config import Settings
from webapp.extensions import db

UNKNOWN = "00000000-0000-4000-8000-000000000009"


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("/nothing", 404, "Page not found."),
        (f"/tracks/{UNKNOWN}/", 404, f"Track {UNKNOWN} not found."),
        (f"{TRACK_URL}?range=8", 400, "range must be one of"),
        ("/tracks/?after=x", 400, "after must be a uuid"),
        ("/ops/runs/?state=lost", 400, "state must be one of"),
        ("/ops/runs/?task=x", 400, "task must be one of"),
        ("/ops/runs/?before=x", 400, "before must be the number of a run"),
        (f"/ops/runs/{UNKNOWN}/", 404, f"Run {UNKNOWN} not found."),
        (f"{TRACK_URL}runs/{UNKNOWN}/", 404, f"Run {UNKNOWN} not found."),
        (f"{TRACK_URL}platforms/spotify/refresh/", 405, "This URL does not support this method."),
    ],
)
def test_each_reader_gets_their_own_form(
    operator: FlaskClient, track: int, address: str, code: int, sentence: str
) -> None:
    page, fragment = operator.get(address), operator.get(address, headers=HTMX)
    data = operator.get(address, headers={"Accept": "application/json"})
    assert page.status_code == fragment.status_code == data.status_code == code
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert 'role="alert"' in fragment.text
    assert data.json is not None
    assert data.json["success"] is False
    for answer in (page.text, fragment.text, data.json["error"]):
        assert sentence in answer


def test_a_refused_role_is_named(viewer: FlaskClient) -> None:
    assert (
        "This needs the role &#39;operator&#39;; yours is &#39;viewer&#39;." in viewer.get("/ops/runs/").text
    )


def test_what_was_typed_is_never_markup(operator: FlaskClient, track: int) -> None:
    for address in ("/tracks/?q=<b>x</b>", "/tracks/?after=<b>x</b>", "/ops/runs/?state=<b>x</b>"):
        assert "<b>x</b>" not in operator.get(address).text


def test_a_lost_token_asks_to_reload(operator: FlaskClient, track: int) -> None:
    address = f"{TRACK_URL}platforms/spotify/refresh/"
    for headers in ({}, HTMX, {"X-CSRFToken": "forged", **HTMX}):
        answer = operator.post(address, headers=headers)
        assert answer.status_code == 400
        assert "reload it and try again" in answer.text


def test_more_than_a_megabyte_is_refused(operator: FlaskClient) -> None:
    answer = operator.post("/logout", data={"x": "y" * 2_000_000}, headers=csrf(operator))
    assert answer.status_code == 413


def test_an_error_is_no_page_to_come_back_to(viewer: FlaskClient) -> None:
    """trail.js remembers no page whose body says so."""
    assert " data-answer>" in viewer.get("/nothing").text
    assert " data-answer>" not in viewer.get("/tracks/").text


def test_a_body_that_is_too_large_is_read_so_that_its_answer_arrives(operator: FlaskClient) -> None:
    rows = io.BytesIO(b"text=" + b"x" * 2_000_000)
    form = "application/x-www-form-urlencoded"
    size = str(len(rows.getvalue()))
    answer = operator.post(
        "/ops/import/", input_stream=rows, headers=csrf(operator), content_type=form, content_length=size
    )
    assert answer.status_code == 413
    assert "the limit is 1 MiB" in answer.text
    assert rows.tell() == int(size)


@pytest.fixture
def broken(settings: Settings, make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A site with three failing endpoints."""
    app = make_site(settings)
    monkeypatch.setattr(rights, "_ROLES", {"fault": "viewer", "slow": "viewer", "second": "viewer"})
    app.add_url_rule("/fault", "fault", lambda: str(1 // 0))
    app.add_url_rule("/slow", "slow", too_slow)
    app.add_url_rule("/second", "second", comes_second)
    return app


def too_slow() -> str:
    """A statement over its time."""
    assert db.session.scalar(text("SHOW statement_timeout")) == "15s"
    assert db.session.scalar(text("SHOW timezone")) == "UTC"
    db.session.execute(text("SET LOCAL statement_timeout = 50"))
    return str(db.session.scalar(text("SELECT pg_sleep(60)")))


def comes_second() -> str:
    """A platform that another request has just made."""
    db.session.execute(text("INSERT INTO platforms (slug, name) VALUES ('spotify', 'Spotify')"))
    return "made"


def test_a_concurrent_change_is_a_conflict(
    broken: Flask, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    answer = enter_as(visit("viewer"), broken).get("/second")
    assert answer.status_code == 409
    assert "at the same time" in answer.text
    assert "platforms_slug" in caplog.text or "platforms_fold" in caplog.text


def test_a_fault_is_recorded_and_shows_nothing_of_itself(
    broken: Flask, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    browser = enter_as(visit("viewer"), broken)
    page = browser.get("/fault")
    assert page.status_code == 500
    assert "the error was logged" in page.text
    assert "ZeroDivisionError" not in page.text
    assert "ZeroDivisionError" in caplog.text
    fragment = browser.get("/fault", headers=HTMX)
    assert 'hx-get="/fault' in fragment.text


def test_a_statement_that_takes_too_long_is_ended(
    broken: Flask, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    answer = enter_as(visit("viewer"), broken).get("/slow")
    assert answer.status_code == 503
    assert "is too slow" in answer.text
    assert "statement timeout" in caplog.text
