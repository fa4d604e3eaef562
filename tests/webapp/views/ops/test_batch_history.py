"""The history that gains count from, fetched for tracks whose gain is unknown."""

import re
from html import unescape

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_list, platform_id
from tests.webapp.views.conftest import HTMX
from tests.webapp.views.ops.test_batches import requested_runs, send, songs

__all__ = ["songs"]


def test_history_is_fetched_from_where_a_gain_counts_to_the_first_value_held(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    database.execute("UPDATE audience_states SET first_date = '2026-11-10'")
    url = f"/ops/batches/history/?platform=spotify&start_date=2026-08-01&tracks={songs[0]}&tracks={songs[1]}"
    page = operator.get(url)
    assert page.status_code == 200
    assert "Values from 2026-07-24 to 2026-11-09" in page.text
    # 109 days of the first, 8 of the second.
    assert re.search(r"Calls to SoundCharts</dt>\s*<dd[^>]*>3<", page.text)
    assert requested_runs(database) == []
    fields = {"platform": "spotify", "start_date": "2026-08-01", "tracks": songs[:2], "confirmed": "1"}
    answer = send(operator, "/ops/batches/history/", **fields)
    assert answer.status_code == 303
    ranges = database.execute(
        "SELECT args ->> 'track_uuid', args ->> 'start', args ->> 'end' FROM job_runs ORDER BY 1"
    ).fetchall()
    assert ranges == [(songs[0], "2026-07-24", "2026-11-09"), (songs[1], "2026-07-24", "2026-07-31")]
    assert "Spotify before 2026-08-01 of 2 tracks" in operator.get("/ops/batches/").text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "platform=spotify&tracks={}",
        "platform=spotify&start_date=1.1.26&tracks={}",
        "start_date=2026-08-01",
        "platform=spotify&start_date=0001-01-01&tracks={}",
        "platform=spotify&start_date=9999-12-31&tracks={}",
    ],
)
def test_history_of_nothing_is_refused(operator: FlaskClient, songs: list[str], query: str) -> None:
    assert operator.get(f"/ops/batches/history/?{query.format(songs[0])}").status_code == 400


def test_only_tracks_are_fetched_that_platforms_have(operator: FlaskClient, songs: list[str]) -> None:
    query = f"platform=nowhere&start_date=2026-08-01&tracks={songs[0]}"
    assert operator.get(f"/ops/batches/history/?{query}").status_code == 404


def test_what_was_requested_is_not_fetched_again(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    """A part of the second song's history was requested: only the days before it are missing."""
    first, second = database.execute("SELECT id FROM tracks ORDER BY id LIMIT 2").fetchall()
    database.execute("DELETE FROM audience_states")
    for (track,), asked_from in ((first, "2026-07-24"), (second, "2026-07-30")):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, first_date, last_date, history_from)"
            " VALUES (%s, %s, 'ok', '2026-08-05', '2026-11-20', %s)",
            [track, platform_id(database, "spotify"), asked_from],
        )
    url = "/ops/batches/history/?platform=spotify&start_date=2026-08-01"
    page = operator.get(f"{url}&tracks={songs[0]}&tracks={songs[1]}").text
    assert "Fetch the history of 1 track?" in page
    assert "Values from 2026-07-24 to 2026-07-29" in page
    assert "SoundCharts has no value just before these days for 1 other track" in page
    answer = operator.get(f"{url}&tracks={songs[0]}", follow_redirects=True)
    assert "SoundCharts has no value just before these days for 1 track." in answer.text


@pytest.mark.parametrize(
    ("status", "released", "asked_from"),
    [("absent", None, None), ("ok", None, "2026-11-06"), ("ok", "2026-11-12", "2026-11-04")],
)
def test_a_list_offers_the_history_of_unknown_weeks_until_it_was_requested(
    operator: FlaskClient,
    viewer: FlaskClient,
    songs: list[str],
    database: psycopg.Connection,
    status: str,
    released: str | None,
    asked_from: str | None,
) -> None:
    make_list(database, [track for (track,) in database.execute("SELECT id FROM tracks").fetchall()])
    database.execute("UPDATE lists SET is_shared = true")
    (on_list,) = database.execute("SELECT uuid FROM lists").fetchone() or ()
    database.execute(
        "UPDATE audience_states"
        " SET first_date = '2026-11-18', last_date = '2026-11-20', last_whole_date = '2026-11-20'"
    )
    line = "1 of these tracks has no value just before its last 7 days."
    pages = [("/tracks/", {}), (f"/lists/{on_list}/tracks/", HTMX), (f"/tracks/?list={on_list}", {})]
    for address, headers in pages:
        page = " ".join(operator.get(address, headers=headers).text.split())
        assert line in page
        found = re.search(r'href="([^"]+)">Fetch the history \(1 call\)<', page)
        assert found
        requested = operator.get(unescape(found[1])).text
        assert "Values from 2026-11-06 to 2026-11-17, so that the gains of the last 7 days have" in requested
        page = viewer.get(address, headers=headers).text
        assert line in page
        assert "Fetch the history" not in page
    database.execute("UPDATE tracks SET release_date = %s", [released])
    database.execute(
        "UPDATE audience_states SET status = %s, history_from = %s, last_whole_date = last_date",
        [status, asked_from],
    )
    for address, headers in pages:
        page = operator.get(address, headers=headers).text
        assert "SoundCharts has no value just before these days for the track." in page
        assert "Fetch the history" not in page
    database.execute("UPDATE audience_states SET gain_7_days = 1")
    assert "no value just before its last 7 days" not in operator.get("/tracks/").text
    assert operator.get("/tracks/?q=nowhere").status_code == 200


def test_a_filter_counts_its_own_tracks_alone(
    operator: FlaskClient, songs: list[str], database: psycopg.Connection
) -> None:
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, status, first_date, last_date, last_whole_date)"
        " SELECT tracks.id, platforms.id, 'ok', '2026-11-18', '2026-11-20', '2026-11-20'"
        " FROM tracks, platforms WHERE platforms.slug = 'spotify'"
        " ON CONFLICT (track_id, platform_id) DO UPDATE"
        " SET first_date = excluded.first_date, last_date = excluded.last_date,"
        " last_whole_date = excluded.last_whole_date"
    )
    assert "3 of these tracks have no value just before their last 7 days." in operator.get("/tracks/").text
    page = operator.get("/tracks/?q=Song+2").text
    assert "1 of these tracks has no value just before its last 7 days." in page
    assert "Fetch the history (1 call)" in page
    assert "of these tracks" not in operator.get("/tracks/?platform=youtube").text
