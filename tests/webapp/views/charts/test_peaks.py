"""The peak of a track on a chart on every page, while few of its rankings are held."""

import csv
import io
import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import Entry, make_artist, make_chart, make_ranking, make_track

DAY = date(2026, 8, 5)
SONG, OTHER, ARTIST = (UUID(int=number) for number in (1, 2, 3))


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    """Two songs of one artist, 5th and 1st in the ranking before that of DAY, which alone is held."""
    songs = [make_track(database, str(uuid), f"Song {uuid.int}") for uuid in (SONG, OTHER)]
    make_artist(database, str(ARTIST), "Somebody", songs)
    other = make_track(database, str(UUID(int=9)), "Elsewhere")
    entries = [
        Entry(other, times=1, entry_date=DAY),
        Entry(songs[0], previous=5, times=7),
        Entry(songs[1], previous=1),
    ]
    make_ranking(database, make_chart(database, frequency="weekly"), DAY, entries)
    return songs


def peaks(page: str) -> list[str]:
    cells = re.findall(r'<td role="cell" data-label="Peak"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


@pytest.mark.parametrize("page", [f"/charts/global-28/{DAY}/", "/charts/global-28/"])
def test_a_peak_is_no_worse_than_the_previous_position_beside_it(
    viewer: FlaskClient, songs: list[int], page: str
) -> None:
    assert peaks(viewer.get(page).text) == [
        "1",
        "2 of 1 stored ranking",
        "1 from the API of 1 stored ranking",
    ]


def test_a_file_shows_of_which_rankings_a_peak_is(viewer: FlaskClient, songs: list[int]) -> None:
    data = viewer.get(f"/charts/global-28/{DAY}/ranking.csv").data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(data, newline=""))
    assert [(row["peak"], row["peak_is_from_api"], row["peak_note"]) for row in rows] == [
        ("1", "no", ""),
        ("2", "no", "of 1 stored ranking"),
        ("1", "yes", "of 1 stored ranking"),
    ]


def test_so_do_the_page_of_the_track_and_that_of_the_artist(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get(f"/tracks/{OTHER}/positions/").text
    assert peaks(page) == ["1 * from the API, of 1 stored ranking"]
    assert "Worldwide: peak 1 of 1 stored ranking, now 3." in page
    page = " ".join(re.sub(r"<[^>]+>", " ", viewer.get(f"/artists/{ARTIST}/charts/").text).split())
    assert (
        "Best position 1 in the previous ranking (from the API): Song 2 on Spotify Top Songs, 2026-08-05"
        in page
    )
    assert "of 2 stored rankings" in page


def test_what_the_api_gives_counts_for_nothing_where_the_ranking_before_is_held(
    viewer: FlaskClient, database: psycopg.Connection, songs: list[int]
) -> None:
    (chart,) = database.execute("SELECT id FROM charts").fetchone() or ()
    make_ranking(database, chart, DAY - timedelta(days=7), [Entry(song, times=1) for song in reversed(songs)])
    assert peaks(viewer.get(f"/charts/global-28/{DAY}/").text) == [
        "1",
        "2 of 2 stored rankings",
        "1 of 2 stored rankings",
    ]
    page = viewer.get(f"/tracks/{OTHER}/positions/").text
    assert peaks(page) == ["1 * of 2 stored rankings"]


def test_a_whole_peak_shows_nothing_more(
    viewer: FlaskClient, database: psycopg.Connection, songs: list[int]
) -> None:
    database.execute("UPDATE chart_ranking_entries SET time_on_chart = 1")
    database.execute("UPDATE chart_ranking_entries SET previous_position = NULL")
    for page in (f"/charts/global-28/{DAY}/", "/charts/global-28/", f"/tracks/{SONG}/positions/"):
        assert "of 1 stored ranking" not in viewer.get(page).text
