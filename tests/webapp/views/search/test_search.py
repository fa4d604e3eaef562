"""The search box and its page: results, refusals and number of queries."""

import re
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_artist, make_chart, make_ranking, make_track, platform_id
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, NEWEST, TRACK_URL, Visit, counted_statements
from webapp.lib.pasted import read_pasted
from webapp.lib.text import fold_text, read_typed, search_text

ARTIST = "00000000-0000-4000-8000-00000000000a"
SPOTIFY_ID = "2Fxmhks0bxGSBdJ92vM42m"
MOST_QUERIES = 8


@pytest.fixture
def catalogue(database: psycopg.Connection, track: int) -> int:
    """The seeds' track with its names on platforms, an artist, a chart, and tracks beside them."""
    make_artist(database, ARTIST, "Beyoncé", [track], "US")
    make_chart(database, "global-28", name="Top Songs")
    for number, name in enumerate(("Bad Moon", "Guys and Girls", "Éclair à la Crème", "100%", "Superbad")):
        make_track(database, f"00000000-0000-4000-8000-{number:012}", name)
    database.execute(
        "UPDATE tracks SET isrc = 'USUM71900764', app_url = 'https://app.soundcharts.com/app/song/bad-guy/overview'"
        " WHERE name = 'bad guy'"
    )
    for slug, identifier in (
        ("spotify", SPOTIFY_ID),
        ("youtube", "DyDfgMOUjCI"),
        ("apple_music", "1450695739"),
        ("isrc", "GBUM71900764"),
    ):
        database.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, %s, %s)",
            [platform_id(database, slug), identifier, track],
        )
    return track


