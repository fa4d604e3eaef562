"""The list of tracks, and the page of one."""

import re
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import TRACK_URL, Visit, counted_statements
from webapp.lib.text import fold_text
from webapp.views.tracks.filters import COLUMNS


def add_tracks(database: psycopg.Connection, names: list[str], credit: str = "") -> None:
    for name in names:
        database.execute(
            "INSERT INTO tracks (uuid, name, credit_name, search_text)"
            " VALUES (gen_random_uuid(), %s, %s, %s)",
            [name, credit, fold_text(name, credit)],
        )


def titles(page: str) -> list[str]:
    return re.findall(r'class="track-title"[^>]*>([^<]*)</a>', page)


@pytest.fixture
def many(database: psycopg.Connection) -> list[str]:
    """120 tracks, among them 60 of one name; their titles in order."""
    names = [f"Song {number:03}" for number in range(60)] + ["Same"] * 60
    add_tracks(database, names)
    return sorted(names, key=str.lower)


def test_pages_by_key_hold_every_track_once(viewer: FlaskClient, many: list[str]) -> None:
    seen: list[str] = []
    uuids: list[str] = []
    address: str | None = "/tracks/?sort=title"
    pages = 0
    while address is not None:
        page = viewer.get(address).text
        assert "120 tracks" in page
        seen += titles(page)
        uuids += re.findall(r'class="track-title" href="/tracks/([^/]+)/"', page)
        following = re.search(r'href="(/tracks/\?[^"]*after=[^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else None
        pages += 1
    assert (pages, seen) == (3, many)
    assert len(set(uuids)) == len(uuids)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("halo", ["Halo"]),
        ("HALO", ["Halo"]),
        ("hal", ["Halo"]),
        ("beyonce", ["Halo", "Don't Hurt Yourself"]),
        ("Beyoncé", ["Halo", "Don't Hurt Yourself"]),
        ("hurt bey", ["Don't Hurt Yourself"]),
        ("dont", ["Don't Hurt Yourself"]),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", ["Don't Hurt Yourself"]),
        ("will.i.am", ["Scream & Shout"]),
        ("scream&shout", ["Scream & Shout"]),
        ("桜", ["桜"]),
        ("alo", []),
        ("halo shout", []),
        ("!!!", []),
        ("'; DROP TABLE tracks; --", []),
        ("a:* | b:*", []),
        ("\\", []),
    ],
)
def test_search(viewer: FlaskClient, database: psycopg.Connection, typed: str, found: list[str]) -> None:
    add_tracks(database, ["Halo", "Don't Hurt Yourself"], "Beyoncé")
    add_tracks(database, ["Scream & Shout"], "will.i.am")
    add_tracks(database, ["桜"], "森山直太朗")
    page = viewer.get("/tracks/", query_string={"q": typed}).text
    shown = [title.replace("&amp;", "&").replace("&#39;", "'") for title in titles(page)]
    assert sorted(shown) == sorted(found)
    assert ("No matching tracks" in page) is not bool(found)


def test_empty_of_two_kinds(viewer: FlaskClient) -> None:
    assert "No tracks yet" in viewer.get("/tracks/").text
    filtered = viewer.get("/tracks/?q=x").text
    assert "No matching tracks" in filtered
    assert 'data-empty="filtered"' in filtered


@pytest.mark.parametrize(
    ("rows", "sentence"), [(1, "1 track<"), (1000, "1,000 tracks"), (1001, "1,000+ tracks")]
)
def test_count_is_exact_to_a_thousand(
    viewer: FlaskClient, database: psycopg.Connection, rows: int, sentence: str
) -> None:
    database.execute(
        "INSERT INTO tracks (uuid, name) SELECT gen_random_uuid(), 'n' FROM generate_series(1, %s)",
        [rows],
    )
    assert sentence in viewer.get("/tracks/").text


