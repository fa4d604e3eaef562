"""The coverage of a track by platform, and the track's own marks in the panel."""

import re
from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, counted_statements

COVERAGE = f"{TRACK_URL}coverage/"
PANEL = f"{TRACK_URL}audience/"


def table(page: str) -> dict[str, dict[str, str]]:
    """The cells of each platform by their labels, as text."""
    found: dict[str, dict[str, str]] = {}
    for row in re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL)[1:]:
        name, *_ = re.findall(
            r'role="rowheader"><span class="cut">(?:<a[^>]*>)?(.*?)(?:</a>)?</span></th>', row
        )
        cells = re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
        found[name] = {label: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for label, cell in cells}
    return found


def add(database: psycopg.Connection, track: int, slug: str, days: list[int]) -> None:
    """A value on each of `days` before NEWEST."""
    values = [(NEWEST - timedelta(days=day), 5000 - day) for day in days]
    insert_series(database, audience_rows(track, platform_id(database, slug), values))


def test_every_platform_has_a_row_and_those_not_offered_are_last(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    rows = table(viewer.get(COVERAGE, headers=HTMX).text)
    known = database.execute("SELECT name, has_song_audience FROM platforms WHERE slug <> 'isrc'").fetchall()
    offered = {str(name): bool(has) for name, has in known}
    assert set(rows) == offered.keys()
    assert [offered[name] for name in rows] == sorted(offered.values(), reverse=True)
    assert set(list(rows)[:2]) == {"Spotify", "YouTube"}
    for name, cells in rows.items():
        assert (cells["State"] == "No song audience") == (not offered[name])
    assert "no song audience at SoundCharts" in rows["Deezer"]["Days with values"]
    assert rows["Shazam"]["State"] == "Never fetched"
    assert rows["Spotify"] | {"Fetched": ""} == {
        "State": "Up to date",
        "Fetched": "",
        "First date": "2026-08-13",
        "Newest date": "2026-11-20",
        "Days with values": "100 of 100",
        "Missing days": "0",
        "Longest gap": "none",
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0], ("1 of 1", "0", "none")),
        ([0, 1, 2], ("3 of 3", "0", "none")),
        ([0, 2, 3], ("3 of 4", "1", "1 day")),
        ([0, 5, 9, 10], ("4 of 11", "7", "4 days")),
        ([1, 1200], ("2 of 1,200", "1,198", "1,198 days")),
    ],
)
def test_days_are_counted_from_the_first_to_the_last(
    viewer: FlaskClient, database: psycopg.Connection, days: list[int], expected: tuple[str, str, str]
) -> None:
    add(database, make_track(database), "shazam", days)
    cells = table(viewer.get(COVERAGE).text)["Shazam"]
    assert (cells["Days with values"], cells["Missing days"], cells["Longest gap"]) == expected


def test_what_was_imported_for_a_platform_without_audience_is_shown(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    add(database, make_track(database), "deezer", [0, 1])
    rows = table(viewer.get(COVERAGE).text)
    assert (rows["Deezer"]["State"], rows["Deezer"]["Days with values"]) == ("Imported", "2 of 2")
    assert next(iter(rows)) == "Deezer"


def test_another_track_does_not_count(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    other = make_track(database, "00000000-0000-4000-8000-000000000009", "other")
    add(database, other, "shazam", [0, 1])
    assert table(viewer.get(COVERAGE).text)["Shazam"]["State"] == "Never fetched"


def test_the_same_url_is_a_page_and_a_fragment_of_few_statements(
    site: Flask, viewer: FlaskClient, track: int
) -> None:
    assert "<html" in viewer.get(COVERAGE).text
    with counted_statements(site) as sent:
        assert "<html" not in viewer.get(COVERAGE, headers=HTMX).text
    assert len(sent) <= 4, sent
    trigger = 'hx-trigger="near once, audience-changed from:body"'
    assert f'hx-get="{COVERAGE}" {trigger}' in viewer.get(TRACK_URL).text


@pytest.mark.parametrize(
    ("released", "query", "listed"),
    [
        (date(2026, 11, 1), "range=30", True),
        (date(2026, 11, 1), "range=7", False),
        (date(2026, 11, 1), "range=30&interval=month&platforms=spotify,youtube", True),
        (date(2019, 3, 29), "range=all", False),
        (None, "range=all", False),
    ],
)
def test_the_release_is_marked_where_it_is_in_the_range(
    viewer: FlaskClient,
    track: int,
    database: psycopg.Connection,
    released: date | None,
    query: str,
    *,
    listed: bool,
) -> None:
    database.execute("UPDATE tracks SET release_date = %s", [released])
    page = viewer.get(f"{PANEL}?{query}").text
    assert (f'data-kind="release">{released}: Released</li>' in page) == listed
    drawn = viewer.get(f"{PANEL}chart/?{query}").json
    assert drawn is not None
    assert [event["text"] for event in drawn["events"]] == ["Released"] * listed


def test_two_platforms_that_show_the_same_share_a_line(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute("DELETE FROM track_audience_time_series WHERE date = '2026-11-10'")
    both = viewer.get(f"{PANEL}?range=30&platforms=spotify,youtube").text
    assert re.findall(r'data-kind="gap">([^<]+)<', both) == [
        "2026-11-11, Spotify and YouTube: gain covers 2 days"
    ]
    one = viewer.get(f"{PANEL}?range=30&platforms=spotify").text
    assert re.findall(r'data-kind="gap">([^<]+)<', one) == ["2026-11-11: gain covers 2 days"]


def test_days_without_movement_are_listed_and_noted(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    database.execute(
        "UPDATE track_audience_time_series SET audience_value = 2700090000"
        " WHERE platform_id = %s AND date BETWEEN '2026-11-11' AND '2026-11-18'",
        [platform_id(database, "spotify")],
    )
    page = viewer.get(f"{PANEL}?range=30").text
    assert 'data-kind="frozen">2026-11-11 to 2026-11-18: no movement for 8 days</li>' in page
    assert page.count('data-label="Notes">no movement for 8 days<') == 8
    assert "no movement" not in viewer.get(f"{PANEL}?range=all&interval=week").text
