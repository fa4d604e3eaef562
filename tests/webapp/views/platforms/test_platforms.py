"""The list of platforms and the page of one: content compared with the rows, links, number of queries."""

import random
import re
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, counted_statements
from webapp.lib.clock import today
from webapp.models import Platform
from webapp.queries.platforms.pages import platform_coverage, platform_source
from webapp.views.platforms.filters import COLUMNS

MOST_QUERIES = 8
PARTS = ("coverage", "source", "charts", "top")


def record_calls(
    database: psycopg.Connection, slug: str, count: int, seed: int
) -> list[tuple[float, int, int]]:
    """Calls of the last ten days: how many hours ago, status (0 for none) and milliseconds."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        call = (chance.random() * 240, chance.choice((200, 200, 404, 429, 500, 0)), chance.randrange(20, 900))
        made.append(call)
        database.execute(
            "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, platform)"
            " VALUES (now() - %s * interval '1 hour', 'audience', '/x', %s, %s, %s)",
            [call[0], call[1] or None, call[2], slug],
        )
    return made


def find(slug: str) -> Platform:
    platform = Platform.find(slug)
    assert platform is not None
    return platform


def test_the_source_is_counted_from_the_calls(app: Flask, database: psycopg.Connection) -> None:
    made = record_calls(database, "spotify", 150, seed=1)
    record_calls(database, "youtube", 30, seed=2)
    source = platform_source(find("spotify"))
    for window, hours in zip(source.windows, (24, 168), strict=True):
        within = [call for call in made if call[0] < hours]
        answered = [call for call in within if call[1] in (200, 404)]
        assert (window.hours, window.calls, window.answered) == (hours, len(within), len(answered))
        assert window.rate == len(answered) / len(within)
        assert window.median_ms == median(call[2] for call in within)


def test_hours_are_counted_from_the_calls(app: Flask, database: psycopg.Connection) -> None:
    record_calls(database, "spotify", 200, seed=3)
    hours = platform_source(find("spotify")).hours
    assert len(hours) == 24
    assert hours[-1].bucket == datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for hour in hours:
        row = database.execute(
            "SELECT count(*), count(*) FILTER (WHERE status IN (200, 404)) FROM api_calls"
            " WHERE platform = 'spotify' AND started_at >= %(hour)s"
            " AND started_at < %(hour)s + interval '1 hour'",
            {"hour": hour.bucket},
        ).fetchone()
        assert (hour.calls, hour.answered) == row


def test_coverage_is_counted_from_the_states(app: Flask, database: psycopg.Connection) -> None:
    chance = random.Random(6)
    spotify = platform_id(database, "spotify")
    states = []
    for number in range(40):
        track = make_track(database, f"00000000-0000-4000-8000-{number:012}", f"Song {number}")
        status = chance.choice(("ok", "failed", "empty", "absent", "never", ""))
        days = chance.choice((0, 3, 4, 90)) if status in ("ok", "failed") else None
        newest = today() - timedelta(days=days) if days is not None else None
        states.append((status, days))
        if status:
            database.execute(
                "INSERT INTO audience_states (track_id, platform_id, status, last_date)"
                " VALUES (%s, %s, %s, %s)",
                [track, spotify, status, newest],
            )
    found = platform_coverage(find("spotify"))
    assert found.tracks == 40
    assert found.with_data == sum(days is not None for _, days in states)
    assert found.stale == sum(days is not None and days > 3 for _, days in states)
    assert found.failed == sum(status == "failed" for status, _ in states)
    assert found.without == sum(status in ("empty", "absent") for status, _ in states)
    assert found.never == sum(status in ("never", "") for status, _ in states)
    assert found.last_date == today() - timedelta(min(days for _, days in states if days is not None))


def test_the_list(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    make_ranking(database, make_chart(database), today(), [track])
    make_chart(database, "late-one")
    make_chart(database, "idle-one", enabled=False)
    page = viewer.get("/platforms/").text
    row = page.split('href="/platforms/spotify/"')[1].split("</tr>")[0]
    for shown in ("Streams", ">1<", str(NEWEST), 'href="/charts/?platform=spotify">3</a>', "1 of 2"):
        assert shown in row
    assert "/platforms/isrc/" not in page
    apple = page.split('href="/platforms/apple_music/"')[1].split("</tr>")[0]
    assert "SoundCharts has no song audience here" in apple


def test_the_list_sums_totals_and_7_days(viewer: FlaskClient, database: psycopg.Connection) -> None:
    """Totals of 100, 20 and 3; gains of +40, +5 with a note, and one that ended 4 days ago."""
    spotify = platform_id(database, "spotify")
    values = ((100, 40, None, 0), (20, 5, "fall", 3), (3, 1000, None, 4))
    for number, (total, gain, caveat, days) in enumerate(values):
        track = make_track(database, f"00000000-0000-4000-8000-{number:012}", f"Song {number}")
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, last_date, latest_value,"
            " gain_7_days, gain_7_days_covers, gain_7_days_caveat) VALUES (%s, %s, 'ok', %s, %s, %s, 7, %s)",
            [track, spotify, today() - timedelta(days=days), total, gain, caveat],
        )
    page = viewer.get("/platforms/").text
    row = page.split('href="/platforms/spotify/"')[1].split("</tr>")[0]
    assert re.search(r'data-label="With data"[^>]*><span class="number">3<', row)
    assert re.search(r'data-label="Total"[^>]*><span class="number">123<', row)
    assert "<span>+45</span>" in row
    assert "of 2 of 3 tracks: the others are unknown or older than 3 days, 1 with marks" in row
    empty = page.split('href="/platforms/deezer/"')[1].split("</tr>")[0]
    assert "no audience stored" in empty
    assert "no data here" in empty


@pytest.mark.parametrize("sort", [column.sort for column in COLUMNS])
def test_every_heading_of_the_list_sorts_and_turns_round(
    viewer: FlaskClient, track: int, database: psycopg.Connection, sort: str
) -> None:
    """Spotify is ahead of YouTube in every figure."""
    make_ranking(database, make_chart(database), today(), [track])
    make_chart(database, "never-ranked", platform="youtube")
    for slug, days in (("spotify", 1), ("youtube", 2)):
        database.execute(
            "UPDATE audience_states SET last_date = %s, gain_7_days = %s WHERE platform_id = %s",
            [today() - timedelta(days=days), 10 - days, platform_id(database, slug)],
        )
    page = viewer.get(f"/platforms/?sort={sort}").text
    shown = re.search(r'aria-sort="(ascending|descending)"><a href="([^"]+)"', page)
    assert shown is not None
    turned = viewer.get(shown[2].replace("&amp;", "&")).text
    assert f'aria-sort="{"descending" if shown[1] == "ascending" else "ascending"}"' in turned
    names = [re.findall(r'class="link" href="/platforms/([a-z0-9_]+)/"', text) for text in (page, turned)]
    assert sorted(names[0]) == sorted(names[1])
    assert names[0] != names[1]


def test_a_bad_order_of_the_list_is_named(viewer: FlaskClient) -> None:
    answer = viewer.get("/platforms/?sort=fame")
    assert answer.status_code == 400
    assert "sort must be" in answer.text


@pytest.mark.parametrize(
    ("spelling", "slug"),
    [("YouTube", "youtube"), ("you-tube", "youtube"), ("apple-music", "apple_music"), ("Twitter", "x")],
)
def test_any_spelling_leads_to_it(viewer: FlaskClient, track: int, spelling: str, slug: str) -> None:
    answer = viewer.get(f"/platforms/{spelling}/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/platforms/{slug}/"


@pytest.mark.parametrize("unknown", ["myspace", "%25", "a'b", "ü"])
def test_an_unknown_platform_is_named(operator: FlaskClient, unknown: str) -> None:
    for part in ("", *(f"{name}/" for name in PARTS)):
        answer = operator.get(f"/platforms/{unknown}/{part}")
        assert answer.status_code == 404
        assert "<p>Platform " in answer.text
        assert "not found.</p>" in answer.text


def test_the_page_and_its_panels(operator: FlaskClient, track: int, database: psycopg.Connection) -> None:
    record_calls(database, "spotify", 20, seed=9)
    make_ranking(database, make_chart(database), NEWEST, [track])
    page = operator.get("/platforms/spotify/").text
    assert "the largest of a song" in page
    for part in PARTS:
        assert f'hx-get="/platforms/spotify/{part}/"' in page
        alone = operator.get(f"/platforms/spotify/{part}/").text
        assert "<html" in alone
        assert 'href="/platforms/spotify/"' in alone
    assert "bad guy" in operator.get("/platforms/spotify/top/", headers=HTMX).text
    charts = operator.get("/platforms/spotify/charts/", headers=HTMX).text
    assert "/charts/global-28/" in charts
    assert f"/charts/global-28/{NEWEST}/" in charts
    assert 'data-state="' in charts
    assert "Median time, 7 days" in operator.get("/platforms/spotify/source/", headers=HTMX).text


def test_the_responses_of_sound_charts_are_for_operators(viewer: FlaskClient, operator: FlaskClient) -> None:
    address = "/platforms/spotify/source/"
    assert viewer.get(address).status_code == 403
    assert address not in viewer.get("/platforms/spotify/").text
    assert address in operator.get("/platforms/spotify/").text


def test_what_sound_charts_does_not_have_is_shown(operator: FlaskClient, track: int) -> None:
    page = operator.get("/platforms/apple_music/").text
    assert "SoundCharts has no song audience for Apple Music" in page
    assert "/platforms/apple_music/coverage/" not in page
    assert "twitter" in operator.get("/platforms/x/").text
    assert 'data-empty="unavailable"' in operator.get("/platforms/x/charts/", headers=HTMX).text
    assert "No calls to SoundCharts for X" in operator.get("/platforms/x/source/", headers=HTMX).text


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("address", ["", "spotify/", *(f"spotify/{part}/" for part in PARTS)])
def test_queries_are_bounded(
    operator: FlaskClient, site: Flask, track: int, database: psycopg.Connection, address: str, rows: int
) -> None:
    for number in range(rows):
        make_ranking(database, make_chart(database, f"chart-{number}"), NEWEST, [track])
        other = make_track(database, f"00000000-0000-4000-8000-{number:012}", f"Song {number}")
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, latest_value, gain_7_days)"
            " SELECT %s, id, 5, 5 FROM platforms",
            [other],
        )
    with counted_statements(site) as sent:
        found = operator.get(f"/platforms/{address}").text
    assert re.search("<h1>", found)
    assert len(sent) <= MOST_QUERIES
