"""The sum of platforms with one kind of metric: the same figures in JSON, on the page and in the file."""

import csv
import io
from datetime import date, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.webapp.views.conftest import API_URL, TRACK_URL

DAY = date(2026, 11, 10)
TOTALS = {
    "spotify": {0: 1000, 1: 1100, 2: 1250, 3: 1300},
    "soundcloud": {0: 50, 1: 60, 3: 90},
    "audiomack": {2: 7, 3: 9},
    "tiktok": {0: 3, 3: 4},
    "lastfm": {0: 500, 3: 600},
}
STREAMS = [1050, 1160, 1317, 1399]
GAINS = [None, 110, 150, 82]
COUNTED = [["spotify", "soundcloud"]] * 2 + [["spotify", "soundcloud", "audiomack"]] * 2


@pytest.fixture(autouse=True)
def held(database: psycopg.Connection) -> None:
    track = make_track(database)
    for slug, totals in TOTALS.items():
        rows = [(DAY + timedelta(days), total) for days, total in totals.items()]
        insert_series(database, audience_rows(track, platform_id(database, slug), rows))


def read(browser: FlaskClient, query: str) -> list[dict[str, str]]:
    text = browser.get(f"{TRACK_URL}audience/points.csv?{query}").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_page_and_file_have_one_sum(viewer: FlaskClient) -> None:
    answer = viewer.get(f"{API_URL}?platforms=@streams,spotify").get_json()
    combined, spotify = answer["chart_data"]["datasets"]
    assert answer["platforms"][0] == {
        "name": "All streaming platforms",
        "slug": "@streams",
        "metric_name": "Streams",
    }
    assert (combined["data"], spotify["data"]) == (STREAMS, [1000, 1100, 1250, 1300])
    assert (combined["platforms_counted"], "platforms_counted" in spotify) == (COUNTED, False)
    gained = viewer.get(f"{API_URL}?platforms=@streams&metric=gain").get_json()
    assert gained["chart_data"]["datasets"][0]["data"] == GAINS

    rows = read(viewer, "range=all&platforms=@streams")
    assert [(row["platform"], int(row["total"])) for row in rows] == [
        ("All streaming platforms", total) for total in STREAMS
    ]
    assert [row["gain"] for row in rows] == ["" if gain is None else str(gain) for gain in GAINS]
    assert [row["platforms_counted"].split(", ") for row in rows] == COUNTED

    page = viewer.get(f"{TRACK_URL}audience/?range=all&platforms=@streams").text
    platforms = "(Spotify, SoundCloud and Audiomack)"
    gain = sum(gain or 0 for gain in GAINS)
    assert f"All streaming platforms: 1,399 streams on 2026-11-13 {platforms}; +{gain} in this range." in page
    assert (
        "Spotify and Audiomack; SoundCloud with an earlier total; Audiomack joins, 3 platforms in all" in page
    )
    assert 'value="@streams" checked' in page
    assert ">All streaming platforms</summary>" in page
    assert 'value="@creations"' not in page  # TikTok alone is no sum


def test_a_range_changes_no_total(viewer: FlaskClient) -> None:
    """Audiomack and SoundCloud count with their totals before a range in which they have none."""
    (row,) = read(viewer, "start_date=2026-11-12&end_date=2026-11-12&platforms=@streams")
    assert (int(row["total"]), int(row["gain"])) == (STREAMS[2], GAINS[2])


def test_a_limit_keeps_the_last_dates(viewer: FlaskClient) -> None:
    answer = viewer.get(f"{API_URL}?platforms=@streams&limit=2").get_json()
    assert answer["chart_data"]["datasets"][0]["data"] == STREAMS[2:]


def test_a_new_value_changes_the_etag(viewer: FlaskClient, database: psycopg.Connection) -> None:
    url = f"{API_URL}?platforms=@streams"
    etag = viewer.get(url).headers["ETag"]
    assert viewer.get(url, headers={"If-None-Match": etag}).status_code == 304
    database.execute(
        "UPDATE audience_states SET version = version + 1 WHERE platform_id = %s",
        [platform_id(database, "soundcloud")],
    )
    assert viewer.get(url, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("@views", "All video views (@views) adds two or more platforms, and no platform has views here."),
        (
            "@creations",
            "All creations (@creations) adds two or more platforms, and only TikTok has creations here.",
        ),
        ("@plays", "Platform @plays not found."),
    ],
)
def test_what_is_no_sum_is_refused(viewer: FlaskClient, name: str, sentence: str) -> None:
    answer = viewer.get(f"{API_URL}?platforms={name}")
    assert (answer.status_code, answer.get_json()["error"]) == (404, sentence)
    for url in (f"audience/?platforms={name}", f"audience/points.csv?platforms={name}"):
        refused = viewer.get(f"{TRACK_URL}{url}")
        assert (refused.status_code, sentence in refused.text) == (404, True)
