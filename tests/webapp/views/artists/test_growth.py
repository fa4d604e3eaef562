"""The growth of an artist: tiles, chart and file of the sum of the tracks held."""

import csv
import io
import json
import re
from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, counted_statements

ARTIST = "00000000-0000-4000-8000-0000000000aa"
PAGE = f"/artists/{ARTIST}/"
A_DAY = 86_400_000


@pytest.fixture
def songs(database: psycopg.Connection) -> None:
    """Two songs on Spotify and one without values; the second is out on the sixth day from the end.

    The old one has 100,000 at NEWEST and gains 1,000 a day, with 38 days held; the new one 60, 120, ..., 360.
    """
    uuids = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, 4)]
    ids = [make_track(database, uuid, name) for uuid, name in zip(uuids, ("Old", "New", "None"), strict=True)]
    out = NEWEST - timedelta(days=5)
    for track, day in zip(ids, (date(2019, 3, 29), out, None), strict=True):
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [day, track])
    spotify = platform_id(database, "spotify")
    old = [(NEWEST - timedelta(days=ago), 100_000 - 1000 * ago) for ago in range(38)]
    new = [(NEWEST - timedelta(days=ago), 360 - 60 * ago) for ago in range(6)]
    for track, values in ((ids[0], old), (ids[1], new)):
        insert_series(database, audience_rows(track, spotify, values))
    make_artist(database, ARTIST, "Mira Vale", ids)


