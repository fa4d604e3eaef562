"""API tokens at work: where they open, how much, and until when."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import API_URL, Visit, add_user
from webapp.access import tokens
from webapp.extensions import db
from webapp.models import User

REFRESH = f"/soundcharts/audience/refresh/{SEED_TRACK}/shazam/"


@pytest.fixture
def program(visit: Visit) -> FlaskClient:
    """A program, without cookies."""
    return visit(None)


def issue(site: Flask, user: int, role: str, days: float = 30) -> dict[str, str]:
    """The header that carries a new token."""
    with site.app_context():
        expires_at = datetime.now(UTC) + timedelta(days=days)
        _token, secret = tokens.issue(
            db.session.get_one(User, user), "export", role=role, expires_at=expires_at
        )
        db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("owner", "role", "reads", "refreshes"),
    [
        ("viewer", "viewer", 200, 403),
        ("operator", "viewer", 200, 403),
        ("operator", "operator", 200, 202),
        ("admin", "viewer", 200, 403),
        ("admin", "operator", 200, 202),
        ("admin", "admin", 200, 202),
    ],
)
def test_a_token_does_what_its_role_may(
    site: Flask,
    database: psycopg.Connection,
    program: FlaskClient,
    track: int,
    owner: str,
    role: str,
    reads: int,
    refreshes: int,
) -> None:
    headers = issue(site, add_user(database, owner), role)
    assert program.get(API_URL, headers=headers).status_code == reads
    assert program.post(REFRESH, headers=headers).status_code == refreshes


def test_a_token_loses_what_its_owner_loses(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "admin"), "operator")
    for role, status in (("operator", 202), ("viewer", 403), ("admin", 202)):
        database.execute("UPDATE users SET role = %s", [role])
        assert program.post(REFRESH, headers=headers).status_code == status


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE api_tokens SET expires_at = now()",
        "UPDATE api_tokens SET revoked_at = now()",
        "UPDATE users SET disabled_at = now()",
        "DELETE FROM api_tokens",
    ],
)
def test_what_ends_a_token(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int, end: str
) -> None:
    headers = issue(site, add_user(database, "operator"), "operator")
    assert program.get(API_URL, headers=headers).status_code == 200
    database.execute(end)
    assert program.get(API_URL, headers=headers).status_code == 401
    assert program.post(REFRESH, headers=headers).status_code == 401


def test_a_token_opens_until_it_expires(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "viewer"), "viewer", days=1)
    for left, status in (("2 seconds", 200), ("0 seconds", 401)):
        database.execute(f"UPDATE api_tokens SET expires_at = now() + interval '{left}'")
        assert program.get(API_URL, headers=headers).status_code == status


@pytest.mark.parametrize(
    "address",
    ["/", "/tracks/", "/account/", "/admin/people/", "/ops/runs/", "/soundchartsx/", "/dashboard/pulse/"],
)
def test_a_token_opens_no_page(
    site: Flask, database: psycopg.Connection, program: FlaskClient, address: str
) -> None:
    headers = issue(site, add_user(database, "admin"), "admin")
    assert program.get(address, headers=headers).status_code == 302
    assert program.get(address, headers=headers | {"Accept": "application/json"}).status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        "Bearer",
        "Bearer ",
        "Bearer tp_",
        "Bearer tp_wrong",
        "Basic tp_{token}",
        "bearer x{token}",
        "Bearer {token} ",
        "Token {token}",
        "{token}",
        "Bearer \x00",
    ],
)
def test_what_is_no_token_opens_nothing(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int, given: str
) -> None:
    right = issue(site, add_user(database, "admin"), "admin")["Authorization"].removeprefix("Bearer ")
    answer = program.get(API_URL, headers={"Authorization": given.replace("{token}", right)})
    # What stands around a token is no part of it.
    assert answer.status_code == (200 if given == "Bearer {token} " else 401)


def test_a_token_needs_no_csrf_token_and_a_session_does(
    site: Flask, visit: Visit, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    browser = visit("operator")
    assert browser.post(REFRESH).status_code == 400
    headers = issue(site, add_user(database, "operator", "other@example.com"), "operator")
    assert program.post(REFRESH, headers=headers).status_code == 202


def test_a_wrong_token_does_not_spare_a_session_its_csrf_token(visit: Visit, track: int) -> None:
    browser = visit("operator")
    assert browser.post(REFRESH, headers={"Authorization": "Bearer tp_wrong"}).status_code == 400


def test_the_session_counts_where_both_come(
    site: Flask, visit: Visit, database: psycopg.Connection, track: int
) -> None:
    """A token beside a session changes nothing: a page's script cannot borrow rights by it."""
    browser = visit("viewer")
    headers = issue(site, add_user(database, "operator"), "operator")
    assert browser.post(REFRESH, headers=headers).status_code in (400, 403)


