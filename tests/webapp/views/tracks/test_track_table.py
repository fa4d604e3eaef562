"""The table of tracks: filters on numbers, chosen columns, marks, and the links beside the filters."""

import re
from datetime import timedelta

import psycopg
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track, platform_id
from tests.webapp.views.conftest import TRACK_URL, Visit, csrf
from webapp.lib.clock import today

NUMBERS = "gain_min=-1,000&change_min=12.5%25&total_min=0&age_max=30&position_max=10"


def test_filters_on_numbers_combine_and_are_chips(viewer: FlaskClient, track: int) -> None:
    address = f"/tracks/?{NUMBERS}&entered_since=2026-11-01&stale_since=2026-11-25"
    page = viewer.get(address).text
    chips = re.findall(r'aria-label="Remove the filter ([^"]+)"', page)
    assert chips == [
        "7 days at least -1,000",
        "Change at least 12.5%",
        "Total at least 0",
        "Age at most 30 days",
        "Position at most 10",
        "Entered a chart since 2026-11-01",
        "No value since 2026-11-25",
    ]
    assert '<details class="more-filters" open>' in page
    assert '<span id="filter-count"> (7)</span>' in page
    fragment = viewer.get(address, headers={"HX-Request": "true"})
    assert '<span id="filter-count" hx-swap-oob="true"> (7)</span>' in fragment.text
    assert fragment.headers["HX-Push-Url"] == (
        "/tracks/?gain_min=-1000&change_min=12.5&total_min=0&age_max=30&position_max=10"
        "&entered_since=2026-11-01&stale_since=2026-11-25"
    )
    assert '<details class="more-filters">' in viewer.get("/tracks/?data=fresh").text
    exact = viewer.get("/tracks/?change_min=1234567.891", headers={"HX-Request": "true"})
    assert 'aria-label="Remove the filter Change at least 1,234,567.891%"' in exact.text
    assert exact.headers["HX-Push-Url"] == "/tracks/?change_min=1234567.891"


def headings(page: str) -> list[str]:
    found = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', page)
    return [words.strip() for words in found]


def test_each_user_chooses_the_columns(visit: Visit, track: int) -> None:
    viewer, operator = visit("viewer"), visit("operator")
    usual = ["Title", "Label", "Released", "Total", "7 days", "Change", "30 days", "Newest date"]
    assert headings(viewer.get("/tracks/").text) == usual
    form = {"column": ["artists", "total"], "next": "/tracks/?q=bad"}
    answer = viewer.post("/tracks/columns/", data=form, headers=csrf(viewer))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tracks/?q=bad")
    assert headings(viewer.get("/tracks/").text) == ["Title", "Artists", "Total", "7 days"]  # it sorts by one
    assert headings(viewer.get("/tracks/?sort=title").text) == ["Title", "Artists", "Total"]
    assert headings(operator.get("/tracks/").text) == usual
    preferences = {"start": "tracks", "platform": "", "range": "90"}
    assert viewer.post("/account/preferences/", data=preferences, headers=csrf(viewer)).status_code == 303
    assert headings(viewer.get("/tracks/?sort=title").text) == ["Title", "Artists", "Total"]
    assert viewer.post("/tracks/columns/", data={"usual": "1"}, headers=csrf(viewer)).status_code == 303
    assert headings(viewer.get("/tracks/").text) == usual


def test_an_unknown_column_is_refused(viewer: FlaskClient) -> None:
    answer = viewer.post("/tracks/columns/", data={"column": "fame"}, headers=csrf(viewer))
    assert answer.status_code == 400
    assert "column must be one of title, artists, " in answer.text


def test_a_mark_says_of_which_days_a_gain_is(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute(
        "UPDATE audience_states SET gain_7_days = 50, gain_7_days_covers = 5, gain_7_days_caveat = 'fall'"
        " WHERE platform_id = %s",
        [platform_id(database, "spotify")],
    )
    page = viewer.get("/tracks/").text
    assert '<span aria-hidden="true">*</span><span>5 of 7 days, a total fell</span>' in page


def test_a_page_is_saved_and_shared_from_beside_its_filters(viewer: FlaskClient, track: int) -> None:
    for address in ("/tracks/?q=bad", "/artists/?country=US", "/charts/?active=1", "/platforms/", "/"):
        page = viewer.get(address).text
        assert page.count("data-copy-page") == 1, address
        assert page.count("data-save-view>Save view</a>") == 1, address
    assert "data-copy-page" not in viewer.get("/lists/").text


def test_a_breadcrumb_has_two_parts_or_more(viewer: FlaskClient, track: int) -> None:
    assert 'aria-label="Breadcrumb"' not in viewer.get("/tracks/").text
    assert viewer.get(TRACK_URL).text.count('aria-label="Breadcrumb"') == 1


def test_charts_open_by_their_newest_ranking(viewer: FlaskClient, database: psycopg.Connection) -> None:
    """The first by name has no ranking; the others are a day apart."""
    track = make_track(database)
    make_chart(database, "none", name="A")
    for days, name in ((2, "B"), (1, "C")):
        make_ranking(database, make_chart(database, name, name=name), today() - timedelta(days=days), [track])
    page = viewer.get("/charts/").text
    assert "by date of the ranking, newest first" in page
    assert re.findall(r'class="chart-name"[^>]*>(\w)<', page) == ["C", "B", "A"]