def test_the_numbers_of_a_row(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    database.execute(
        "UPDATE audience_states SET fetched_at = now() - interval '5 hours', latest_value = 2783193386,"
        " gain_7_days = 3640000, gain_7_days_before = 3500000 WHERE platform_id = %s",
        [platform_id(database, "spotify")],
    )
    page = viewer.get("/tracks/").text
    for words in ("2026-11-20", "5 hours ago", "2.8B", "2,783,193,386", "+3.6M", "+3,640,000", "+4.0%"):
        assert words in page, words
    assert 'class="spark"' in page
    assert "by gain of 7 days, largest first; Spotify streams" in page
    database.execute("UPDATE audience_states SET status = 'failed', last_date = NULL, latest_value = NULL")
    assert 'data-state="failed"' in viewer.get("/tracks/").text


@pytest.mark.parametrize("sort", [column.sort for column in COLUMNS if column.ways])
def test_every_heading_sorts_and_turns_round(
    viewer: FlaskClient, track: int, many: list[str], sort: str
) -> None:
    page = viewer.get(f"/tracks/?sort={sort}").text
    shown = re.search(r'aria-sort="(ascending|descending)"><a href="([^"]+)"', page)
    assert shown is not None
    turned = viewer.get(shown[2].replace("&amp;", "&")).text
    assert f'aria-sort="{"descending" if shown[1] == "ascending" else "ascending"}"' in turned
    assert page.count("aria-sort=") == 1


def test_filters_are_chips_that_can_be_dropped(viewer: FlaskClient, track: int, many: list[str]) -> None:
    address = "/tracks/?q=bad&data=fresh&label=None&released_since=2019-01-01&platform=youtube&sort=gain"
    page = viewer.get(address).text
    assert "No matching tracks" in page
    dropped = re.findall(r'<a href="([^"]+)" aria-label="Remove the filter ([^"]+)"', page)
    assert [words for _url, words in dropped] == [
        "Search: bad",
        "Label: None",
        "Released since 2019-01-01",
        "Data: fresh",
    ]
    for url, _words in dropped:
        left = viewer.get(url.replace("&amp;", "&")).text
        assert left.count("Remove the filter") == 3
        assert 'value="youtube" selected' in left


@pytest.mark.parametrize(
    "query",
    [
        *(
            "sort=nothing",
            "sort=spark",
            "order=up",
            "data=some",
            "released_since=2019",
            "artist=x",
            "after=x",
        ),
        *("after=x", "gain_min=many", "change_min=ten", "total_min=1.5", "age_max=-1", "position_max=0"),
        *("entered_since=2026-13-01", "stale_since=yesterday", "age_max=36501", "change_min=1e3"),
    ],
)
def test_a_bad_choice_is_refused_by_name(viewer: FlaskClient, query: str) -> None:
    answer = viewer.get(f"/tracks/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


def test_a_fragment_names_the_shortest_url_of_itself(viewer: FlaskClient, track: int) -> None:
    """A form sends every field; the pushed URL has only the chosen ones."""
    address = "/tracks/?q=bad&platform=spotify&data=&released_since=&label=&genre=&sort=gain&order=desc"
    answer = viewer.get(address, headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == "/tracks/?q=bad"
    assert "HX-Push-Url" not in viewer.get(address).headers


def test_an_artist_is_named(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    artist = "00000000-0000-4000-8000-0000000000aa"
    database.execute("INSERT INTO artists (uuid, name) VALUES (%s, 'Billie Eilish')", [artist])
    database.execute("INSERT INTO track_artists SELECT %s, id, 1 FROM artists", [track])
    page = viewer.get(f"/tracks/?artist={artist}").text
    assert "Artist: Billie Eilish" in page
    assert titles(page) == ["bad guy"]


def test_the_list_costs_few_statements(site: Flask, viewer: FlaskClient, many: list[str]) -> None:
    with counted_statements(site) as sent:
        viewer.get("/tracks/?q=so")
    assert len(sent) <= 6, sent


def test_the_page_costs_few_statements(site: Flask, operator: FlaskClient, track: int) -> None:
    with counted_statements(site) as sent:
        operator.get(TRACK_URL)
    # One of them is what waits, which operators are told.
    assert len(sent) <= 7, sent


@pytest.fixture
def song(database: psycopg.Connection) -> int:
    """The seeds' track with all its metadata."""
    track_id = make_track(database)
    database.execute(
        """UPDATE tracks SET isrc = 'USUM71900764', duration = 194, release_date = %s, explicit = true,
           labels = '[{"name": "Interscope", "type": "Universal"}, {"name": "Darkroom"}]',
           genres = '[{"root": "alternative", "sub": ["alternative"]}, "electronic"]',
           metadata_fetched_at = now() - interval '2 days' WHERE id = %s""",
        [datetime.now(UTC).date() - timedelta(days=2794), track_id],
    )
    for slug, identifier, default in (
        ("spotify", "2Fxm", True),
        ("spotify", "other", False),
        ("isrc", "GBAAA1", True),
    ):
        database.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id, is_default, url)"
            " VALUES (%s, %s, %s, %s, %s)",
            [
                platform_id(database, slug),
                identifier,
                track_id,
                default,
                f"https://example.com/{slug}/{identifier}",
            ],
        )
    return track_id


@pytest.mark.parametrize(
    "sentence",
    [
        "bad guy",
        "Billie Eilish",
        "(2,794 days ago)",
        "3:14",
        "Interscope, Darkroom",
        "alternative, electronic",
        'data-copy="USUM71900764"',
        'data-copy="GBAAA1"',
        f'data-copy="{SEED_TRACK}"',
        'href="https://example.com/spotify/2Fxm"',
        "2 days ago",
        "explicit",
    ],
)
def test_metadata_on_the_page(viewer: FlaskClient, song: int, sentence: str) -> None:
    page = viewer.get(TRACK_URL).text
    assert sentence in page
    assert "example.com/spotify/other" not in page
    assert "example.com/isrc" not in page


def test_a_track_without_metadata_shows_what_is_missing(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    database.execute(
        "INSERT INTO tracks (uuid, metadata_error) VALUES (%s, 'SoundCharts is away.')", [SEED_TRACK]
    )
    page = viewer.get(TRACK_URL).text
    assert f"<h1>{SEED_TRACK}</h1>" in page
    for sentence in (
        "no release date known",
        "not fetched yet",
        "none known",
        "no links known",
        "SoundCharts is away.",
    ):
        assert sentence in page


def tile(page: str, name: str) -> str:
    found = re.search(rf'<article class="tile"[^>]* aria-label="{name}">.*?</article>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_tiles_tell_total_gain_and_age(viewer: FlaskClient, track: int, database: psycopg.Connection) -> None:
    database.execute("DELETE FROM track_audience_time_series WHERE date = '2026-11-19'")
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '3 hours'")
    spotify = tile(viewer.get(TRACK_URL).text, "Spotify")
    assert "2,700,099,000" in spotify
    assert "+2,000" in spotify
    assert "over 2 days" in spotify
    assert "+7,000" in spotify
    assert "over 7 days" in spotify
    assert "2026-11-20" in spotify
    assert "3 hours ago" in spotify


def test_gains_that_end_before_the_newest_date_say_so(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    newest = date(2026, 11, 20)
    values = [(newest - timedelta(back), 1_000_000 - 1000 * back) for back in range(20)]
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    insert_series(database, audience_rows(track, platform_id(database, "deezer"), values, noon))
    page = viewer.get(TRACK_URL).text
    assert tile(page, "Deezer").count("to 2026-11-19, the newest whole day") == 2
    assert "newest whole day" not in tile(page, "Spotify")


def test_a_gain_without_earlier_value_is_not_zero(viewer: FlaskClient, database: psycopg.Connection) -> None:
    track_id = make_track(database)
    insert_series(
        database, audience_rows(track_id, platform_id(database, "spotify"), [(date(2026, 11, 20), 5)])
    )
    spotify = tile(viewer.get(TRACK_URL).text, "Spotify")
    assert "no value in the 8 days before" in spotify
    assert "no value just before these days" in spotify


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("failed", "SoundCharts is away."),
        ("empty", "has no values"),
        ("absent", "does not know this track here"),
    ],
)
def test_tiles_of_states(viewer: FlaskClient, database: psycopg.Connection, status: str, word: str) -> None:
    track_id = make_track(database)
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, status, error) VALUES (%s, %s, %s, %s)",
        [
            track_id,
            platform_id(database, "shazam"),
            status,
            "SoundCharts is away." if status == "failed" else "",
        ],
    )
    page = viewer.get(TRACK_URL).text
    assert word in tile(page, "Shazam")
    assert 'data-state="never"' in tile(page, "Spotify")


def test_a_platform_without_song_audience_has_no_tile(
    operator: FlaskClient, database: psycopg.Connection, song: int
) -> None:
    database.execute(
        "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, '1', %s)",
        [platform_id(database, "apple_music"), song],
    )
    page = operator.get(TRACK_URL).text
    assert 'aria-label="Apple Music"' not in page
    assert "platforms/apple_music/refresh" not in page


def test_a_live_run_is_shown_after_a_reload(
    viewer: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    spotify = platform_id(database, "spotify")
    assert "runs/" not in tile(viewer.get(TRACK_URL).text, "Spotify")
    database.execute(
        "INSERT INTO job_runs (uuid, task, queue, dedupe_key) VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'fetch_audience', 'default', %s)",
        [f"audience:{track}:{spotify}"],
    )
    page = viewer.get(TRACK_URL).text
    assert 'runs/00000000-0000-4000-8000-000000000001/" hx-trigger="load"' in tile(page, "Spotify")
    assert "runs/" not in tile(page, "YouTube")


def test_the_page_hands_its_range_to_the_panel(viewer: FlaskClient, track: int) -> None:
    page = viewer.get(
        f"{TRACK_URL}?range=30&metric=gain&interval=day&platforms=youtube&platforms=spotify"
    ).text
    query = "range=30&amp;interval=day&amp;metric=gain&amp;platforms=youtube,spotify"
    wanted = f'hx-get="{TRACK_URL}audience/?{query}"'
    assert wanted in page
    assert f'<noscript><a class="link" href="{wanted[8:-1]}"' in page


def test_a_role_costs_a_page_no_more_than_what_the_role_is_shown_beside_it(
    visit: Visit, site: Flask, track: int
) -> None:
    counts = []
    for role in ("viewer", "operator", "admin"):
        browser = visit(role)
        with counted_statements(site) as sent:
            browser.get(TRACK_URL)
        counts.append(len(sent))
    # Operators are told of queues that wait, admins of suspected duplicates too: a statement each.
    assert [count - counts[0] for count in counts] == [0, 1, 2]
    assert counts[-1] <= 8