def options(browser: FlaskClient, typed: str) -> list[str]:
    """Returns the URLs of the options of the search box."""
    answer = browser.get(f"/search/?q={quote(typed)}", headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return re.findall(r'role="option"[^>]*href="([^"]+)"', answer.text)


@pytest.mark.parametrize("typed", ["bad guy", "BÁD GÜY", "guy bad", "ba gu", "bad guy eil", "'bad'; guy"])
def test_a_track_is_found_however_it_is_typed(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    assert options(viewer, typed) == [TRACK_URL]


@pytest.mark.parametrize("typed", ["badguy", "Bad guuy", "bda guy", "badgyu", "bad gu y", "bqd guy eilish"])
def test_a_track_is_found_with_a_typing_error(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    assert options(viewer, typed) == [TRACK_URL]


def test_what_is_near_shows_it(viewer: FlaskClient, catalogue: int) -> None:
    near = "No track matches “Bad guuy”. Similar:"
    assert near in viewer.get("/search/?q=Bad+guuy").text
    assert near in viewer.get("/tracks/?q=Bad+guuy").text
    assert "Tracks, similar" in viewer.get("/search/?q=Bad+guuy", headers=HTMX).text
    for address in ("/search/", "/tracks/"):
        page = viewer.get(f"{address}?q=badguy").text
        assert TRACK_URL in page
        assert "Similar" not in page
    assert "No artist matches “beyoncee”. Similar:" in viewer.get("/artists/?q=beyoncee").text
    assert "No chart matches “top sonsg”. Similar:" in viewer.get("/charts/?q=top+sonsg").text


def test_what_is_called_so_comes_before_what_is_near(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection
) -> None:
    make_track(database, "00000000-0000-4000-8000-000000000008", "Bad Buy")
    make_track(database, "00000000-0000-4000-8000-000000000009", "Bad Buys")
    found = [each[-3:] for each in options(viewer, "bad buy")]
    assert found == ["08/", "09/", TRACK_URL[-3:]]


def test_a_kind_of_which_enough_is_called_so_gets_nothing_near(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection
) -> None:
    make_artist(database, "00000000-0000-4000-8000-00000000000b", "Bad Buyy")
    for number in range(10, 15):
        make_track(database, f"00000000-0000-4000-8000-{number:012}", f"Bad Buyy {number}")
    found = options(viewer, "bad buyy")
    assert len(found) == 6
    assert TRACK_URL not in found
    make_artist(database, "00000000-0000-4000-8000-00000000000c", "Bad Buy")
    assert [each for each in options(viewer, "bad buyy") if "/artists/" in each] == [
        "/artists/00000000-0000-4000-8000-00000000000b/",
        "/artists/00000000-0000-4000-8000-00000000000c/",
    ]
    for number in range(20, 26):
        make_artist(database, f"00000000-0000-4000-8000-{number:012}", "Bad Buy")
    assert len([each for each in options(viewer, "bad buyy") if "/artists/" in each]) == 5


def test_names_that_have_a_word_inside_fill_the_box_after_those_that_begin_so(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection
) -> None:
    make_track(database, "00000000-0000-4000-8000-000000000008", "So Bad")
    assert len(options(viewer, "bad")) == 3
    for number in range(10, 15):
        make_track(database, f"00000000-0000-4000-8000-{number:012}", f"Bad {number}")
    assert "/tracks/00000000-0000-4000-8000-000000000008/" not in options(viewer, "bad")


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Smørrebrød", "smorrebrod"),
        ("Żółw", "zolw"),
        ("IŞIK", "\u0131\u015f\u0131k"),
        ("Đavo Œuvre", "davo oeuvre"),
        ("T.N.T.", "tnt"),
        ("Up/Down", "updown"),
        ("!!!", "!!!"),
        ("÷", "÷"),
        ("昨日夜に駆ける", "夜に"),
        ("กินข้าวกัน", "ข้าว"),
    ],
)
def test_a_title_is_found_in_search_and_list(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection, title: str, typed: str
) -> None:
    make_track(database, "00000000-0000-4000-8000-000000000008", title)
    address = "/tracks/00000000-0000-4000-8000-000000000008/"
    assert options(viewer, typed)[0] == address
    assert address in viewer.get(f"/tracks/?q={quote(typed)}").text


@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=80), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_title_is_found_by_itself_and_with_one_typing_error(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection, title: str, data: st.DataObject
) -> None:
    letters = fold_text(title).replace(" ", "")
    uuid = str(uuid4())
    database.execute(
        "INSERT INTO tracks (uuid, name, search_text) VALUES (%s, %s, %s)", [uuid, title, search_text(title)]
    )
    try:
        if read_typed(title).chunks and not read_pasted(title):
            assert f"/tracks/{uuid}/" in viewer.get(f"/search/?q={quote(title)}").text
        if len(letters) > 5:
            place = data.draw(st.integers(0, len(letters) - 1))
            typed = letters[:place] + data.draw(st.sampled_from(["", "z", f"z{letters[place]}"]))
            typed += letters[place + 1 :]
            assert f"/tracks/{uuid}/" in viewer.get(f"/search/?q={quote(typed)}").text
    finally:
        database.execute("DELETE FROM tracks WHERE uuid = %s", [uuid])


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("beyonce", f"/artists/{ARTIST}/"),
        ("BEYONCÉ", f"/artists/{ARTIST}/"),
        ("top son", "/charts/global-28/"),
        ("apple m", "/platforms/apple_music/"),
        ("you-tube sho", "/platforms/youtube_shorts/"),
        ("twitt", "/platforms/x/"),
        ("eclair", "/tracks/00000000-0000-4000-8000-000000000002/"),
        ("Crème", "/tracks/00000000-0000-4000-8000-000000000002/"),
    ],
)
def test_every_kind_is_found(viewer: FlaskClient, catalogue: int, typed: str, address: str) -> None:
    assert options(viewer, typed) == [address]


def test_what_begins_so_comes_first_then_what_charted(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection
) -> None:
    late = make_track(database, "00000000-0000-4000-8000-000000000009", "Bad Zebra")
    make_track(database, "00000000-0000-4000-8000-000000000008", "So Bad")
    make_ranking(database, make_chart(database, "other"), NEWEST, [late])
    found = [re.search(r"0(\d)/", each) for each in options(viewer, "bad")]
    assert [each and each[1] for each in found] == ["9", None, "0", "8"]


def test_kinds_are_in_groups(viewer: FlaskClient, catalogue: int) -> None:
    page = viewer.get("/search/?q=b", headers=HTMX).text
    assert re.findall(r'role="group" aria-label="(\w+)"', page) == ["Tracks", "Artists", "Platforms"]
    assert '<p id="search-status" hx-swap-oob="innerHTML">' in page
    ids = re.findall(r'id="search-option-(\d+)"', page)
    assert ids == [str(number) for number in range(1, len(ids) + 1)]


