"""A song that is not in an incomplete ranking has an unknown position."""

import csv
import html
import io
import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import (
    Entry,
    audience_rows,
    insert_series,
    lose_row,
    make_artist,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from tests.webapp.test_figures_check import check
from webapp.models import Track
from webapp.queries.tracks.positions import chart_changes

FIRST, SECOND, THIRD = (date(2026, 11, 17) + timedelta(days=n) for n in range(3))
SONG, ARTIST = UUID(int=1), UUID(int=9)
OLD = date(2026, 1, 1)


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    """Two songs, of which the first has audience and an artist."""
    songs = [make_track(database, str(UUID(int=n)), f"Song {n}") for n in (1, 2)]
    make_artist(database, str(ARTIST), "Somebody", songs[:1])
    values = [(THIRD - timedelta(days=n), 1_000_000 - n) for n in range(9)]
    insert_series(database, audience_rows(songs[0], platform_id(database, "spotify"), values))
    return songs


@pytest.fixture
def chart(database: psycopg.Connection, songs: list[int]) -> int:
    """Both songs in the rankings of three days; the first one's row of the second day was refused."""
    chart = make_chart(database)
    for day in (FIRST, SECOND):
        make_ranking(database, chart, day, [Entry(song, entry_date=OLD, times=99) for song in songs])
    last = [Entry(songs[1], entry_date=OLD), Entry(songs[0], previous=1, entry_date=OLD)]
    make_ranking(database, chart, THIRD, last)
    lose_row(database, chart, SECOND, 1)
    return chart


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def table(viewer: FlaskClient, day: date, query: str = "") -> list[tuple[str, str, str]]:
    """Title, movement and previous position of each row of a file."""
    data = viewer.get(f"/charts/global-28/{day}/ranking.csv{query}").data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(data, newline=""))
    return [(row["title"], row["movement"], row["previous_position"]) for row in rows]


def test_a_song_that_an_incomplete_ranking_does_not_have_has_not_left(
    viewer: FlaskClient, chart: int
) -> None:
    assert table(viewer, SECOND) == [("Song 2", "same", "2"), ("Song 1", "unknown", "1")]
    assert table(viewer, SECOND, "?movement=left") == []
    assert table(viewer, SECOND, "?movement=unknown") == [("Song 1", "unknown", "1")]
    page = words(viewer.get(f"/charts/global-28/{SECOND}/").text)
    assert "\N{EN DASH} left" in page
    assert "1 unknown" in page
    assert f"May have left since {FIRST} 1 song not in this ranking, which is incomplete" in page
    page = words(viewer.get(f"/charts/global-28/{SECOND}/?movement=left").text)
    assert "Not known This ranking is incomplete, so it is unknown which songs left." in page


def test_what_the_api_gives_of_a_ranking_that_lacks_the_song_counts(
    viewer: FlaskClient, database: psycopg.Connection, chart: int
) -> None:
    assert table(viewer, THIRD) == [("Song 2", "up", "2"), ("Song 1", "down", "1")]
    page = words(viewer.get(f"/charts/global-28/{THIRD}/").text)
    lacks = "position 1 missing; 1 row was refused"
    assert f"{SECOND} , the previous ranking, which is incomplete: {lacks}. Songs that it lacks use" in page
    database.execute("UPDATE chart_ranking_entries SET previous_position = NULL")
    assert table(viewer, THIRD)[1] == ("Song 1", "unknown", "")


@pytest.mark.parametrize("previous", [None, 1])
def test_a_song_that_may_have_been_in_it_neither_leaves_nor_enters(
    viewer: FlaskClient, database: psycopg.Connection, chart: int, previous: int | None
) -> None:
    database.execute("UPDATE chart_ranking_entries SET previous_position = %s", [previous])
    page = words(viewer.get(f"/tracks/{SONG}/audience/?range=7").text)
    assert "left Spotify" not in page
    assert "entered Spotify" not in page


def test_nor_is_it_known_on_which_day_it_left(app: Flask, database: psycopg.Connection, chart: int) -> None:
    database.execute("DELETE FROM chart_ranking_entries WHERE ranked_on = %s AND position = 2", [THIRD])
    track = Track.find(SONG)
    assert track is not None
    assert chart_changes(track, FIRST, THIRD) == []
    # Between two rankings that follow on each other it is.
    database.execute("DELETE FROM chart_ranking_entries WHERE ranked_on = %s", [SECOND])
    database.execute("DELETE FROM chart_rankings WHERE ranked_on = %s", [SECOND])
    (left,) = chart_changes(track, FIRST, THIRD)
    assert (left.ranked_on, left.entered, left.position) == (THIRD, False, 1)


def test_its_place_there_counts_for_the_peak(
    viewer: FlaskClient, database: psycopg.Connection, chart: int
) -> None:
    database.execute("DELETE FROM chart_ranking_entries WHERE ranked_on = %s", [FIRST])
    database.execute("DELETE FROM chart_rankings WHERE ranked_on = %s", [FIRST])
    peak = "1 from the API of 1 stored ranking"
    assert peak in words(viewer.get(f"/charts/global-28/{THIRD}/").text)
    assert "1 * from the API, of 1 stored ranking" in words(viewer.get(f"/tracks/{SONG}/positions/").text)
    page = words(viewer.get(f"/artists/{ARTIST}/charts/").text)
    assert "Best position 1 in the previous ranking (from the API)" in page


def test_a_track_shows_that_the_newest_ranking_is_incomplete(
    viewer: FlaskClient, database: psycopg.Connection, chart: int
) -> None:
    for name in ("chart_ranking_entries", "chart_rankings"):
        database.execute(f"DELETE FROM {name} WHERE ranked_on = %s", [THIRD])
    database.execute("UPDATE charts SET last_ranked_on = %s", [SECOND])
    page = words(viewer.get(f"/tracks/{SONG}/positions/").text)
    lacks = "is incomplete: position 1 missing; 1 row was refused"
    assert f"last seen at 1 on {FIRST}; the newest ranking, of {SECOND}, {lacks}." in page
    assert (
        f"not in the newest ranking, of {SECOND}, which {lacks}"
        in viewer.get(f"/tracks/{SONG}/positions/").text
    )
    drawn = viewer.get(f"/tracks/{SONG}/positions/chart/?charts_range=all").json
    assert drawn is not None
    assert [point["text"] for point in drawn["charts"][0]["series"][0]["data"]] == ["position 1"]


def test_a_comparison_with_it_does_not_show_that_songs_entered(viewer: FlaskClient, chart: int) -> None:
    assert table(viewer, FIRST, f"?with={SECOND}") == [("Song 1", "unknown", ""), ("Song 2", "same", "2")]
    page = words(viewer.get(f"/charts/global-28/{FIRST}/?with={SECOND}").text)
    assert "which is incomplete: position 1 missing; 1 row was refused. What it does not" in page
    assert table(viewer, SECOND, f"?with={FIRST}") == [("Song 2", "same", "2"), ("Song 1", "unknown", "1")]


def test_the_chart_of_positions_shows_it_too(viewer: FlaskClient, chart: int) -> None:
    drawn = viewer.get(f"/tracks/{SONG}/positions/chart/?charts_range=all").json
    assert drawn is not None
    assert [point["text"] for point in drawn["charts"][0]["series"][0]["data"]] == [
        "position 1",
        "not in the ranking, which is incomplete",
        "position 2",
    ]


def test_figures_are_counted_again_by_the_same_rule(app: Flask, songs: list[int], chart: int) -> None:
    assert check(app, "--count", "60", "--seed", "a")[0] == 0
