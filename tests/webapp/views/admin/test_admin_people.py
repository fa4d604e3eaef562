"""Actions of admins on people."""

import re
import threading
import time

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.views.conftest import (
    EMAIL,
    HTMX,
    PASSWORD,
    Visit,
    add_user,
    counted_statements,
    csrf,
    enter_as,
    log_in,
)

LAST = "The last active admin cannot be disabled or lose the admin role."


@pytest.fixture
def admin(visit: Visit) -> FlaskClient:
    """A browser with an admin signed in, the only one."""
    return visit("admin")


def own_id(browser: FlaskClient) -> int:
    with browser.session_transaction() as session:
        return int(session["_user_id"])


def post(browser: FlaskClient, address: str, **fields: str | list[str]) -> tuple[int, str]:
    """Returns the status and text of the page after the form."""
    answer = browser.post(
        f"/admin/people/{address}", data=fields, headers=csrf(browser), follow_redirects=True
    )
    return answer.status_code, answer.text


def state_of(database: psycopg.Connection, user: int) -> tuple[str, bool]:
    row = database.execute("SELECT role, disabled_at IS NULL FROM users WHERE id = %s", [user]).fetchone()
    assert row is not None
    return row[0], row[1]


def test_a_new_person_comes_in_by_a_link(admin: FlaskClient, visit: Visit) -> None:
    status, text = post(admin, "new/", email=" Ada@Example.com ", role="operator")
    assert status == 200
    link = re.search(r'data-copy="http://localhost(/reset/[\w-]{43})"', text)
    assert link is not None
    browser = visit(None)
    fields = {"new_password": PASSWORD}
    answer = browser.post(link[1], data=fields, headers=csrf(browser, link[1]))
    assert answer.status_code == 303
    assert browser.get("/ops/runs/").status_code == 200
    assert log_in(visit(None), EMAIL, PASSWORD).status_code == 302


