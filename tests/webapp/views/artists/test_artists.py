"""The list of artists and the page of one: content, links and number of queries."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_artist, make_chart, make_ranking, platform_id
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, counted_statements
from webapp.lib.clock import today

ARTIST = "00000000-0000-4000-8000-00000000000a"
PAGE = f"/artists/{ARTIST}/"
MOST_QUERIES = 8


@pytest.fixture
def artist(database: psycopg.Connection, track: int) -> int:
    """Beyoncé, the artist of the seeds' track, with all fields of an artist."""
    artist_id = make_artist(database, ARTIST, "Beyoncé", [track], "KR")
    database.execute(
        "UPDATE artists SET city_name = 'Seoul', career_stage = 'superstar', growth_level = 'high',"
        " birth_date = '1981-09-04', artist_type = 'person', gender = 'female', biography = '<i>Born</i>.',"
        """ genres = '[{"root": "pop", "sub": ["dance"]}, "soul"]', app_url = 'https://app.soundcharts.com/a',"""
        " web_url = 'javascript:alert(1)', metadata_fetched_at = now() WHERE id = %s",
        [artist_id],
    )
    chart = make_chart(database, country=("KR", "South Korea"))
    make_ranking(database, chart, NEWEST - timedelta(days=1), [track])
    make_ranking(database, chart, NEWEST, [_other(database), track])
    return artist_id


def _other(database: psycopg.Connection) -> int:
    row = database.execute("INSERT INTO tracks (uuid) VALUES (gen_random_uuid()) RETURNING id").fetchone()
    assert row is not None
    return int(row[0])


def test_the_list(viewer: FlaskClient, artist: int) -> None:
    page = viewer.get("/artists/").text
    assert f'<a class="link" href="{PAGE}">Beyoncé</a>' in page
    assert "1 artist" in page
    assert '<span class="cut" title="South Korea">South Korea</span></td>' in page
    assert ">Superstar</td>" in page
    assert re.search(r'data-label="Best position" class="number">1<', page)
    assert str(NEWEST) in page


def test_its_7_days_are_the_sum_of_what_is_known_and_recent(
    viewer: FlaskClient, artist: int, track: int, database: psycopg.Connection
) -> None:
    """Of 5 tracks 4 have data: +1,500, +700 of 5 days, one unknown, and one whose values end 4 days ago."""
    spotify = platform_id(database, "spotify")
    database.execute(
        "UPDATE audience_states SET last_date = %s, gain_7_days = 1500, gain_7_days_covers = 7"
        " WHERE platform_id = %s",
        [today(), spotify],
    )
    for gain, covers, days in ((700, 5, 3), (None, None, 0), (90_000, 7, 4), (None, None, None)):
        other = _other(database)
        database.execute("INSERT INTO track_artists VALUES (%s, %s, 1)", [other, artist])
        if days is not None:
            database.execute(
                "INSERT INTO audience_states (track_id, platform_id, status, last_date, latest_value,"
                " gain_7_days, gain_7_days_covers) VALUES (%s, %s, 'ok', %s, 5, %s, %s)",
                [other, spotify, today() - timedelta(days=days), gain, covers],
            )
    page = viewer.get("/artists/").text
    assert "by gain of 7 days, largest first; Spotify streams" in page
    assert "<span>+2,200</span>" in page
    assert "of 2 of 4 tracks: the others are unknown or older than 3 days, 1 with marks" in page
    assert 'data-label="With data" class="number">4 of 5<' in page
    elsewhere = viewer.get("/artists/?platform=deezer").text
    assert 'data-label="With data" class="number">0 of 5<' in elsewhere
    assert "no data here" in elsewhere


@pytest.mark.parametrize(
    "query", ["q=BEYONCE", "q=beyoncé", "country=KR", "stage=superstar", "best=10&tracks=1"]
)
def test_filters_are_chips(viewer: FlaskClient, artist: int, query: str) -> None:
    assert "Beyoncé</a>" in viewer.get(f"/artists/?{query}").text
    fragment = viewer.get(f"/artists/?{query}&sort=gain&order=", headers=HTMX)
    assert 'aria-label="Remove the filter' in fragment.text
    assert "<html" not in fragment.text
    assert parse_qs(urlsplit(fragment.headers["HX-Push-Url"]).query) == parse_qs(query)


def test_nothing_yet_and_nothing_left(viewer: FlaskClient, artist: int, database: psycopg.Connection) -> None:
    assert 'data-empty="filtered"' in viewer.get("/artists/?country=FR").text
    database.execute("DELETE FROM track_artists")
    database.execute("DELETE FROM artists")
    assert 'data-empty="nothing"' in viewer.get("/artists/").text


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("sort=fame", "sort"),
        ("order=up", "order"),
        ("tracks=3", "tracks"),
        ("best=x", "best"),
        ("after=1", "after"),
    ],
)
def test_a_bad_parameter_is_named(viewer: FlaskClient, artist: int, query: str, name: str) -> None:
    answer = viewer.get(f"/artists/?{query}")
    assert answer.status_code == 400
    assert f"{name} must be" in answer.text


def test_the_page_shows_what_is_known(viewer: FlaskClient, artist: int) -> None:
    page = viewer.get(PAGE).text
    for shown in ("Seoul, South Korea", "superstar", "high", "1981-09-04", "person", "female", "pop, soul"):
        assert shown in page
    assert "&lt;i&gt;Born&lt;/i&gt;." in page
    assert re.search(r"<details>\s*<summary>Biography", page)
    assert "javascript:" not in page


