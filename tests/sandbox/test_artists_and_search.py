"""Artists and search."""

import pytest

from sandbox.artists import BILLIE_EILISH
from sandbox.platforms import ARTIST_PAGES
from tests.sandbox.conftest import SEED_SONG, Ask

BILLIE = "11e81bcc-9c1c-ce38-b96b-a0369fe50396"
NOT_FOUND = {"errors": [{"key": "access", "code": 404, "message": "Not found."}]}


def test_an_artist(ask: Ask) -> None:
    status, body = ask(f"/api/v2.9/artist/{BILLIE}")
    assert (status, list(body), body["type"]) == (200, ["type", "object", "errors"], "artist")
    artist = body["object"]
    assert (artist["name"], artist["countryCode"]) == ("Billie Eilish", "US")
    assert artist["genres"] == ["alternative", "electronic"]
    assert {"slug", "appUrl", "imageUrl", "biography", "birthDate", "careerStage"} <= set(artist)


def test_artists_in_a_batch(ask: Ask) -> None:
    song = ask("/api/v2/song/search/a")[1]["items"][-1]["uuid"]
    other = ask(f"/api/v2.25/song/{song}")[1]["object"]["artists"][0]["uuid"]
    body = ask(f"/api/v2.9/artist/{BILLIE},nobody,{other}")[1]
    assert {artist["uuid"] for artist in body["items"]} == {BILLIE, other}


@pytest.mark.parametrize(("platform", "identifier"), BILLIE_EILISH.identifiers)
def test_an_artist_is_found_by_its_url(ask: Ask, platform: str, identifier: str) -> None:
    url = ARTIST_PAGES[platform].format(identifier)
    link = ask("/api/v2/search/external/url", platformUrl=url)[1]
    assert link == {"type": "artist", "url": url, "uuid": BILLIE, "errors": []}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2.9/artist/nobody",
        "/api/v2/artist/" + BILLIE,
        "/api/v2/song/search/qqqq",
        "/api/v2/song/search/%3F",
        "/api/v2/artist/search/qqqq",
        "/api/v2/search/external/url?platformUrl=https://example.org",
    ],
)
def test_what_is_unknown_is_404(ask: Ask, path: str) -> None:
    assert ask(path) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/song/search/a?limit=21",
        "/api/v2/artist/search/a?limit=0",
        "/api/v2/search/external/url",
    ],
)
def test_wrong_questions_are_400(ask: Ask, path: str) -> None:
    assert ask(path)[0] == 400


@pytest.mark.parametrize("term", ["bad guy", "BAD", "guy billie eilish", "b%C3%A1d/guy", "eil"])
def test_a_song_is_found_by_the_beginnings_of_its_words(ask: Ask, term: str) -> None:
    status, body = ask(f"/api/v2/song/search/{term}")
    assert status == 200
    assert SEED_SONG in [row["uuid"] for row in body["items"]]
    assert list(body["items"][0]) == ["uuid", "name", "creditName", "imageUrl", "releaseDate"]


def test_only_the_best_hits_come(ask: Ask) -> None:
    page = ask("/api/v2/song/search/a")[1]
    assert len(page["items"]) == 20
    assert page["page"] == {"offset": 0, "limit": 20, "next": None, "previous": None, "total": 20}
    assert len(ask("/api/v2/song/search/a", limit=5)[1]["items"]) == 5
    assert [row["name"] for row in ask("/api/v2/artist/search/billie")[1]["items"]] == ["Billie Eilish"]


def test_a_song_is_found_by_its_url(ask: Ask) -> None:
    url = ask(f"/api/v2/song/{SEED_SONG}/identifiers", platform="youtube")[1]["items"][-1]["url"]
    assert ask("/api/v2/search/external/url", platformUrl=url)[1]["uuid"] == SEED_SONG
