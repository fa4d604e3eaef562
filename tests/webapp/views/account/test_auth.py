"""Signing in and out."""

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.conftest import EMAIL, PASSWORD, Visit, add_user, csrf, log_in
from webapp.models import User


@pytest.fixture
def nobody(visit: Visit, database: psycopg.Connection) -> FlaskClient:
    """A browser that is not signed in; one user exists."""
    add_user(database, "admin", EMAIL)
    return visit(None)


@pytest.mark.parametrize("email", [EMAIL, "ADA@Example.com", f"  {EMAIL} "])
def test_right_password_opens(nobody: FlaskClient, email: str) -> None:
    answer = log_in(nobody, email)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert nobody.get("/tracks/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        (EMAIL, ""),
        ("a\0b", PASSWORD),
        ("x" * 9999, "y"),
    ],
)
def test_every_refusal_reads_the_same(nobody: FlaskClient, email: str, password: str) -> None:
    answer = log_in(nobody, email, password)
    assert answer.status_code == 401
    assert "Email or password is wrong." in answer.text
    assert nobody.get("/tracks/").status_code == 302


def test_a_disabled_user_is_refused_alike(nobody: FlaskClient, database: psycopg.Connection) -> None:
    database.execute("UPDATE users SET disabled_at = now()")
    answer = log_in(nobody)
    assert answer.status_code == 401
    assert "Email or password is wrong." in answer.text


def test_an_unknown_user_costs_a_hash_too(nobody: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    true_check = User.check_password

    def counting(user: User, password: str) -> bool:
        checked.append(password)
        return true_check(user, password)

    monkeypatch.setattr(User, "check_password", counting)
    log_in(nobody, "nobody@example.com", "one")
    log_in(nobody, EMAIL, "two")
    assert checked == ["one", "two"]


@pytest.mark.parametrize(
    ("following", "location"),
    [
        ("/tracks/?q=a", "/tracks/?q=a"),
        ("/ops/runs/", "/ops/runs/"),
        ("", "/"),
        ("https://example.com/", "/"),
        ("//example.com/", "/"),
        ("/\\example.com", "/"),
        ("\\\\example.com", "/"),
        ("/\t/example.com", "/"),
        ("/\n/example.com", "/"),
        ("/\r/example.com", "/"),
        ("/\u2028/example.com", "/"),
        ("///example.com", "/"),
        ("/%5cexample.com", "/%5cexample.com"),
        ("/.//example.com", "/.//example.com"),
        ("http:example.com", "/"),
        ("https:/example.com", "/"),
        ("//user@example.com", "/"),
        ("//example.com\\@localhost", "/"),
        ("/\x00//example.com", "/"),
        ("data:text/html,hi", "/"),
        ("http://localhost//example.com", "/"),
        (" //example.com", "/"),
        ("javascript:alert(1)", "/"),
        ("tracks", "/"),
    ],
)
def test_next_stays_on_this_site(nobody: FlaskClient, following: str, location: str) -> None:
    assert log_in(nobody, following=following).headers["Location"] == location
    assert nobody.get("/login", query_string={"next": following}).headers["Location"] == location


def test_the_requested_page_is_reached_after_the_login(nobody: FlaskClient) -> None:
    turned_away = nobody.get("/tracks/?q=bad+guy")
    form = nobody.get(turned_away.headers["Location"]).text
    assert 'name="next" value="/tracks/?q=bad+guy"' in form


def test_the_session_is_a_new_one_and_keeps_nothing(nobody: FlaskClient) -> None:
    nobody.get("/login")
    with nobody.session_transaction() as session:
        session["planted"] = "before"
        token_before = session["csrf_token"]
    log_in(nobody)
    nobody.get("/tracks/")
    with nobody.session_transaction() as session:
        assert "planted" not in session
        assert session["csrf_token"] != token_before
        assert session.permanent


def test_a_planted_session_does_not_become_the_signed_in_one(
    nobody: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    mallory = visit("viewer")
    with mallory.session_transaction() as own, nobody.session_transaction() as planted:
        planted["token"] = own["token"]
    log_in(nobody)
    with mallory.session_transaction() as own, nobody.session_transaction() as hers:
        assert hers["token"] != own["token"]
        own["_user_id"] = hers["_user_id"]
    assert mallory.get("/tracks/").status_code == 302
    assert nobody.get("/tracks/").status_code == 200


def test_the_cookie_is_guarded_and_lasts_twelve_hours(nobody: FlaskClient, site: Flask) -> None:
    cookie = log_in(nobody).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie
    assert site.permanent_session_lifetime.total_seconds() == 12 * 3600


def test_logout_ends_the_session_and_needs_the_token(nobody: FlaskClient) -> None:
    log_in(nobody)
    assert nobody.get("/logout").status_code == 405
    assert nobody.post("/logout").status_code == 400
    assert nobody.get("/tracks/").status_code == 200
    assert nobody.post("/logout", headers=csrf(nobody)).status_code == 302
    assert nobody.get("/tracks/").status_code == 302


def test_a_login_without_token_asks_to_reload(nobody: FlaskClient) -> None:
    answer = nobody.post("/login", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert "reload it and try again" in answer.text


@pytest.mark.parametrize("page", ["http://[x", "//evil.example/", "http://evil.example/a?b", "\\\\evil", ""])
def test_a_header_no_browser_sends_leads_nowhere_else(nobody: FlaskClient, page: str) -> None:
    answer = nobody.get("/tracks/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login?next=/") or page == ""
