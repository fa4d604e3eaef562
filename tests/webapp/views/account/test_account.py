"""The user's own account: password, sessions and tokens."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import add_session
from tests.webapp.views.conftest import (
    PASSWORD,
    Visit,
    counted_statements,
    csrf,
    log_in,
)

NEW = "a password never used"


def opens(browser: FlaskClient) -> bool:
    return browser.get("/tracks/").status_code == 200


def again(browser: FlaskClient, site: Flask, database: psycopg.Connection) -> FlaskClient:
    """The same person in another browser."""
    with browser.session_transaction() as session:
        user = int(session["_user_id"])
    other = site.test_client()
    with other.session_transaction() as session:
        session.update(add_session(database, user))
    return other


def test_a_new_password_opens_and_ends_every_other_session(
    visit: Visit, site: Flask, database: psycopg.Connection
) -> None:
    browser = visit("viewer")
    other, stranger = again(browser, site, database), visit("operator")
    fields = {"password": PASSWORD, "new_password": NEW}
    assert browser.post("/account/password/", data=fields, headers=csrf(browser)).status_code == 303
    assert opens(browser)
    assert not opens(other)
    assert opens(stranger)
    assert log_in(site.test_client(), "viewer@example.com", PASSWORD).status_code == 401
    assert log_in(site.test_client(), "viewer@example.com", NEW).status_code == 302


@pytest.mark.parametrize(
    ("present", "new", "field"),
    [
        ("wrong", NEW, "password"),
        ("", NEW, "password"),
        (PASSWORD, "eleven char", "new_password"),
        (PASSWORD, "", "new_password"),
        (PASSWORD, "Viewer@Example.com ", "new_password"),
        (PASSWORD, "x" * 201, "new_password"),
    ],
)
def test_a_refused_password_changes_nothing(
    visit: Visit, site: Flask, database: psycopg.Connection, present: str, new: str, field: str
) -> None:
    browser = visit("viewer")
    other = again(browser, site, database)
    fields = {"password": present, "new_password": new}
    answer = browser.post("/account/password/", data=fields, headers=csrf(browser))
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert opens(other)
    assert log_in(site.test_client(), "viewer@example.com", PASSWORD).status_code == 302
    assert database.execute(
        "SELECT count(*) FROM audit_events WHERE action = 'user.set-password'"
    ).fetchone() == (0,)


def test_the_present_password_cannot_be_guessed_for_long(visit: Visit) -> None:
    browser = visit("viewer")
    headers = csrf(browser)
    fields = {"password": "wrong", "new_password": NEW}
    codes = [browser.post("/account/password/", data=fields, headers=headers).status_code for _ in range(11)]
    assert codes == [400] * 10 + [429]


def test_sessions_are_told_apart_and_end_one_by_one(
    visit: Visit, site: Flask, database: psycopg.Connection
) -> None:
    browser = visit("viewer")
    others = [again(browser, site, database) for _ in range(2)]
    page = browser.get("/account/").text
    assert page.count("current session") == 1
    addresses = re.findall(r'action="(/account/sessions/[0-9a-f]{64}/end/)"', page)
    assert len(addresses) == 2
    assert browser.post(addresses[0], headers=csrf(browser)).status_code == 303
    assert sorted(map(opens, others)) == [False, True]
    assert opens(browser)
    assert browser.post(addresses[0], headers=csrf(browser)).status_code == 404


def test_sign_out_everywhere_else(visit: Visit, site: Flask, database: psycopg.Connection) -> None:
    browser, stranger = visit("viewer"), visit("operator")
    others = [again(browser, site, database) for _ in range(3)]
    assert browser.post("/account/sessions/end/", headers=csrf(browser)).status_code == 303
    assert not any(map(opens, others))
    assert opens(browser)
    assert opens(stranger)


def test_nobody_ends_the_session_of_another(visit: Visit, database: psycopg.Connection) -> None:
    viewer, admin = visit("viewer"), visit("admin")
    row = database.execute(
        "SELECT encode(token_hash, 'hex') FROM user_sessions"
        " JOIN users ON users.id = user_id WHERE role = 'viewer'"
    ).fetchone()
    assert row is not None
    assert admin.post(f"/account/sessions/{row[0]}/end/", headers=csrf(admin)).status_code == 404
    assert opens(viewer)


def test_ended_sessions_are_not_listed(visit: Visit, site: Flask, database: psycopg.Connection) -> None:
    browser = visit("viewer")
    for column, past in (("seen_at", "2 hours"), ("created_at", "12 hours")):
        again(browser, site, database)
        database.execute(
            f"UPDATE user_sessions SET {column} = now() - interval '{past}'"
            " WHERE ctid = (SELECT max(ctid) FROM user_sessions)"
        )
    assert "1 session<" in browser.get("/account/").text


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0 Safari/537.36", "Chrome on macOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "unknown"),
        ("<b>x", "&lt;b&gt;x"),
    ],
)
def test_a_browser_is_named(visit: Visit, database: psycopg.Connection, agent: str, words: str) -> None:
    browser = visit("viewer")
    database.execute("UPDATE user_sessions SET agent = %s", [agent])
    assert f'<th scope="row" role="rowheader">{words}</th>' in browser.get("/account/").text


def create_token(browser: FlaskClient, **fields: str) -> tuple[int, str]:
    """Returns the status of the response to the form, and the token if it shows one."""
    sentence = {"name": "Nightly export", "role": "viewer", "days": "30"} | fields
    answer = browser.post("/account/tokens/", data=sentence, headers=csrf(browser))
    found = re.search(r'data-copy="(tp_[\w-]+)"', answer.text)
    if found is not None:
        assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, found[1] if found else ""


def test_a_token_is_shown_once_and_kept_as_a_hash(visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("operator")
    status, token = create_token(browser, role="operator", days="365")
    assert status == 200
    page = browser.get("/account/").text
    assert token not in page
    assert token[:8] in page
    row = database.execute("SELECT api_tokens::text, role, expires_at FROM api_tokens").fetchone()
    assert row is not None
    assert token not in row[0]
    assert row[1] == "operator"
    assert abs(row[2] - datetime.now(UTC) - timedelta(days=365)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"days": "0"}, "days"),
        ({"days": "366"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "1.5"}, "days"),
        ({"days": "\u0661"}, "days"),
        ({"days": ""}, "days"),
    ],
)
def test_a_bad_field_is_named_beside_it(
    visit: Visit, database: psycopg.Connection, fields: dict[str, str], field: str
) -> None:
    browser = visit("viewer")
    sentence = {"name": "Nightly", "role": "viewer", "days": "30"} | fields
    answer = browser.post("/account/tokens/", data=sentence, headers=csrf(browser))
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert database.execute("SELECT count(*) FROM api_tokens").fetchone() == (0,)


@pytest.mark.parametrize(
    ("own", "role", "status"),
    [
        ("viewer", "viewer", 200),
        ("viewer", "operator", 400),
        ("operator", "operator", 200),
        ("operator", "admin", 400),
        ("admin", "admin", 200),
        ("admin", "boss", 400),
    ],
)
def test_a_token_has_no_more_rights_than_its_owner(visit: Visit, own: str, role: str, status: int) -> None:
    browser = visit(own)
    assert create_token(browser, role=role)[0] == status


def test_nobody_sees_or_revokes_the_token_of_another(visit: Visit, database: psycopg.Connection) -> None:
    viewer, admin = visit("viewer"), visit("admin")
    create_token(viewer, name="Hers alone")
    answer = admin.post("/account/tokens/1/revoke/", data={"confirmed": "1"}, headers=csrf(admin))
    assert answer.status_code == 404
    assert "Hers alone" not in admin.get("/account/").text
    assert database.execute("SELECT revoked_at FROM api_tokens").fetchone() == (None,)


def test_revoking_is_asked_first(visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("viewer")
    create_token(browser)
    address = "/account/tokens/1/revoke/"
    requested = browser.post(address, headers=csrf(browser))
    assert "Revoke this token?" in requested.text
    assert database.execute("SELECT revoked_at FROM api_tokens").fetchone() == (None,)
    assert browser.post(address, data={"confirmed": "1"}, headers=csrf(browser)).status_code == 303
    assert 'data-state="revoked"' in browser.get("/account/").text


def test_the_page_costs_few_statements(site: Flask, visit: Visit, database: psycopg.Connection) -> None:
    browser = visit("viewer")
    for _ in range(3):
        create_token(browser)
        again(browser, site, database)
    with counted_statements(site) as sent:
        assert browser.get("/account/").status_code == 200
    assert len(sent) <= 8


def test_markup_in_a_name_is_shown_as_typed(visit: Visit) -> None:
    browser = visit("viewer")
    create_token(browser, name="<script>alert(1)</script>'\"; DROP TABLE users")
    page = browser.get("/account/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
