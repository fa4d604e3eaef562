"""Rate limits: by kind of request and caller, and their messages."""

import re
from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import make_chart
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import API_URL, HTMX, TRACK_URL, Visit, csrf
from tests.webapp.views.test_roles import ROUTES, run
from webapp.models import token_hash

__all__ = ["run"]  # the rows that every route needs

CHART = "/charts/global-28/"
REFRESH_API = f"/soundcharts/audience/refresh/{SEED_TRACK}/shazam/"
# What is asked, how, and after how many times in a minute it is enough. An address that is not there, or a
# field that is not, counts as well, and costs less.
KINDS: dict[str, tuple[str, str, int]] = {
    "refresh": ("POST", f"{TRACK_URL}platforms/nothing/refresh/", 60),
    "refresh by a program": ("POST", f"{REFRESH_API}?x=y", 60),
    "change": ("POST", f"{CHART}2026-11-19/fetch/", 60),
    "search at SoundCharts": ("POST", "/search/soundcharts/", 60),
    "search": ("GET", "/search/?q=", 240),
    "export": ("GET", f"{TRACK_URL}audience/points.csv?range=x", 30),
    "export of a ranking": ("GET", f"{CHART}nothing/ranking.csv", 30),
    "export of a comparison": ("GET", "/compare/points.csv", 30),
    "export of a comparison of artists": ("GET", "/compare/artists/points.csv", 30),
    "data": ("GET", f"{API_URL}spotify/?x=y", 600),
    "data of several": ("GET", f"{API_URL}?x=y", 600),
}
REFUSAL = "Too many requests; wait a minute and try again."


@pytest.fixture
def chart(database: psycopg.Connection, track: int) -> None:
    make_chart(database)


def use_up(browser: FlaskClient, kind: str, headers: dict[str, str]) -> TestResponse:
    """Sends requests up to the limit and one more; most are added directly to the counter."""
    method, address, most = KINDS[kind]
    requested = [browser.open(address, method=method, headers=headers)]
    counted = browser.application.extensions["redis"]
    for key in counted.scan_iter(f"*/{most}/1/minute"):
        counted.incrby(key, most - 3)
    requested += [browser.open(address, method=method, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in requested if answer.status_code == 429] == []
    return browser.open(address, method=method, headers=headers)


@pytest.mark.parametrize("kind", KINDS)
def test_enough_is_enough(kind: str, operator: FlaskClient, chart: None) -> None:
    headers = csrf(operator)
    answer = use_up(operator, kind, headers)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert REFUSAL in answer.text


def test_each_reader_is_told_in_their_form(operator: FlaskClient, chart: None) -> None:
    address = KINDS["export"][1]
    page = use_up(operator, "export", {})
    fragment = operator.get(address, headers=HTMX)
    data = operator.get(address, headers={"Accept": "application/json"})
    assert page.status_code == fragment.status_code == data.status_code == 429
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert REFUSAL in fragment.text
    assert data.json == {"success": False, "error": REFUSAL}
    for answer in (fragment, data):
        assert int(answer.headers["Retry-After"]) > 0


def test_a_kind_is_counted_together_whatever_address_it_has(operator: FlaskClient, chart: None) -> None:
    assert use_up(operator, "export", {}).status_code == 429
    for kind in ("export of a ranking", "export of a comparison"):
        assert operator.get(KINDS[kind][1]).status_code == 429
    assert operator.get(f"{API_URL}spotify/").status_code == 200


def test_users_are_counted_apart(visit: Visit, chart: None) -> None:
    assert use_up(visit("operator"), "export", {}).status_code == 429
    assert visit("admin").get("/compare/points.csv").status_code == 200


@pytest.fixture
def bearer(database: psycopg.Connection) -> Callable[[], dict[str, str]]:
    """Gives the header of one more token of the only user."""

    def issue() -> dict[str, str]:
        text = f"tp_{datetime.now().timestamp()}"  # noqa: DTZ005 (only to differ)
        database.execute(
            "INSERT INTO api_tokens (user_id, name, token_hash, hint, role)"
            " SELECT id, 'a test', %s, 'tp_', 'operator' FROM users",
            [token_hash(text)],
        )
        return {"Authorization": f"Bearer {text}"}

    return issue


def test_a_person_is_counted_once_whatever_tokens_and_sessions_they_have(
    operator: FlaskClient, visit: Visit, chart: None, bearer: Callable[[], dict[str, str]]
) -> None:
    program = operator.application.test_client()
    first, second = bearer(), bearer()
    answer = use_up(program, "refresh by a program", first)
    assert answer.status_code == 429
    assert answer.json == {"success": False, "error": REFUSAL}
    assert program.post(REFRESH_API, headers=second).status_code == 429
    assert operator.post(REFRESH_API, headers=csrf(operator)).status_code == 429
    other = visit("admin")
    assert other.post(REFRESH_API, headers=csrf(other)).status_code == 202


@pytest.mark.parametrize(
    ("here", "elsewhere"), [("192.0.2.1", "192.0.2.2"), ("2001:db8::{:x}", "2001:db8:0:1::{:x}")]
)
def test_nobody_is_counted_by_address(visit: Visit, here: str, elsewhere: str) -> None:
    """Counts by IPv4 address and by IPv6 /64, because a customer has all addresses of one."""
    browser, codes = visit(None), []
    form = browser.get("/reset/nothing")
    for number in range(22):
        address = (elsewhere if number > 20 else here).format(number + 1)
        token = re.search(r'X-CSRFToken": "([^"]+)"', browser.get("/login").text)
        assert token is not None
        fields = {"new_password": "x", "csrf_token": token[1]}
        codes.append(
            browser.post("/reset/nothing", data=fields, environ_base={"REMOTE_ADDR": address}).status_code
        )
    assert form.status_code == 404
    assert codes == [404] * 20 + [429, 404]


def test_every_address_that_changes_something_has_a_limit(visit: Visit, run: None) -> None:
    browser = visit("admin")
    headers = csrf(browser)
    unlimited = {
        endpoint
        for endpoint, route in ROUTES.items()
        if route.method == "POST"
        and endpoint != "auth.logout"  # ends the session, and with it what could be repeated
        and "X-RateLimit-Limit" not in browser.post(route.address, headers=headers).headers
    }
    assert unlimited == set()
