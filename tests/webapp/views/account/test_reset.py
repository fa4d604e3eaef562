"""Links that set a password."""

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import add_session
from tests.webapp.views.conftest import EMAIL, PASSWORD, Visit, add_user, csrf, log_in
from webapp.access import people
from webapp.extensions import db
from webapp.models import User

NEW = "a password never used"
MakeLink = Callable[[], str]


@pytest.fixture
def owner(database: psycopg.Connection) -> int:
    """A user who forgot the password."""
    return add_user(database, "operator", EMAIL)


@pytest.fixture
def link(site: Flask, owner: int) -> MakeLink:
    """Makes links for the owner."""

    def make() -> str:
        with site.app_context():
            secret = people.reset_link(db.session.get_one(User, owner))
            db.session.commit()
        return f"/reset/{secret}"

    return make


def use(browser: FlaskClient, address: str, password: str = NEW) -> int:
    """Returns the response to the form of a link."""
    return browser.post(
        address, data={"new_password": password}, headers=csrf(browser, "/reset/unknown")
    ).status_code


def test_a_link_sets_the_password_and_signs_in(visit: Visit, link: MakeLink) -> None:
    browser, address = visit(None), link()
    assert EMAIL in browser.get(address).text
    assert use(browser, address) == 303
    assert browser.get("/tracks/").status_code == 200
    assert log_in(visit(None), EMAIL, PASSWORD).status_code == 401
    assert log_in(visit(None), EMAIL, NEW).status_code == 302


def test_a_link_opens_a_browser_that_wrong_passwords_had_closed(visit: Visit, link: MakeLink) -> None:
    browser, address = visit(None), link()
    codes = [log_in(browser, EMAIL, "wrong").status_code for _ in range(6)]
    assert codes[-1] == 429
    assert use(browser, address) == 303
    browser.delete_cookie("session")
    assert log_in(browser, EMAIL, NEW).status_code == 302
    assert log_in(visit(None), EMAIL, NEW).status_code == 429


def test_a_link_works_once(visit: Visit, link: MakeLink) -> None:
    browser, address = visit(None), link()
    use(browser, address)
    assert use(visit(None), address, "yet another one") == 404
    assert log_in(visit(None), EMAIL, NEW).status_code == 302


def test_a_newer_link_ends_the_older(visit: Visit, link: MakeLink) -> None:
    browser, first, second = visit(None), link(), link()
    assert use(browser, first) == 404
    assert use(browser, second) == 303


@pytest.mark.parametrize(
    ("change", "works"),
    [
        ("UPDATE password_resets SET expires_at = expires_at - interval '23 hours 59 minutes'", True),
        ("UPDATE password_resets SET expires_at = expires_at - interval '24 hours'", False),
        ("UPDATE users SET disabled_at = now()", False),
        ("DELETE FROM password_resets", False),
    ],
)
def test_when_a_link_works(
    visit: Visit, link: MakeLink, database: psycopg.Connection, change: str, *, works: bool
) -> None:
    address = link()
    database.execute(change)
    assert visit(None).get(address).status_code == (200 if works else 404)
    assert use(visit(None), address) == (303 if works else 404)


def test_what_does_not_work_reads_the_same(
    visit: Visit, link: MakeLink, database: psycopg.Connection
) -> None:
    used, replaced, expired = link(), link(), link()
    use(visit(None), expired)
    expired = link()
    database.execute("UPDATE password_resets SET expires_at = now()")
    pages = {visit(None).get(address).text for address in (used, replaced, expired)}
    unknown = visit(None).get("/reset/unknown").text
    assert len({page.split("<main")[1] for page in (*pages, unknown)}) == 1


def test_every_session_ends(
    site: Flask, visit: Visit, link: MakeLink, owner: int, database: psycopg.Connection
) -> None:
    browsers = []
    for _ in range(2):
        browser = site.test_client()
        with browser.session_transaction() as session:
            session.update(add_session(database, owner))
        browsers.append(browser)
    use(browsers[0], link())
    assert browsers[0].get("/tracks/").status_code == 200
    assert browsers[1].get("/tracks/").status_code == 302


@pytest.mark.parametrize("password", ["", "eleven char", EMAIL, "x" * 201])
def test_a_bad_password_leaves_the_link(visit: Visit, link: MakeLink, password: str) -> None:
    browser, address = visit(None), link()
    answer = browser.post(address, data={"new_password": password}, headers=csrf(browser, "/reset/unknown"))
    assert answer.status_code == 400
    assert 'id="new_password-error"' in answer.text
    assert log_in(visit(None), EMAIL, PASSWORD).status_code == 302
    assert use(browser, address) == 303


def test_a_new_password_ends_the_link(visit: Visit, link: MakeLink) -> None:
    browser, address = visit(None), link()
    log_in(browser)
    fields = {"password": PASSWORD, "new_password": NEW}
    assert browser.post("/account/password/", data=fields, headers=csrf(browser)).status_code == 303
    assert visit(None).get(address).status_code == 404


def test_the_url_is_a_secret(visit: Visit, link: MakeLink, database: psycopg.Connection) -> None:
    browser, address = visit(None), link()
    secret = address.removeprefix("/reset/")
    for answer in (browser.get(address), browser.get("/reset/unknown")):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert secret not in answer.text
    held = database.execute(
        "SELECT password_resets::text, audit_events::text FROM password_resets, audit_events"
    )
    rows = held.fetchall()
    assert len(rows) == 1
    assert secret not in str(rows)


def test_a_form_from_elsewhere_sets_nothing(visit: Visit, link: MakeLink) -> None:
    assert visit(None).post(link(), data={"new_password": NEW}).status_code == 400


def test_a_link_is_not_to_be_guessed(visit: Visit, owner: int) -> None:
    browser = visit(None)
    codes = [use(browser, f"/reset/guess-{number}") for number in range(21)]
    assert codes == [404] * 20 + [429]