def test_nobody_signs_in_before_they_set_a_password(
    admin: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    post(admin, "new/", email=EMAIL, role="admin")
    row = database.execute("SELECT password_hash FROM users WHERE email = %s", [EMAIL]).fetchone()
    assert row is not None
    for password in ("", EMAIL, row[0]):
        assert log_in(visit(None), EMAIL, password).status_code == 401


@pytest.mark.parametrize(
    ("email", "role", "words"),
    [
        ("ADMIN@example.com", "viewer", "The user ADMIN@example.com already exists."),
        ("ada", "viewer", "&#39;ada&#39; is not an email address."),
        ("", "viewer", "is not an email address."),
        ("<b>@x", "boss", "role must be one of"),
    ],
)
def test_who_cannot_be_made(
    admin: FlaskClient, database: psycopg.Connection, email: str, role: str, words: str
) -> None:
    status, text = post(admin, "new/", email=email, role=role)
    assert status == 400
    assert words in text
    assert database.execute("SELECT count(*) FROM users").fetchone() == (1,)


def test_a_role_counts_at_once(admin: FlaskClient, visit: Visit) -> None:
    operator = visit("operator")
    assert operator.get("/ops/runs/").status_code == 200
    assert post(admin, f"{own_id(operator)}/role/", role="viewer")[0] == 200
    assert operator.get("/ops/runs/").status_code == 403
    assert operator.get("/tracks/").status_code == 200


def test_who_is_disabled_is_out_and_may_come_back(admin: FlaskClient, visit: Visit) -> None:
    viewer = visit("viewer")
    who = str(own_id(viewer))
    status, text = post(admin, "switch/", chosen=who, enabled="false")
    assert (status, "viewer@example.com can no longer sign in." in text) == (200, True)
    assert viewer.get("/tracks/").status_code == 302
    assert log_in(visit(None), "viewer@example.com", PASSWORD).status_code == 401
    post(admin, "switch/", chosen=who, enabled="true")
    assert viewer.get("/tracks/").status_code == 302
    assert log_in(visit(None), "viewer@example.com", PASSWORD).status_code == 302


def test_many_are_switched_at_once(admin: FlaskClient, database: psycopg.Connection) -> None:
    ids = [add_user(database, "viewer", f"{number}@example.com") for number in range(3)]
    _status, text = post(admin, "switch/", chosen=[str(each) for each in ids[:2]], enabled="false")
    assert "2 people can no longer sign in." in text
    assert [state_of(database, each)[1] for each in ids] == [False, False, True]


@pytest.mark.parametrize("fields", [{}, {"chosen": "1"}, {"chosen": "x", "enabled": "false"}])
def test_a_form_that_chooses_nothing_is_refused(admin: FlaskClient, fields: dict[str, str]) -> None:
    status, _text = post(admin, "switch/", **({"enabled": "maybe"} | fields))
    assert status == 400


def test_sessions_end_and_others_stay(admin: FlaskClient, visit: Visit) -> None:
    viewer, operator = visit("viewer"), visit("operator")
    post(admin, f"{own_id(viewer)}/sessions/end/")
    assert viewer.get("/tracks/").status_code == 302
    assert operator.get("/tracks/").status_code == 200


def test_a_reset_link_is_shown_once_and_never_for_the_disabled(
    admin: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    who = own_id(visit("viewer"))
    answer = admin.post(f"/admin/people/{who}/reset/", headers=csrf(admin))
    assert answer.headers["Cache-Control"] == "no-store"
    link = re.search(r'data-copy="http://localhost(/reset/[\w-]{43})"', answer.text)
    assert link is not None
    assert link[1] not in admin.get(f"/admin/people/{who}/").text
    database.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [who])
    status, text = post(admin, f"{who}/reset/")
    assert status == 409
    assert "viewer@example.com is disabled; enable the user first." in text


def test_the_last_admin_stays(admin: FlaskClient, database: psycopg.Connection) -> None:
    me = own_id(admin)
    gone = add_user(database, "admin", "gone@example.com")
    database.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [gone])
    status, text = post(admin, f"{me}/role/", role="viewer")
    assert (status, LAST in text) == (409, True)
    assert LAST in post(admin, "switch/", chosen=str(me), enabled="false")[1]
    assert state_of(database, me) == ("admin", True)


def test_all_admins_at_once_are_not_disabled_either(admin: FlaskClient, database: psycopg.Connection) -> None:
    ids = [own_id(admin), add_user(database, "admin", EMAIL), add_user(database, "viewer", "b@example.com")]
    assert LAST in post(admin, "switch/", chosen=[str(each) for each in ids], enabled="false")[1]
    assert all(state_of(database, each)[1] for each in ids)


def test_an_admin_may_go_while_another_stays(admin: FlaskClient, database: psycopg.Connection) -> None:
    add_user(database, "admin", EMAIL)
    me = own_id(admin)
    assert (
        admin.post(f"/admin/people/{me}/role/", data={"role": "viewer"}, headers=csrf(admin)).status_code
        == 303
    )
    assert state_of(database, me) == ("viewer", True)


@pytest.mark.parametrize("address", ["{me}/role/", "switch/"])
def test_of_two_admins_who_go_at_once_one_stays(
    admin: FlaskClient, database: psycopg.Connection, site: Flask, address: str
) -> None:
    """The other change is not committed yet when this one is requested."""
    me, other = own_id(admin), add_user(database, "admin", EMAIL)
    fields = {"role": "viewer", "chosen": str(me), "enabled": "false"}
    headers = csrf(admin)
    asking = threading.Thread(
        target=lambda: enter_as(admin, site).post(
            f"/admin/people/{address.format(me=me)}", data=fields, headers=headers
        )
    )
    with psycopg.connect(site.config["SETTINGS"].psycopg_url) as connection:
        connection.execute("UPDATE users SET role = 'viewer' WHERE id = %s", [other])
        asking.start()
        time.sleep(1)
        assert asking.is_alive()
        assert state_of(database, me) == ("admin", True)
    asking.join(10)
    assert state_of(database, me) == ("admin", True)
    assert state_of(database, other) == ("viewer", True)