def test_last_use_is_kept(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "viewer"), "viewer")
    program.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    program.get(API_URL, headers=headers)
    row = database.execute("SELECT now() - last_used_at, last_used_from FROM api_tokens").fetchone()
    assert row is not None
    assert row[0] < timedelta(minutes=1)
    assert row[1] == "192.0.2.7"


def test_what_a_refresh_answers_leads_a_token_to_the_outcome(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "operator"), "operator")
    requested = program.post(REFRESH, headers=headers).get_json()
    for url in (requested["url"], f"/api/runs/{requested['run']['uuid']}/"):
        answer = program.get(url, headers=headers)
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        run = answer.get_json()["run"]
        assert (run["uuid"], run["state"], run["result"]) == (requested["run"]["uuid"], "queued", None)
        assert run["requested_by"] == "operator@example.com"
        assert run["progress"] == {"text": "Queued, next in line", "pages": 0, "calls": 0}
    database.execute(
        "UPDATE job_runs SET state = 'succeeded', attempt = 1, started_at = now(), finished_at = now(),"
        " records_created = 3, records_unchanged = 86, message = 'Fetched 89 days.'"
    )
    ended = program.get(requested["url"], headers=headers).get_json()["run"]
    assert ended["state"] == "succeeded"
    assert ended["result"] == {
        "created": 3,
        "updated": 0,
        "unchanged": 86,
        "message": "Fetched 89 days.",
        "error": "",
    }


def test_a_run_is_json_for_programs_and_a_page_for_people(
    site: Flask, visit: Visit, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "admin"), "operator")
    url = program.post(REFRESH, headers=headers).get_json()["url"]
    operator = visit("operator")
    assert operator.get(url).mimetype == "text/html"
    assert operator.get(url, headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"
    assert operator.get(url, headers={"Accept": "application/json"}).mimetype == "application/json"
    viewer = issue(site, add_user(database, "viewer"), "viewer")
    for given, status in ((viewer, 403), ({"Authorization": "Bearer tp_wrong"}, 401)):
        answer = program.get(url, headers=given)
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert program.get(url).status_code == 302
    # A token reads this one page, and still does nothing there.
    assert program.get(f"{url}log/", headers=headers).status_code == 302
    assert program.post(f"{url}cancel/", headers=headers).status_code in (302, 405)
    assert database.execute("SELECT DISTINCT state FROM job_runs").fetchall() == [("queued",)]


def test_the_record_names_person_and_token(
    site: Flask, database: psycopg.Connection, program: FlaskClient, track: int
) -> None:
    headers = issue(site, add_user(database, "operator"), "operator")
    program.post(REFRESH, headers=headers)
    viewer = issue(site, add_user(database, "viewer"), "viewer")
    program.post(REFRESH, headers=viewer)
    actors = database.execute(
        "SELECT actor, action FROM audit_events WHERE action NOT LIKE 'token.%' ORDER BY id"
    ).fetchall()
    assert [actor for actor, _action in actors] == [
        "operator@example.com (token export)",
        "viewer@example.com (token export)",
    ]
    assert actors[1][1] == "refused"
