"""Refusals in the audit log: the first ones each, then only their number."""

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.webapp.views.conftest import EMAIL, Visit, add_user, log_in
from webapp.access import refusals

Found = list[tuple[str, str]]


def refused(database: psycopg.Connection, action: str = "refused") -> Found:
    query = "SELECT actor, subject FROM audit_events WHERE action = %s ORDER BY id"
    return database.execute(query, [action]).fetchall()


def let_the_hour_pass(database: psycopg.Connection) -> None:
    database.execute("UPDATE refusals SET hour = hour - interval '1 hour'")


def test_a_loop_of_refused_requests_leaves_ten_and_how_many_more(
    visit: Visit, database: psycopg.Connection
) -> None:
    viewer, admin = visit("viewer"), visit("admin")
    assert {viewer.get("/admin/people/").status_code for _ in range(158)} == {403}
    alone = [("viewer@example.com", "/admin/people/")] * 10
    assert refused(database) == alone
    assert "and 148 more" in admin.get("/admin/audit/").text
    assert "and 148 more" in admin.get("/admin/audit/events.csv").text
    assert refused(database) == [*alone, ("viewer@example.com", "and 148 more")]
    assert viewer.get("/admin/people/").status_code == 403
    assert "and 1 more" in admin.get("/admin/audit/").text


def test_the_next_hour_begins_anew_and_reports_the_last(visit: Visit, database: psycopg.Connection) -> None:
    viewer, operator = visit("viewer"), visit("operator")
    for _ in range(13):
        viewer.get("/admin/people/")
    let_the_hour_pass(database)
    assert operator.get("/admin/audit/").status_code == 403
    assert refused(database)[10:] == [
        ("operator@example.com", "/admin/audit/"),
        ("viewer@example.com", "and 3 more"),
    ]
    assert viewer.get("/admin/people/").status_code == 403
    assert refused(database)[-1] == ("viewer@example.com", "/admin/people/")
    assert database.execute("SELECT count(*) FROM refusals").fetchone() == (2,)


def test_one_who_is_refused_often_hides_nobody_else(visit: Visit, database: psycopg.Connection) -> None:
    viewer, operator = visit("viewer"), visit("operator")
    for _ in range(15):
        viewer.get("/admin/people/")
    operator.get("/admin/people/")
    assert refused(database)[-1] == ("operator@example.com", "/admin/people/")


def test_a_long_path_is_cut(visit: Visit, database: psycopg.Connection) -> None:
    assert visit("viewer").get(f"/admin/platforms/{'A' * 3000}/").status_code == 403
    sizes = database.execute("SELECT length(subject), length(search_text) FROM audit_events").fetchall()
    assert sizes[0][0] == 200
    assert sizes[0][1] < 400


@pytest.fixture
def stranger(visit: Visit, database: psycopg.Connection) -> FlaskClient:
    add_user(database, "admin", EMAIL)
    return visit(None)


def test_failed_sign_ins_of_one_address_are_limited(
    stranger: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    for number in range(14):
        assert log_in(stranger, f"{number}@example.com", "wrong").status_code == 401
    action = "user.sign-in-refused"
    assert refused(database, action) == [("nobody", "unknown account")] * 10
    visit("admin").get("/admin/audit/")
    assert refused(database, action)[10:] == [("nobody", "and 4 more")]


def test_failed_sign_ins_of_many_addresses_are_limited_too(
    stranger: FlaskClient, visit: Visit, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "MOST_OF_ALL", 5)
    monkeypatch.setattr(refusals, "MOST_SETTLED", 2)
    for number in range(9):
        stranger.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert log_in(stranger, f"{number}@example.com", "wrong").status_code == 401
    action = "user.sign-in-refused"
    assert len(refused(database, action)) == 5
    visit("viewer").get("/admin/people/")  # another action has a count of its own
    assert len(refused(database)) == 1
    visit("admin").get("/admin/audit/")
    assert refused(database, action)[5:] == [
        ("nobody", "and 1 more"),
        ("nobody", "and 1 more"),
        ("many callers", "and 2 more"),
    ]