def emails(page: str) -> list[str]:
    """The people listed, in order."""
    return re.findall(r'href="/admin/people/\d+/">([^<]+)</a>', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["a_b@example.com", "admin@example.com", "b%@example.com", "c@example.com"]),
        ("?order=desc", ["c@example.com", "b%@example.com", "admin@example.com", "a_b@example.com"]),
        ("?q=EXAMPLE", ["a_b@example.com", "admin@example.com", "b%@example.com", "c@example.com"]),
        ("?q=%25", ["b%@example.com"]),
        ("?q=_", ["a_b@example.com"]),
        ("?q='", []),
        ("?role=operator", ["b%@example.com"]),
        ("?state=disabled", ["c@example.com"]),
        ("?state=active&role=viewer", ["a_b@example.com"]),
        ("?sort=role", ["admin@example.com", "b%@example.com", "c@example.com", "a_b@example.com"]),
        (
            "?sort=created&order=asc",
            ["admin@example.com", "a_b@example.com", "b%@example.com", "c@example.com"],
        ),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    admin: FlaskClient, database: psycopg.Connection, query: str, found: list[str]
) -> None:
    add_user(database, "viewer", "a_b@example.com")
    add_user(database, "operator", "b%@example.com")
    gone = add_user(database, "viewer", "c@example.com")
    database.execute("UPDATE users SET disabled_at = now() WHERE id = %s", [gone])
    page = admin.get(f"/admin/people/{query}").text
    assert emails(page) == found
    assert f"{len(found)} {'person' if len(found) == 1 else 'people'}" in page or not found
    assert emails(admin.get(f"/admin/people/{query}", headers=HTMX).text) == found


@pytest.mark.parametrize("sort", ["email", "role", "signed_in", "created"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_hold_everybody_once(
    admin: FlaskClient, database: psycopg.Connection, sort: str, order: str
) -> None:
    for number in range(120):
        add_user(database, ("viewer", "operator", "admin")[number % 3], f"{number % 7}{number}@example.com")
    database.execute("UPDATE users SET signed_in_at = now() - id * interval '1 hour' WHERE id % 2 = 0")
    address: str | None = f"/admin/people/?sort={sort}&order={order}"
    seen: list[str] = []
    while address:
        page = admin.get(address).text
        seen += emails(page)
        following = re.search(r'href="([^"]+)" rel="next"', page) or re.search(
            r'rel="next" href="([^"]+)"', page
        )
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 121


@pytest.mark.parametrize("query", ["?role=boss", "?state=x", "?sort=password_hash", "?order=x", "?after=x"])
def test_a_bad_parameter_is_named(admin: FlaskClient, query: str) -> None:
    answer = admin.get(f"/admin/people/{query}")
    assert answer.status_code == 400
    assert f"{query[1:].split('=', maxsplit=1)[0]} must be" in answer.text


def test_the_pages_cost_few_statements(
    site: Flask, admin: FlaskClient, visit: Visit, database: psycopg.Connection
) -> None:
    who = own_id(visit("viewer"))
    for number in range(20):
        add_user(database, "viewer", f"{number}@example.com")
    for address in ("/admin/people/", "/admin/people/new/", f"/admin/people/{who}/", "/admin/tokens/"):
        with counted_statements(site) as sent:
            assert admin.get(address).status_code == 200
        assert len(sent) <= 8, address


def test_markup_in_an_email_is_shown_as_typed(admin: FlaskClient, database: psycopg.Connection) -> None:
    who = add_user(database, "viewer", '"><img src=x>@example.com')
    for address in ("/admin/people/", f"/admin/people/{who}/", "/admin/people/?q=%3Cimg"):
        page = admin.get(address).text
        assert "<img src=x>" not in page
        assert "&lt;img src=x&gt;" in page
