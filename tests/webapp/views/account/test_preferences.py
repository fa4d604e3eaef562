"""Preferences: the pages they open, and that a URL still means the same for everyone."""

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, add_user, csrf, log_in

FIRST = {"start": "dashboard", "platform": "", "range": "90"}


def prefer(browser: FlaskClient, **chosen: str) -> int:
    """Returns the response to the form."""
    fields = FIRST | chosen
    return browser.post("/account/preferences/", data=fields, headers=csrf(browser)).status_code


@pytest.mark.parametrize(
    ("chosen", "page"),
    [
        ({}, "/"),
        ({"start": "charts"}, "/charts/"),
        ({"start": "artists"}, "/artists/"),
        ({"start": "tracks"}, "/tracks/"),
        ({"start": "tracks", "platform": "youtube"}, "/tracks/?platform=youtube"),
    ],
)
def test_who_signs_in_begins_where_they_like(
    visit: Visit, database: psycopg.Connection, chosen: dict[str, str], page: str
) -> None:
    add_user(database, "viewer", "ada@example.com")
    browser = visit(None)
    log_in(browser)
    assert prefer(browser, **chosen) == 303
    browser.post("/logout", headers=csrf(browser))
    assert log_in(browser).headers["Location"] == page
    browser.post("/logout", headers=csrf(browser))
    assert log_in(browser, following="/platforms/").headers["Location"] == "/platforms/"


def test_tracks_open_with_the_platform_preferred(viewer: FlaskClient, track: int) -> None:
    assert 'href="/tracks/" data-go="t"' in viewer.get("/").text
    prefer(viewer, platform="youtube")
    assert 'href="/tracks/?platform=youtube" data-go="t"' in viewer.get("/").text
    page = viewer.get("/tracks/?platform=youtube").text
    assert 'data-go="t" aria-current="page"' in page
    assert '<option value="spotify" selected>' in viewer.get("/tracks/").text


def test_a_track_opens_with_the_range_preferred(viewer: FlaskClient, track: int) -> None:
    prefer(viewer, range="30")
    assert f'hx-get="{TRACK_URL}audience/?range=30"' in viewer.get(TRACK_URL).text
    assert f'hx-get="{TRACK_URL}audience/?range=7"' in viewer.get(f"{TRACK_URL}?range=7").text
    dated = viewer.get(f"{TRACK_URL}?start_date=2026-11-01").text
    assert f'hx-get="{TRACK_URL}audience/?range=dates&amp;start_date=2026-11-01"' in dated


@pytest.mark.parametrize("chosen", ["90", "30", "all"])
def test_a_range_chosen_outlives_a_reload(viewer: FlaskClient, track: int, chosen: str) -> None:
    prefer(viewer, range="30")
    page = {"HX-Current-URL": f"http://localhost{TRACK_URL}?range=365"}
    answer = viewer.get(f"{TRACK_URL}audience/?range={chosen}", headers=HTMX | page)
    pushed = answer.headers["HX-Push-Url"]
    assert pushed == f"{TRACK_URL}?range={chosen}"
    requested = viewer.get(pushed).text
    assert f"{TRACK_URL}audience/" + ("" if chosen == "90" else f"?range={chosen}") + '"' in requested


def test_a_url_means_the_same_for_everyone(viewer: FlaskClient, visit: Visit, track: int) -> None:
    prefer(viewer, platform="youtube", range="7")
    other = visit("operator")
    for address in ("/tracks/", "/tracks/?platform=youtube", f"{TRACK_URL}audience/"):
        shown, elsewhere = (browser.get(address, headers=HTMX).text for browser in (viewer, other))
        assert ("21" in shown) == ("21" in elsewhere)
        assert shown.count("<td") == elsewhere.count("<td")


@pytest.mark.parametrize(
    ("chosen", "named"),
    [({"start": "ops"}, "start"), ({"platform": "myspace"}, "platform"), ({"range": "dates"}, "range")],
)
def test_what_is_not_offered_is_refused(viewer: FlaskClient, chosen: dict[str, str], named: str) -> None:
    answer = viewer.post("/account/preferences/", data=FIRST | chosen, headers=csrf(viewer))
    assert answer.status_code == 400
    assert f"{named} must be one of" in answer.text


@pytest.mark.parametrize(
    "held", [{}, {"start": "gone", "range": "1", "platform": ""}, {"colour": "red"}, {"range": None}]
)
def test_what_no_longer_fits_is_as_at_first(
    viewer: FlaskClient, database: psycopg.Connection, track: int, held: dict[str, object]
) -> None:
    database.execute("UPDATE users SET preferences = %s", [Jsonb(held)])
    assert '<option value="90" selected>' in viewer.get("/account/").text
    assert f'hx-get="{TRACK_URL}audience/"' in viewer.get(TRACK_URL).text


def test_preferences_are_one_persons_own(viewer: FlaskClient, visit: Visit) -> None:
    prefer(viewer, range="365")
    assert '<option value="365" selected>' in viewer.get("/account/").text
    assert '<option value="365" selected>' not in visit("operator").get("/account/").text
