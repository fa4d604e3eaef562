"""The statements of a page for admins, and the times of every response."""

import re

import pytest
from flask.testing import FlaskClient

from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, csrf

PANEL = "SQL statement"
AUDIENCE = f"{TRACK_URL}audience/"


@pytest.fixture
def admin(visit: Visit, track: int) -> FlaskClient:
    return visit("admin")


def test_every_response_says_what_its_time_went_into(visit: Visit, track: int) -> None:
    viewer = visit("viewer")
    timing = viewer.get("/tracks/").headers["Server-Timing"]
    assert re.fullmatch(
        r'total;dur=[\d.]+, sql;dur=[\d.]+;desc="[1-9] statements", cache;desc="\d .*"', timing
    )
    drawing = f"{AUDIENCE}chart/"
    reads = [viewer.get(drawing).headers["Server-Timing"].rpartition(", cache;")[2] for _ in range(2)]
    assert reads == ['desc="0 hits, 1 misses"', 'desc="1 hits, 0 misses"']
    for address in ("/login", "/static/nothing.css", "/healthz"):
        assert re.fullmatch(r"total;dur=[\d.]+", visit(None).get(address).headers["Server-Timing"])


def test_an_admin_sees_the_statements_of_a_page_and_of_its_fragments(admin: FlaskClient) -> None:
    page = admin.get(f"{TRACK_URL}?debug=1")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.text.index("<code>track_platforms</code>") < page.text.index("</main>")
    assert PANEL not in admin.get(TRACK_URL).text
    around = {**HTMX, "HX-Current-URL": f"http://localhost{TRACK_URL}?debug=1"}
    assert "<code>audience_series</code>" in admin.get(AUDIENCE, headers=around).text
    assert PANEL not in admin.get(AUDIENCE, headers=HTMX).text


def test_a_plan_is_made_of_the_statement_as_it_was_sent(admin: FlaskClient) -> None:
    page = admin.get(f"{AUDIENCE}?range=30&debug=1").text
    link = re.search(r'href="([^"]*explain=audience_series.1[^"]*)"', page)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert "range=30" in address
    assert re.search(r'<pre id="plan".*actual time=', admin.get(address).text, re.DOTALL)
    assert '<pre id="plan"' not in admin.get(f"{AUDIENCE}?debug=1&explain=nothing.1").text


def test_secrets_have_neither_a_value_nor_a_plan(admin: FlaskClient) -> None:
    page = admin.get(f"{TRACK_URL}?debug=1&explain=select user_sessions.1").text
    assert "<code>token_hash_1</code> ***" in page
    assert "Explain select user_sessions" not in page
    assert '<pre id="plan"' not in page


def test_cached_cards_show_their_statements_too(admin: FlaskClient) -> None:
    card = "/dashboard/headlines/"
    around = {**HTMX, "HX-Current-URL": "http://localhost/?debug=1"}
    plain = admin.get(card, headers=HTMX)
    for headers in (around, {**around, "If-None-Match": plain.headers["ETag"]}):
        answer = admin.get(card, headers=headers)
        assert "<code>overview_gains</code>" in answer.text
        assert "ETag" not in answer.headers
    assert PANEL not in admin.get(card, headers=HTMX).text


@pytest.mark.parametrize("role", [None, "viewer", "operator"])
def test_nobody_else_sees_statements(visit: Visit, track: int, role: str | None) -> None:
    browser = visit(role)
    for address in (TRACK_URL, AUDIENCE, "/login"):
        answer = browser.get(f"{address}?debug=1&explain=audience_series.1", follow_redirects=True)
        assert PANEL not in answer.text
        assert '<pre id="plan"' not in answer.text


def test_a_form_is_answered_without_statements(admin: FlaskClient) -> None:
    answer = admin.post("/account/tokens/?debug=1", data={"name": ""}, headers=csrf(admin))
    assert PANEL not in answer.text
