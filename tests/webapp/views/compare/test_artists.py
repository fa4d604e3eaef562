"""The comparison of artists: the figures of their pages, side by side."""

import csv
import io
import re
from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.webapp.views.conftest import NEWEST

LARGE, SMALL, SILENT = (f"00000000-0000-4000-8000-0000000000{name}" for name in ("a1", "b2", "c3"))
BOTH = f"/compare/artists/?artists={LARGE},{SMALL}"


@pytest.fixture(autouse=True)
def artists(database: psycopg.Connection) -> None:
    """Two tracks of 1,000,000 that gain 500 a day, one of 1,000 that gains 10, and an artist without."""
    spotify = platform_id(database, "spotify")
    for number, (uuid, name, total, gain) in enumerate(
        [(LARGE, "Large", 1_000_000, 500), (LARGE, "Large", 1_000_000, 500), (SMALL, "Small & Co", 1000, 10)]
    ):
        track = make_track(database, f"00000000-0000-4000-8000-{number + 1:012}", f"Song {number}")
        values = [(NEWEST - timedelta(days=ago), total - gain * ago) for ago in range(40)]
        insert_series(database, audience_rows(track, spotify, values))
        known = database.execute("SELECT id FROM artists WHERE uuid = %s", [uuid]).fetchone()
        if known:
            database.execute("INSERT INTO track_artists VALUES (%s, %s, 0)", [track, known[0]])
        else:
            make_artist(database, uuid, name, [track])
    make_artist(database, SILENT, "Silent", [])


def cells(page: str, name: str) -> list[str]:
    row = next(row for row in page.split("<tr")[1:] if f">{name}<" in row)
    return [re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in row.split("<td")[1:]]


def test_each_has_the_figures_of_its_page(viewer: FlaskClient) -> None:
    page = viewer.get(f"{BOTH}&range=30").text
    large = [re.sub(r".*> ?", "", cell) for cell in cells(page, "Large")]
    assert "2.0M" in large[0]
    assert "+30.0K" in large[1]
    assert large[3] == "2 of 2"
    own = viewer.get(f"/artists/{LARGE}/audience/?range=30").text
    assert "+30.0K" in own
    (row, *_) = rows = list(
        csv.DictReader(
            io.StringIO(viewer.get(f"/compare/artists/points.csv?artists={LARGE},{SMALL}&range=30").text[1:])
        )
    )
    assert len(rows) == 60
    assert (row["artist"], row["total"], row["tracks"]) == ("Large", "1971000", "2")


def test_artists_that_are_selected_in_their_list_are_compared(viewer: FlaskClient) -> None:
    page = viewer.get("/artists/?platform=deezer").text
    assert 'form="picked-artists" name="platform" value="deezer"' in page
    assert f'form="picked-artists" name="artists" value="{LARGE}"' in page
    compared = viewer.get(f"/compare/artists/?artists={LARGE}&artists={SMALL}&platform=deezer").text
    assert f'data-compared="{LARGE}" data-of="artists"' in compared
    assert f'data-compared="{SMALL}" data-of="artists"' in compared


def test_artists_of_unlike_size_open_as_an_index(viewer: FlaskClient) -> None:
    (chart,) = viewer.get(f"/compare/artists/chart/?artists={LARGE},{SMALL}&range=7").get_json()["charts"]
    assert [series["name"] for series in chart["series"]] == ["Large", "Small & Co"]
    assert [series["data"][0]["y"] for series in chart["series"]] == [100, 100]
    totals = viewer.get(f"/compare/artists/chart/?artists={LARGE},{SMALL}&range=7&metric=total").get_json()
    assert totals["charts"][0]["series"][1]["data"][-1]["y"] == 1000


def test_artists_are_searched_for_and_added(viewer: FlaskClient) -> None:
    page = viewer.get(f"/compare/artists/?artists={LARGE}&find=small").text
    assert "Add artists to compare" in page
    assert f'href="/compare/artists/?artists={LARGE},{SMALL}"' in page.replace("%2C", ",")
    assert "No other artist has a name like “large”." in viewer.get(f"{BOTH}&find=large").text


def test_an_artist_without_values_is_named(viewer: FlaskClient) -> None:
    assert "No streams on Spotify in this range: Silent." in viewer.get(f"{BOTH},{SILENT}").text
    assert (
        "Nothing in this range"
        in viewer.get(f"/compare/artists/?artists={SILENT},{LARGE}&platform=tiktok").text
    )


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("artists=x", 400, "artists"),
        ("artists=00000000-0000-4000-8000-000000000099", 404, "not found"),
        (f"artists={LARGE}&range=8", 400, "range"),
        ("artists=" + ",".join(f"00000000-0000-4000-8000-{n:012}" for n in range(7)), 400, "at most 6"),
    ],
)
def test_bad_parameters_are_named(viewer: FlaskClient, query: str, status: int, words: str) -> None:
    answer = viewer.get(f"/compare/artists/?{query}")
    assert (answer.status_code, words in answer.text) == (status, True)
