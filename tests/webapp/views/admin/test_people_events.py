"""Actions of and on people leave one event each, without secrets."""

import json
from typing import NamedTuple

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.webapp.views.conftest import EMAIL, PASSWORD, Visit, add_user, csrf, log_in

NEW = "a password never used"


class Deed(NamedTuple):
    """A form that an admin sends, and the event that it leaves; ADA has id 1, the admin 2."""

    address: str
    fields: dict[str, str]
    action: str
    subject: str
    before: dict[str, str] | None = None
    after: dict[str, str] | None = None


ADA, ADMIN = f"user {EMAIL}", "user admin@example.com"
PREFERENCES = {"start": "charts", "platform": "", "range": "30"}
DEEDS = [
    Deed(
        "/account/password/",
        {"password": PASSWORD, "new_password": NEW},
        "user.set-password",
        ADMIN,
    ),
    Deed(
        "/account/preferences/",
        PREFERENCES,
        "user.preferences",
        ADMIN,
        {"start": "dashboard", "platform": "", "range": "90"},
        PREFERENCES,
    ),
    Deed("/account/sessions/end/", {}, "user.end-sessions", ADMIN),
    Deed("/logout", {}, "user.sign-out", ADMIN),
    Deed(
        "/admin/people/new/",
        {"email": "new@example.com", "role": "viewer"},
        "user.create",
        "user new@example.com",
        None,
        {"role": "viewer"},
    ),
    Deed(
        "/admin/people/1/role/",
        {"role": "operator"},
        "user.set-role",
        ADA,
        {"role": "viewer"},
        {"role": "operator"},
    ),
    Deed("/admin/people/switch/", {"chosen": "1", "enabled": "false"}, "user.disable", ADA),
    Deed("/admin/people/1/sessions/end/", {}, "user.end-sessions", ADA),
]


@pytest.fixture
def admin(visit: Visit, database: psycopg.Connection) -> FlaskClient:
    """A browser with an admin signed in; Ada is a user."""
    add_user(database, "viewer", EMAIL)
    return visit("admin")


def events(database: psycopg.Connection) -> list[tuple[object, ...]]:
    """Returns the events of the audit log."""
    query = "SELECT actor, action, subject, before, after FROM audit_events ORDER BY id"
    return database.execute(query).fetchall()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.action)
def test_each_change_leaves_its_event(admin: FlaskClient, database: psycopg.Connection, deed: Deed) -> None:
    answer = admin.post(deed.address, data=deed.fields, headers=csrf(admin))
    assert answer.status_code < 400
    found = [event for event in events(database) if event[1] != "user.reset-link"]
    assert found == [("admin@example.com", deed.action, deed.subject, deed.before, deed.after)]


def test_links_and_tokens_are_recorded_without_what_opens(
    admin: FlaskClient, database: psycopg.Connection
) -> None:
    admin.post("/admin/people/1/reset/", headers=csrf(admin))
    admin.post("/account/tokens/", data={"name": "a", "role": "viewer", "days": "1"}, headers=csrf(admin))
    found = events(database)
    assert [event[:3] for event in found] == [
        ("admin@example.com", "user.reset-link", ADA),
        ("admin@example.com", "token.create", "token a of admin@example.com"),
    ]
    assert [sorted(json.loads(json.dumps(event[4]))) for event in found] == [
        ["expires_at"],
        ["expires_at", "role"],
    ]


def test_sign_ins_are_recorded(visit: Visit, database: psycopg.Connection) -> None:
    add_user(database, "viewer", EMAIL)
    browser = visit(None)
    log_in(browser, EMAIL.upper(), "wrong")
    log_in(browser, "my-password-in-the-wrong-field", "wrong")
    log_in(browser)
    browser.post("/logout", headers=csrf(browser))
    assert [event[:3] for event in events(database)] == [
        ("nobody", "user.sign-in-refused", ADA),
        ("nobody", "user.sign-in-refused", "unknown account"),
        (EMAIL, "user.sign-in", ADA),
        (EMAIL, "user.sign-out", ADA),
    ]
    assert "wrong-field" not in str(
        database.execute("SELECT audit_events::text FROM audit_events").fetchall()
    )


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/account/password/", {"password": "wrong", "new_password": NEW}),
        ("/account/tokens/", {"name": "", "role": "viewer", "days": "1"}),
        ("/account/preferences/", {"start": "nowhere"}),
        ("/admin/people/new/", {"email": "x", "role": "viewer"}),
        ("/admin/people/2/role/", {"role": "viewer"}),
        ("/admin/people/2/role/", {"role": "admin"}),
        ("/admin/people/switch/", {"chosen": "2", "enabled": "false"}),
    ],
)
def test_what_changes_nothing_leaves_none(
    admin: FlaskClient, database: psycopg.Connection, address: str, fields: dict[str, str]
) -> None:
    admin.post(address, data=fields, headers=csrf(admin))
    assert events(database) == []


def test_an_event_shows_from_where(visit: Visit, database: psycopg.Connection) -> None:
    add_user(database, "viewer", EMAIL)
    browser = visit(None)
    browser.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    log_in(browser)
    assert database.execute("SELECT address FROM audit_events").fetchall() == [("192.0.2.7",)]