@pytest.mark.parametrize(
    "typed",
    [
        SEED_TRACK,
        SEED_TRACK.upper(),
        "USUM71900764",
        "us-um7-19-00764",
        "GBUM71900764",
        f"https://open.spotify.com/track/{SPOTIFY_ID}?si=x",
        f"spotify:track:{SPOTIFY_ID}",
        "https://youtu.be/DyDfgMOUjCI",
        "https://www.youtube.com/watch?v=DyDfgMOUjCI",
        "https://music.apple.com/us/album/bad-guy/1450695723?i=1450695739",
        "https://app.soundcharts.com/app/song/bad-guy/overview?x=1",
        f"https://app.soundcharts.com/app/song/{SEED_TRACK}/overview",
    ],
)
def test_what_is_pasted_leads_to_its_track(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    answer = viewer.get(f"/search/?q={quote(typed)}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == TRACK_URL
    assert options(viewer, typed) == [TRACK_URL]


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.deezer.com/track/1450695739",  # Apple's number at another platform
        "https://open.spotify.com/album/2Fxmhks0bxGSBdJ92vM42m",
        "https://example.com/track/DyDfgMOUjCI",
        "USUM71900765",
        SEED_TRACK.replace("7", "8"),
    ],
)
def test_what_names_nothing_here_finds_nothing(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    assert options(viewer, typed) == []
    page = viewer.get(f"/search/?q={quote(typed)}")
    assert page.status_code == 200
    assert "Nothing found" in page.text


def test_one_isrc_of_two_tracks_shows_both(
    viewer: FlaskClient, catalogue: int, database: psycopg.Connection
) -> None:
    database.execute("UPDATE tracks SET isrc = 'USUM71900764'")
    page = viewer.get("/search/?q=USUM71900764")
    assert page.status_code == 200
    assert page.text.count('<li><button class="star"') == 6


def test_the_page(viewer: FlaskClient, catalogue: int) -> None:
    page = viewer.get("/search/?q=b").text
    for shown in (f'href="{TRACK_URL}"', f'href="/artists/{ARTIST}/"', "/tracks/?q=b", "/artists/?q=b"):
        assert shown in page
    assert 'value="b"' in page
    assert "United States" in page
    assert "Search Trackpulse" in viewer.get("/search/").text
    assert options(viewer, "") == []


def test_only_operators_are_offered_more(visit: Visit, catalogue: int) -> None:
    assert options(visit("operator"), "zzz") == ["/search/?q=zzz#beyond"]
    assert "(1 call)" in visit("admin").get("/search/?q=zzz").text
    viewer = visit("viewer")
    assert options(viewer, "zzz") == []
    assert "Search at SoundCharts" not in viewer.get("/search/?q=zzz").text


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 5000,
        "\x00",
        "' OR 1=1 --",
        "'); DROP TABLE tracks; --",
        "%",
        "100%",
        "_",
        "a:* & !b | (c <-> d)",
        "\\",
        "<script>alert(1)</script>",
        "https://" + "x" * 3000,
        "https://[",
        "🎵",
        "٣",
        "ﬁ",
    ],
)
def test_nothing_typed_breaks_it(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    for headers in ({}, HTMX):
        answer = viewer.get(f"/search/?q={quote(typed)}", headers=headers)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


@given(typed=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_at_all_breaks_it(viewer: FlaskClient, catalogue: int, typed: str) -> None:
    assert viewer.get(f"/search/?q={quote(typed, errors='replace')}", headers=HTMX).status_code == 200


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize("typed", ["s", "bad guy", SEED_TRACK, "https://youtu.be/DyDfgMOUjCI"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "box"])
def test_queries_are_bounded(
    viewer: FlaskClient,
    site: Flask,
    catalogue: int,
    database: psycopg.Connection,
    rows: int,
    typed: str,
    headers: dict[str, str],
) -> None:
    for number in range(rows):
        make_track(database, f"00000000-0000-4000-8001-{number:012}", f"Song {number}")
        make_artist(database, f"00000000-0000-4000-8002-{number:012}", f"Somebody {number}")
        make_chart(database, f"chart-{number}", name=f"Songs {number}")
    with counted_statements(site) as sent:
        assert viewer.get(f"/search/?q={quote(typed)}", headers=headers).status_code in (200, 302)
    assert len(sent) <= MOST_QUERIES
