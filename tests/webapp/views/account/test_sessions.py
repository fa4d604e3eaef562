"""Sessions: start, duration and end."""

from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.webapp.views.conftest import Visit, csrf, enter_as
from webapp.access.sessions import IDLE, LONGEST


def opens(browser: FlaskClient) -> bool:
    return browser.get("/tracks/").status_code == 200


def age(database: psycopg.Connection, column: str, by: timedelta) -> None:
    database.execute(f"UPDATE user_sessions SET {column} = {column} - %s", [by])


def test_signing_out_ends_every_copy_of_the_cookie(visit: Visit) -> None:
    browser = visit("viewer")
    copy = enter_as(browser, browser.application)
    assert opens(copy)
    browser.post("/logout", headers=csrf(browser))
    assert not opens(browser)
    assert not opens(copy)


@pytest.mark.parametrize(
    ("column", "limit"), [("seen_at", IDLE), ("created_at", LONGEST)], ids=["idle", "absolute"]
)
def test_a_session_ends_at_its_limit_and_not_before(
    column: str, limit: timedelta, visit: Visit, database: psycopg.Connection
) -> None:
    browser = visit("viewer")
    age(database, column, limit - timedelta(seconds=30))
    assert opens(browser)
    database.execute(f"UPDATE user_sessions SET {column} = now() - %s", [limit])
    assert not opens(browser)


IDLE_WORDS = "You were signed out after 2 hours without use."


def test_the_form_shows_that_a_session_grew_idle(visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("viewer")
    age(database, "seen_at", IDLE)
    turned_away = browser.get("/charts/")
    assert IDLE_WORDS in browser.get(turned_away.headers["Location"]).text
    assert IDLE_WORDS not in visit(None).get("/login").text


def test_the_form_shows_nothing_after_a_sign_out(visit: Visit) -> None:
    browser = visit("viewer")
    browser.post("/logout", headers=csrf(browser))
    assert IDLE_WORDS not in browser.get("/login").text


def test_use_keeps_a_session_from_growing_idle(visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("viewer")
    for _ in range(3):
        age(database, "seen_at", IDLE - timedelta(minutes=5))
        assert opens(browser)


@pytest.mark.parametrize("change", ["DELETE FROM user_sessions", "UPDATE users SET disabled_at = now()"])
def test_what_ends_a_session_ends_it_at_once(change: str, visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("admin")
    assert opens(browser)
    database.execute(change)
    assert not opens(browser)


def test_a_session_opens_for_nobody_else(visit: Visit) -> None:
    viewer, admin = visit("viewer"), visit("admin")
    with admin.session_transaction() as hers, viewer.session_transaction() as his:
        his["_user_id"] = hers["_user_id"]
    assert not opens(viewer)


@pytest.mark.parametrize("token", ["", "x", None])
def test_a_cookie_without_its_token_opens_nothing(token: str | None, visit: Visit) -> None:
    browser = visit("admin")
    with browser.session_transaction() as session:
        if token is None:
            del session["token"]
        else:
            session["token"] = token
    assert not opens(browser)
