"""All API tokens, for admins."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.conftest import HTMX, Visit, add_user, csrf
from webapp.access import tokens
from webapp.extensions import db
from webapp.models import User


@pytest.fixture
def admin(visit: Visit, site: Flask, database: psycopg.Connection) -> FlaskClient:
    """A browser with an admin signed in; four tokens of two people, one of each state."""
    browser = visit("admin")
    ada, ben = (add_user(database, "operator", f"{name}@example.com") for name in ("ada", "ben"))
    with site.app_context():
        for user, name in ((ada, "active"), (ada, "expired"), (ada, "revoked"), (ben, "of the disabled")):
            owner = db.session.get_one(User, user)
            tokens.issue(owner, name, role="viewer", expires_at=datetime.now(UTC) + timedelta(days=9))
        db.session.commit()
    database.execute("UPDATE api_tokens SET expires_at = now() WHERE name = 'expired'")
    database.execute("UPDATE api_tokens SET revoked_at = now() WHERE name = 'revoked'")
    database.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [ben])
    return browser


def names(page: str) -> list[str]:
    """The tokens listed, in order."""
    heads = re.findall(r'<th scope="row" role="rowheader">(.*?)<code', page)
    return [re.sub(r"<[^>]+>", "", head).strip() for head in heads]


ALL = ["of the disabled", "revoked", "expired", "active"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("?q=ADA", ALL[1:]),
        ("?q=ben@example.com", ALL[:1]),
        ("?q=disabled", ALL[:1]),
        ("?q=%25", []),
        ("?state=active", ["active"]),
        ("?state=expired", ["expired"]),
        ("?state=revoked", ["revoked"]),
        ("?state=disabled", ["of the disabled"]),
        ("?state=active&q=ben", []),
        ("?before=3", ["expired", "active"]),
    ],
)
def test_the_list_is_narrowed(admin: FlaskClient, query: str, found: list[str]) -> None:
    assert names(admin.get(f"/admin/tokens/{query}").text) == found
    assert names(admin.get(f"/admin/tokens/{query}", headers=HTMX).text) == found


@pytest.mark.parametrize("query", ["?state=x", "?before=x", "?before=-1"])
def test_a_bad_parameter_is_named(admin: FlaskClient, query: str) -> None:
    answer = admin.get(f"/admin/tokens/{query}")
    assert answer.status_code == 400
    assert f"{query[1:].split('=', maxsplit=1)[0]} must be" in answer.text


def test_many_are_revoked_once_that_is_confirmed(admin: FlaskClient, database: psycopg.Connection) -> None:
    chosen = {"chosen": ["1", "3", "4"]}
    requested = admin.post("/admin/tokens/revoke/", data=chosen, headers=csrf(admin))
    assert "Revoke 2 tokens?" in requested.text
    assert "active of ada@example.com" in requested.text
    assert requested.text.count('name="chosen"') == 3
    left = "SELECT name FROM api_tokens WHERE revoked_at IS NULL ORDER BY id"
    assert len(database.execute(left).fetchall()) == 3
    answer = admin.post("/admin/tokens/revoke/", data=chosen | {"confirmed": "1"}, headers=csrf(admin))
    assert answer.status_code == 303
    assert database.execute(left).fetchall() == [("expired",)]
    events = database.execute("SELECT subject FROM audit_events WHERE action = 'token.revoke' ORDER BY id")
    assert events.fetchall() == [
        ("token active of ada@example.com",),
        ("token of the disabled of ben@example.com",),
    ]


def test_what_is_revoked_stays_so(admin: FlaskClient, database: psycopg.Connection) -> None:
    before = database.execute("SELECT revoked_at FROM api_tokens WHERE id = 3").fetchone()
    fields = {"chosen": "3", "confirmed": "1"}
    answer = admin.post("/admin/tokens/revoke/", data=fields, headers=csrf(admin), follow_redirects=True)
    assert "These tokens are already revoked." in answer.text
    assert database.execute("SELECT revoked_at FROM api_tokens WHERE id = 3").fetchone() == before


@pytest.mark.parametrize("chosen", [[], ["x"], ["1", "2;"], ["9" * 30]])
def test_a_form_that_chooses_nothing_is_refused(admin: FlaskClient, chosen: list[str]) -> None:
    answer = admin.post("/admin/tokens/revoke/", data={"chosen": chosen}, headers=csrf(admin))
    assert answer.status_code == 400
