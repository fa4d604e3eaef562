"""The page of a list: its totals, movers, chart positions and freshness before its settings."""

import re
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_list, make_ranking, make_track, platform_id
from tests.webapp.views.conftest import Visit, counted_statements
from webapp.lib.clock import today

MOST_QUERIES = 8


@pytest.fixture
def roster(database: psycopg.Connection) -> str:
    """The URL of a shared list of four tracks; a fifth track is not on it.

    Totals 10,000, 2,000 and 30; gains +3,000 after 2,000, +1,000 after 4,000, and one that ended 4 days
    ago. The fourth has no data. In the newest ranking the fifth leads, then come the second and the first.
    """
    tracks = [make_track(database, str(UUID(int=number + 1)), f"Song {number + 1}") for number in range(5)]
    values = ((10_000, 3000, 2000, 0), (2_000, 1000, 4000, 3), (30, 500, 5000, 4))
    for track, (total, gain, before, days) in zip(tracks, values, strict=False):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, last_date, latest_value,"
            " gain_7_days, gain_7_days_covers, gain_7_days_before) VALUES (%s, %s, 'ok', %s, %s, %s, 7, %s)",
            [track, platform_id(database, "spotify"), today() - timedelta(days=days), total, gain, before],
        )
    chart = make_chart(database)
    make_ranking(database, chart, today() - timedelta(days=1), tracks[:1])
    make_ranking(database, chart, today(), [tracks[4], tracks[1], tracks[0]])
    make_ranking(database, make_chart(database, "idle", enabled=False), today(), tracks[2:3])
    return shared_list(database, tracks[:4])


def shared_list(database: psycopg.Connection, tracks: list[int]) -> str:
    """Returns the URL of a list with these tracks, that everybody may see."""
    row = database.execute(
        "UPDATE lists SET is_shared = true WHERE id = %s RETURNING uuid", [make_list(database, tracks)]
    ).fetchone()
    assert row is not None
    return f"/lists/{row[0]}/"


def words(page: str) -> str:
    """The text of a page without tags, each blank once."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def section(page: str, name: str) -> str:
    return page.split(f'aria-label="{name}"')[1].split("</section>", maxsplit=1)[0]


def test_totals_charts_and_freshness_come_first(viewer: FlaskClient, roster: str) -> None:
    """Spotify: 12,030 in total, +4,000 of two tracks; the third ended 4 days ago."""
    page = viewer.get(roster).text
    text = words(page.split("</header>")[-1])
    assert "Spotify streams, 7 days" in text
    assert "+4,000" in text
    assert "of 2 of 3 tracks: the others are unknown or older than 3 days" in text
    assert "12.0K in total" in text
    assert "Tracks on charts 2 of 4 2 positions on 1 chart, best 2" in text
    assert "Fresh tracks 2 of 4 1 older, 1 without data" in text
    row = page.split(">Spotify</a>")[1].split("</tr>")[0]
    assert 'data-label="With data" class="number">3 of 4<' in row
    assert "<span>12,030</span>" in row
    assert page.index("Tracks on charts") < page.index("Kept fresh") < page.index("View in track list")


def test_movers_rise_or_slow_by_their_change(viewer: FlaskClient, roster: str) -> None:
    """Song 1 gained half more than before, Song 2 a quarter of it; Song 3 ended 4 days ago."""
    rising, slowing = words(section(viewer.get(roster).text, "Movers")).split("Slowing")
    assert "Song 1" in rising
    assert "+50.0%" in rising
    assert "Song 2" in slowing
    assert "\N{MINUS SIGN}75.0%" in slowing
    assert "Song 3" not in rising + slowing


def test_positions_are_those_of_the_newest_rankings(viewer: FlaskClient, roster: str) -> None:
    positions = section(viewer.get(roster).text, "Chart positions")
    found = re.findall(r'aria-label="Spotify Top Songs, Worldwide: position (\d+)"', positions)
    assert found == ["2", "3"]
    assert re.findall(r">(Song \d)</a>", positions) == ["Song 2", "Song 1"]


def test_a_list_without_tracks_shows_no_figures(viewer: FlaskClient, database: psycopg.Connection) -> None:
    page = viewer.get(shared_list(database, [])).text
    assert "Nothing on this list yet" in page
    assert "Tracks on charts" not in page


def test_a_list_without_data_says_so(viewer: FlaskClient, database: psycopg.Connection) -> None:
    page = viewer.get(shared_list(database, [make_track(database)])).text
    assert "Fresh tracks 0 of 1 0 older, 1 without data" in words(page)
    assert "No track of this list is in a newest ranking." in page


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
def test_the_page_costs_few_statements(role: str, visit: Visit, site: Flask, roster: str) -> None:
    browser = visit(role)
    browser.get("/")
    with counted_statements(site) as sent:
        assert browser.get(roster).status_code == 200
    assert len(sent) <= MOST_QUERIES, sent
