"""Artists and search."""

from datetime import date
from typing import Any

import pytest

from jobs.soundcharts import (
    Genre,
    NotFound,
    PayloadError,
    PlatformLink,
    SoundChartsClient,
)

from .payloads import FOUND, FULL_ARTIST, UUID, error, obj, page
from .scripted import Scripted, ScriptedApi

MISSING = Scripted(404, error(404, "Not found."))


def test_a_whole_artist(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=obj(FULL_ARTIST))]
    artist = client.artist("a")
    assert artist.raw == FULL_ARTIST
    assert artist.genres == (Genre("pop"), Genre("electronic", ("house",)))
    assert (artist.birth_date, artist.country_code, artist.city_name) == (date(2001, 12, 18), "SE", "Malmo")
    assert (artist.biography, artist.gender, artist.type) == ("Born and sang.", "female", "person")
    assert (artist.career_stage, artist.growth_level) == ("superstar", "steady")
    assert api.paths == ["/api/v2.9/artist/a"]


@pytest.mark.parametrize("unknown", [None, ""])
def test_an_artist_of_whom_little_is_known(
    client: SoundChartsClient, api: ScriptedApi, unknown: object
) -> None:
    api.script = [Scripted(body=obj({"uuid": "a", "name": "A", "birthDate": unknown, "genres": None}))]
    artist = client.artist("a")
    assert (artist.birth_date, artist.genres, artist.biography) == (None, (), "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"genres": [5]}, "object.genres[0]"),
        ({"genres": [{"sub": []}]}, "object.genres[0].root"),
        ({"genres": "pop"}, "object.genres"),
        ({"birthDate": "soon"}, "object.birthDate"),
        ({"name": None}, "object.name"),
    ],
)
def test_an_artist_that_breaks_the_contract(
    client: SoundChartsClient, api: ScriptedApi, change: dict[str, Any], field: str
) -> None:
    api.script = [Scripted(body=obj(FULL_ARTIST | change))]
    with pytest.raises(PayloadError) as caught:
        client.artist("a")
    assert caught.value.field == field


def test_artists_in_a_batch_without_the_unknown_ones(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [MISSING, Scripted(body=obj(FULL_ARTIST)), MISSING]
    assert [artist.slug for artist in client.artists(["a", "x", "a"])] == ["an-artist"]
    assert [path.split("?")[0] for path in api.paths] == [
        "/api/v2.9/artist/a,x",
        "/api/v2.9/artist/a",
        "/api/v2.9/artist/x",
    ]


def test_search_finds_songs_and_artists(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=page([FOUND])), Scripted(body=page([FULL_ARTIST]))]
    (song,) = client.search_songs("AC/DC: what? +1")
    assert (song.name, song.credit_name, song.release_date) == ("A Song", "An Artist", date(2015, 11, 13))
    assert [artist.slug for artist in client.search_artists("é")] == ["an-artist"]
    assert api.paths == [
        "/api/v2/song/search/AC%2FDC%3A%20what%3F%20%2B1?limit=20",
        "/api/v2/artist/search/%C3%A9?limit=20",
    ]


@pytest.mark.parametrize("answer", [MISSING, Scripted(body=page([]))], ids=["404", "empty"])
def test_no_hit_is_an_empty_list(client: SoundChartsClient, api: ScriptedApi, answer: Scripted) -> None:
    api.script = [answer]
    assert client.search_songs("nothing") == []
    assert client.search_artists("nothing") == []


def test_a_link_of_a_platform(client: SoundChartsClient, api: ScriptedApi) -> None:
    url = "https://open.spotify.com/track/x?si=1&b=2"
    api.script = [Scripted(body={"type": "song", "url": url, "uuid": UUID, "errors": []}), MISSING]
    assert client.platform_url(url) == PlatformLink("song", UUID, url)
    assert api.paths[0].endswith("?platformUrl=https%3A%2F%2Fopen.spotify.com%2Ftrack%2Fx%3Fsi%3D1%26b%3D2")
    with pytest.raises(NotFound):
        client.platform_url("https://example.org")
