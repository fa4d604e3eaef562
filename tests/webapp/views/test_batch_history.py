"""The history that gains count from, fetched for tracks whose gain is unknown."""

import re

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.webapp.views.test_batches import send, songs, wished

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
    assert wished(database) == []
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