def read(browser: FlaskClient, query: str) -> list[dict[str, str]]:
    text = browser.get(f"{PAGE}audience/points.csv?{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def fragment(browser: FlaskClient, query: str = "") -> str:
    return re.sub(r"\s+", " ", browser.get(f"{PAGE}audience/?{query}", headers=HTMX).text)


def test_a_tile_has_the_sum_and_its_gains(viewer: FlaskClient, songs: None) -> None:
    """In 7 days 7,000 + 360, in 30 days 30,000 + 360; a gain of 6 days has a note; before were 7,000."""
    tile = fragment(viewer).split('aria-label="Spotify"')[1].split("</article>")[0]
    assert ">100,360<" in tile
    assert ">+7,360<" in tile
    assert ">+30,360<" in tile
    assert tile.count("0.0%") == 1
    assert tile.count("1 with marks, change of 1 of 2") == 1  # there is none of 30 days: 38 are held
    assert tile.count("1 with marks<") == 1
    assert "2 of 3 tracks" in tile


def test_the_chart_is_the_sum_with_the_releases(viewer: FlaskClient, songs: None) -> None:
    answer = viewer.get(f"{PAGE}audience/chart/?range=7").json
    assert answer is not None
    (chart,) = answer["charts"]
    points = chart["series"][0]["data"]
    assert [point["y"] for point in points] == [94_000, 95_060, 96_120, 97_180, 98_240, 99_300, 100_360]
    assert [point["gain"] for point in points] == [1000, *[1060] * 6]
    assert points[1]["notes"] == ["1 track more, 2 in all"]
    assert answer["events"] == [{"x": chart["xaxis"]["max"] - 5 * A_DAY, "text": "Released: New"}]
    gains = viewer.get(f"{PAGE}audience/chart/?range=7&metric=gain&interval=week").json
    assert gains is not None
    # 2026-11-20 is a Friday: the range is 14 to 20 November, 2 days of one week and 5 of another.
    assert [point["y"] for point in gains["charts"][0]["series"][0]["data"]] == [2060, 5300]


def test_the_chart_is_sent_again_only_if_something_in_it_changed(
    viewer: FlaskClient, songs: None, database: psycopg.Connection
) -> None:
    address = f"{PAGE}audience/chart/?range=7"
    for change in (
        "UPDATE tracks SET name = 'Newer' WHERE name = 'New'",
        "UPDATE audience_states SET version = version + 1",
        "DELETE FROM track_artists WHERE track_id = (SELECT id FROM tracks WHERE name = 'Old')",
    ):
        known = {"If-None-Match": viewer.get(address).headers["ETag"]}
        assert viewer.get(address, headers=known).status_code == 304
        assert viewer.get(f"{address}&metric=gain", headers=known).status_code == 200
        database.execute(change)
        assert viewer.get(address, headers=known).status_code == 200


def test_the_panel_says_what_is_drawn(viewer: FlaskClient, songs: None, database: psycopg.Connection) -> None:
    page = fragment(viewer, "range=7")
    assert "<strong>Spotify:</strong> 100,360 streams on 2026-11-20 (2 tracks)." in page
    assert "2026-11-15: 1 track more, 2 in all" in page
    assert "Table of 7 points" in page
    gained = fragment(viewer, "range=7&metric=gain&interval=week")
    assert "+5,300 streams in the week of 2026-11-16 (2 tracks, 5 of 7 days)." in gained
    database.execute(
        "DELETE FROM track_audience_time_series WHERE date = %s AND audience_value = 360", [NEWEST]
    )
    assert "100,300 streams on 2026-11-20 (2 tracks, 1 of them with an earlier total)." in fragment(viewer)
    assert re.search(r'data-label="Tracks"[^>]*> ?1 of 2 ?<', fragment(viewer))


def test_a_tile_chooses_the_chart(viewer: FlaskClient, songs: None, database: psycopg.Connection) -> None:
    track = database.execute("SELECT id FROM tracks WHERE name = 'Old'").fetchone()
    assert track is not None
    youtube = platform_id(database, "youtube")
    insert_series(database, audience_rows(track[0], youtube, [(NEWEST - timedelta(days=1), 7), (NEWEST, 9)]))
    found = re.search(r'href="([^"]+)" [^>]*aria-label="Chart of YouTube"', fragment(viewer, "range=7"))
    assert found is not None
    chosen = viewer.get(found[1].replace("&amp;", "&"), headers=HTMX).text
    assert "<strong>YouTube:</strong> 9 views on 2026-11-20 (1 track)." in chosen
    assert f"{PAGE}audience/chart/?range=7&amp;platform=youtube" in chosen
    assert re.search(r'aria-current="true" aria-label="Chart of YouTube"', chosen)


def test_the_file_is_the_chart(viewer: FlaskClient, songs: None) -> None:
    rows = read(viewer, "range=7")
    assert [(row["total"], row["gain"], row["tracks"], row["tracks_joined"]) for row in rows[:2]] == [
        ("94000", "1000", "1", "0"),
        ("95060", "1060", "2", "1"),
    ]
    assert rows[-1]["date"] == str(NEWEST)
    assert (rows[-1]["platform"], rows[-1]["metric"], rows[-1]["total"]) == ("Spotify", "Streams", "100360")


def test_an_artist_without_values_is_empty(viewer: FlaskClient, database: psycopg.Connection) -> None:
    make_artist(database, ARTIST, "Mira Vale", [])
    assert "No audience yet" in fragment(viewer)
    answer = viewer.get(f"{PAGE}audience/chart/").json
    assert answer is not None
    assert (answer["charts"], answer["empty"]) == ([], "There are no values yet.")
    assert viewer.get(f"{PAGE}audience/points.csv").data.decode("utf-8-sig").count("\n") == 1


@pytest.fixture
def streams(database: psycopg.Connection, songs: None) -> None:
    """SoundCloud has both songs too, the old one on the last four days and the new one on the last."""
    soundcloud = platform_id(database, "soundcloud")
    for name, values in (("Old", [500, 510, 520, 540]), ("New", [7])):
        found = database.execute("SELECT id FROM tracks WHERE name = %s", [name]).fetchone()
        assert found is not None
        days = [NEWEST - timedelta(days=ago) for ago in range(len(values))]
        insert_series(database, audience_rows(found[0], soundcloud, zip(days, reversed(values), strict=True)))


def test_page_drawing_and_file_have_one_sum_of_platforms(
    viewer: FlaskClient, streams: None, site: Flask
) -> None:
    viewer.get("/")
    for query in ("platform=soundcloud", "range=7&platform=@streams"):
        with counted_statements(site) as sent:
            page = fragment(viewer, query)
        assert len(sent) <= 8, sent
    rows = read(viewer, "range=7&platform=@streams")
    totals = [94_000, 95_060, 96_120, 97_180 + 500, 98_240 + 510, 99_300 + 520, 100_360 + 547]
    assert [int(row["total"]) for row in rows] == totals
    assert [row["gain"] for row in rows] == ["1000", "1060", "1060", "1060", "1070", "1070", "1087"]
    assert [(row["tracks"], row["tracks_joined"]) for row in rows[:2]] == [("1", "0"), ("2", "1")]
    assert [row["platforms_counted"] for row in rows[2:4]] == ["spotify", "spotify, soundcloud"]
    assert {row["platform"] for row in rows} == {"All streaming platforms"}
    answer = viewer.get(f"{PAGE}audience/chart/?range=7&platform=@streams").json
    assert answer is not None
    assert [point["y"] for point in answer["charts"][0]["series"][0]["data"]] == totals
    assert (
        "<strong>All streaming platforms:</strong> 100,907 streams on 2026-11-20"
        " (Spotify and SoundCloud; 2 tracks). +7,367 from 2026-11-14 to 2026-11-20, without 1 unknown gain."
        in page
    )
    joins = "SoundCloud joins, 2 platforms in all; 1 total more, 3 totals of 2 tracks in all; 1 gain unknown"
    assert f"2026-11-17: {joins}" in page
    assert "2026-11-20: 1 total more, 4 totals of 2 tracks in all<" in page
    assert '<option value="@streams" selected>All streaming platforms</option>' in page
    assert 'value="@views"' not in page
    drawn = re.search("<template>(.+)</template>", page)
    assert drawn is not None
    assert json.loads(drawn[1]) == answer


def test_an_artist_with_one_such_platform_has_no_sum(viewer: FlaskClient, songs: None) -> None:
    sentence = (
        "All streaming platforms (@streams) adds two or more platforms, and only Spotify has streams here."
    )
    for url in ("", "audience/", "audience/chart/", "audience/points.csv"):
        refused = viewer.get(f"{PAGE}{url}?platform=@streams")
        assert (refused.status_code, sentence in refused.text) == (404, True)
    for url in ("", "audience/"):
        assert viewer.get(f"{PAGE}{url}?platform=@plays").status_code == 404
        assert viewer.get(f"{PAGE}{url}?platform=nonsense").status_code == 404
