"""Requests that another site could make a browser send change nothing."""

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.webapp.views.conftest import HTMX, Visit
from tests.webapp.views.reading import Page
from tests.webapp.views.test_roles import ROUTES, run
from tests.webapp.views.test_secrets import stored
from webapp.extensions import limiter

__all__ = ["run"]  # the rows that every route needs

UNSAFE = {name: route.address for name, route in ROUTES.items() if route.method == "POST"}
ELSEWHERE = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
FIELDS = {"csrf_token": "", "name": "x", "email": "x@example.com", "force": "true", "role": "admin"}


@pytest.fixture
def admin(visit: Visit, run: None, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(limiter, "enabled", False)
    return visit("admin")


def test_a_request_without_the_token_of_its_session_is_refused(
    admin: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    with visit(None) as other:  # whose token is of another session
        others = Page(other.get("/login").text).forms[-1].fields["csrf_token"]
    for address in UNSAFE.values():
        before = dict(stored(database))
        tries = [FIELDS | {"csrf_token": token} for token in ("", "forged", others)]
        answers = [admin.post(address, data=fields, headers=ELSEWHERE) for fields in tries]
        answers.append(admin.post(address, data=FIELDS, headers={**HTMX, "X-CSRFToken": others}))
        answers.append(admin.post(address, json=FIELDS))
        for answer in answers:
            assert answer.status_code == 400, address
            assert "This page is out of date" in answer.text, address
        assert dict(stored(database)) == before, address


def test_no_url_changes_anything_by_being_looked_at(admin: FlaskClient, database: psycopg.Connection) -> None:
    """A GET needs no token, so it must be safe; only exports leave an event, by design."""
    before = {name: text for name, text in stored(database) if name != "audit_events"}
    for route in ROUTES.values():
        if route.method == "GET":
            admin.get(route.address)
    assert {name: text for name, text in stored(database) if name != "audit_events"} == before


def test_no_route_takes_a_method_that_the_table_of_roles_does_not_know(admin: FlaskClient) -> None:
    safe = {"GET", "HEAD", "OPTIONS"}
    rules = list(admin.application.url_map.iter_rules())
    assert {method for rule in rules for method in rule.methods or () if method not in safe} == {"POST"}