def test_an_unknown_artist_is_named(viewer: FlaskClient, artist: int) -> None:
    other = ARTIST.replace("a", "b")
    answer = viewer.get(f"/artists/{other}/")
    assert answer.status_code == 404
    assert f"Artist {other} not found." in answer.text


def test_a_tracks_artists_are_links(viewer: FlaskClient, artist: int) -> None:
    assert f'<a class="link" href="{PAGE}">Beyoncé</a>' in viewer.get(TRACK_URL).text


def test_its_charts(viewer: FlaskClient, artist: int) -> None:
    panel = viewer.get(f"{PAGE}charts/", headers=HTMX).text
    assert "/charts/global-28/2026-11-19/" in panel  # where the best position was
    assert re.search(r'data-label="Position" class="number">2<', panel)
    assert "Spotify Top Songs, 2026-11-19" in panel
    assert "down" in panel
    assert "South Korea" in panel


def test_its_tracks(viewer: FlaskClient, artist: int) -> None:
    panel = viewer.get(f"{PAGE}tracks/", headers=HTMX).text
    assert f'href="{TRACK_URL}"' in panel
    assert f"/tracks/?artist={ARTIST}" in panel


def test_what_it_gained(viewer: FlaskClient, artist: int) -> None:
    panel = viewer.get(f"{PAGE}audience/?range=30&platform=youtube", headers=HTMX).text
    assert "<strong>2026-10-22 to 2026-11-20</strong>, 30 days." in panel
    assert "Covers only the tracks of" in panel
    assert "SoundCharts does not split it by country" in panel
    # On both platforms, in their tiles too, and of YouTube's one track.
    assert panel.count("<span>+30,000</span>") == 5
    assert "1 track on YouTube" in panel
    assert "100.0%" in panel
    assert "30 of 30" in panel


def test_a_young_series_has_no_gain(viewer: FlaskClient, artist: int) -> None:
    panel = viewer.get(f"{PAGE}audience/?range=90&platform=youtube", headers=HTMX).text
    assert "40 of 90" in panel
    assert "no value just before the period" in panel


def test_no_percent_from_a_small_base(
    viewer: FlaskClient, artist: int, track: int, database: psycopg.Connection
) -> None:
    values = [(NEWEST - timedelta(days=back), 5000 - 10 * back) for back in range(70)]
    insert_series(database, audience_rows(track, platform_id(database, "shazam"), values))
    panel = viewer.get(f"{PAGE}audience/?range=30&platform=shazam", headers=HTMX).text
    row = panel.split('aria-label="Tracks on Shazam"')[1].split("</tr>")[0]
    assert "<span>+300</span>" in row
    assert "no comparable gain before, or one under 1,000" in row


@pytest.mark.parametrize(
    "query",
    [
        *("range=8", "start_date=yesterday", "start_date=2026-02-02&end_date=2026-01-01", "range=all"),
        *("start_date=0001-01-01", "start_date=1989-12-31", "end_date=2200-01-01", "end_date=9999-12-31"),
    ],
)
def test_a_bad_period_is_named(viewer: FlaskClient, artist: int, query: str) -> None:
    panel = viewer.get(f"{PAGE}audience/?{query}", headers=HTMX)
    assert panel.status_code == 400
    assert 'role="alert"' in panel.text
    assert "Apply range" in panel.text
    assert viewer.get(f"{PAGE}?{query}").status_code == 400


def test_a_custom_range_is_in_the_url(viewer: FlaskClient, artist: int) -> None:
    query = "start_date=2026-11-01&end_date=2026-11-10"
    page = {"HX-Current-URL": f"http://localhost{PAGE}"}
    panel = viewer.get(f"{PAGE}audience/?range=dates&{query}", headers={**HTMX, **page})
    assert "2026-11-01 to 2026-11-10" in panel.text
    assert panel.headers["HX-Push-Url"] == f"{PAGE}?{query}"
    assert f"{PAGE}audience/?{query}".replace("&", "&amp;") in viewer.get(f"{PAGE}?{query}").text


def test_an_empty_period_is_shown(viewer: FlaskClient, artist: int) -> None:
    panel = viewer.get(f"{PAGE}audience/?start_date=2020-01-01&end_date=2020-01-02", headers=HTMX).text
    assert "No track has a value from 2020-01-01 to 2020-01-02" in panel


def test_a_panel_alone_is_a_page(viewer: FlaskClient, artist: int) -> None:
    for name in ("audience", "charts", "tracks"):
        page = viewer.get(f"{PAGE}{name}/").text
        assert "<html" in page
        assert f'href="{PAGE}"' in page


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize(
    "address",
    [
        "/artists/",
        "/artists/?sort=best&best=100&data=fresh&q=b",
        PAGE,
        f"{PAGE}tracks/",
        f"{PAGE}charts/",
        f"{PAGE}audience/",
    ],
)
def test_queries_are_bounded(
    viewer: FlaskClient,
    site: Flask,
    artist: int,
    track: int,
    database: psycopg.Connection,
    address: str,
    rows: int,
) -> None:
    for number in range(rows - 1):
        other = _other(database)
        database.execute("INSERT INTO track_artists VALUES (%s, %s, 1)", [other, artist])
        make_artist(database, f"00000000-0000-4000-8001-{number:012}", f"B {number}", [track])
        chart = make_chart(database, f"chart-{number}")
        make_ranking(database, chart, NEWEST, [track, other])
    with counted_statements(site) as sent:
        assert viewer.get(address).status_code == 200
    assert len(sent) <= MOST_QUERIES
