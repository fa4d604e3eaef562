"""API tokens after a change of their owner's password, the end of sessions, or disabling the owner."""

import re

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.account.test_tokens import issue
from tests.webapp.views.conftest import PASSWORD, Visit, add_user, csrf
from webapp.access import people
from webapp.extensions import db
from webapp.models import User

NEW = "a password never used"
ADDRESS = "/api/openapi.json"


def id_of(browser: FlaskClient) -> int:
    with browser.session_transaction() as session:
        return int(session["_user_id"])


@pytest.fixture
def owner(visit: Visit) -> FlaskClient:
    """A browser of the person whose token this is about."""
    return visit("operator")


@pytest.fixture
def token(site: Flask, owner: FlaskClient) -> dict[str, str]:
    """The header with that person's token."""
    return issue(site, id_of(owner), "operator")


@pytest.fixture
def others(site: Flask, database: psycopg.Connection) -> dict[str, str]:
    """The token of another person, which stays active."""
    return issue(site, add_user(database, "operator", "other@example.com"), "operator")


def opens(site: Flask, token: dict[str, str]) -> bool:
    return site.test_client().get(ADDRESS, headers=token).status_code == 200


def revoked(database: psycopg.Connection) -> list[tuple[str]]:
    return database.execute("SELECT subject FROM audit_events WHERE action = 'token.revoke'").fetchall()


def test_a_reset_link_revokes_them(
    site: Flask,
    owner: FlaskClient,
    token: dict[str, str],
    others: dict[str, str],
    database: psycopg.Connection,
) -> None:
    with site.app_context():
        secret = people.reset_link(db.session.get_one(User, id_of(owner)))
        db.session.commit()
    browser = site.test_client()
    assert "revokes your API tokens" in browser.get(f"/reset/{secret}").text
    assert opens(site, token)
    answer = browser.post(
        f"/reset/{secret}", data={"new_password": NEW}, headers=csrf(browser, "/reset/unknown")
    )
    assert answer.status_code == 303
    assert (opens(site, token), opens(site, others)) == (False, True)
    assert revoked(database) == [("token export of operator@example.com",)]


def test_a_refused_password_of_a_link_revokes_nothing(
    site: Flask, owner: FlaskClient, token: dict[str, str]
) -> None:
    with site.app_context():
        secret = people.reset_link(db.session.get_one(User, id_of(owner)))
        db.session.commit()
    browser = site.test_client()
    answer = browser.post(
        f"/reset/{secret}", data={"new_password": "short"}, headers=csrf(browser, "/reset/unknown")
    )
    assert answer.status_code == 400
    assert opens(site, token)


def test_disabling_revokes_them_for_good(
    site: Flask,
    visit: Visit,
    owner: FlaskClient,
    token: dict[str, str],
    others: dict[str, str],
    database: psycopg.Connection,
) -> None:
    admin, who = visit("admin"), str(id_of(owner))
    for enabled in ("false", "true"):
        fields = {"chosen": who, "enabled": enabled}
        assert admin.post("/admin/people/switch/", data=fields, headers=csrf(admin)).status_code == 303
        assert (opens(site, token), opens(site, others)) == (False, True)
    assert revoked(database) == [("token export of operator@example.com",)]


@pytest.mark.parametrize("tick", [True, False])
@pytest.mark.parametrize("address", ["/account/password/", "/account/sessions/end/"])
def test_ones_own_change_offers_it(
    site: Flask,
    owner: FlaskClient,
    token: dict[str, str],
    others: dict[str, str],
    address: str,
    *,
    tick: bool,
) -> None:
    fields = {"password": PASSWORD, "new_password": NEW} | ({"revoke_tokens": "true"} if tick else {})
    answer = owner.post(address, data=fields, headers=csrf(owner), follow_redirects=True)
    assert answer.status_code == 200
    assert ("API tokens revoked: 1." in answer.text) == tick
    assert (opens(site, token), opens(site, others)) == (not tick, True)


@pytest.mark.parametrize("tick", [True, False])
def test_ending_somebodys_sessions_offers_it(
    site: Flask, visit: Visit, owner: FlaskClient, token: dict[str, str], *, tick: bool
) -> None:
    admin, page = visit("admin"), f"/admin/people/{id_of(owner)}/"
    assert "Also revoke their 1 active API token: export" in admin.get(page).text
    fields = {"revoke_tokens": "true"} if tick else {}
    admin.post(f"{page}sessions/end/", data=fields, headers=csrf(admin))
    assert opens(site, token) == (not tick)
    # The button stays while a token is live, although no session is.
    assert ("sessions/end/" in admin.get(page).text) == (not tick)


@pytest.mark.parametrize("address", ["/account/password/", "/account/sessions/end/"])
def test_a_tick_that_is_none_changes_nothing(
    site: Flask, owner: FlaskClient, token: dict[str, str], database: psycopg.Connection, address: str
) -> None:
    before = database.execute("SELECT password_hash, password_changed_at FROM users ORDER BY id").fetchall()
    fields = {"password": PASSWORD, "new_password": NEW, "revoke_tokens": "maybe"}
    assert owner.post(address, data=fields, headers=csrf(owner)).status_code == 400
    after = database.execute("SELECT password_hash, password_changed_at FROM users ORDER BY id").fetchall()
    assert (opens(site, token), after) == (True, before)


def test_the_page_names_those_that_are_active(
    site: Flask, owner: FlaskClient, database: psycopg.Connection
) -> None:
    assert "Also revoke" not in owner.get("/account/").text
    for _ in range(7):
        issue(site, id_of(owner), "viewer")
    database.execute("UPDATE api_tokens SET expires_at = now() WHERE id = 1")
    named = re.findall(
        r"Also revoke my 6 active API tokens: ((?:export, ){4}export) and 1 more", owner.get("/account/").text
    )
    assert len(named) == 1
