import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox.catalogue import SHARED_ISRC, catalogue
from tests.sandbox.conftest import KEYS, SEED_SONG, TODAY, Ask

SONG_FIELDS = [
    "uuid", "name", "isrc", "creditName", "artists", "releaseDate", "copyright", "appUrl", "imageUrl",
    "duration", "explicit", "genres", "composers", "producers", "labels", "audio", "languageCode",
    "distributor", "iswcs", "mainArtists", "previewUrl",
]  # fmt: skip
NOT_FOUND = {"errors": [{"key": "access", "code": 404, "message": "Not found."}]}


def identifiers(ask: Ask, uuid: str = SEED_SONG, **query: object) -> list[dict[str, Any]]:
    status, body = ask(f"/api/v2/song/{uuid}/identifiers", **query)
    assert status == 200
    items: list[dict[str, Any]] = body["items"]
    return items


def test_the_song_of_the_seeds_as_recorded(ask: Ask) -> None:
    status, body = ask(f"/api/v2.25/song/{SEED_SONG}")
    assert (status, list(body), body["type"]) == (200, ["type", "object", "errors"], "song")
    song = body["object"]
    assert list(song) == SONG_FIELDS
    assert (song["name"], song["creditName"], song["duration"]) == ("bad guy", "Billie Eilish", 194)
    assert song["isrc"] == {"value": "USUM71900764", "countryCode": "US", "countryName": "United States"}
    assert song["releaseDate"] == "2019-03-29T00:00:00+00:00"
    assert list(song["artists"][0]) == ["uuid", "slug", "name", "appUrl", "imageUrl"]
    assert song["artists"][0]["uuid"] == "11e81bcc-9c1c-ce38-b96b-a0369fe50396"
    assert song["genres"][0] == {"root": "alternative", "sub": ["alternative"]}
    assert song["labels"][0] == {"name": "Interscope", "type": "Universal"}
    assert len(song["audio"]) == 12
    assert song["audio"]["loudness"] == -10.97


def test_every_song_has_the_form_of_the_first(ask: Ask) -> None:
    songs = catalogue(1, TODAY).songs
    for start in range(0, len(songs), 100):
        uuids = [song.uuid for song in songs[start : start + 100]]
        items = ask("/api/v2.25/song/" + ",".join(uuids))[1]["items"]
        assert [item["uuid"] for item in items] == uuids
        for item in items:
            assert list(item) == SONG_FIELDS
            assert item["isrc"] is None or re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", item["isrc"]["value"])
            assert item["artists"][0]["name"] in item["creditName"]
            assert item["duration"] > 0


def test_a_batch_leaves_out_unknown_songs_and_costs_one_call(client: FlaskClient) -> None:
    other = catalogue(1, TODAY).songs[1].uuid
    answer = client.get(
        f"/api/v2.25/song/{SEED_SONG},00000000-0000-0000-0000-000000000000,{other}", headers=KEYS
    )
    assert answer.headers["x-quota-remaining"] == "999999"
    body = answer.get_json()
    assert list(body) == ["items", "page", "errors"]
    assert [item["uuid"] for item in body["items"]] == [SEED_SONG, other]


@pytest.mark.parametrize(
    "path",
    ["by-isrc/USUM71900764", "by-platform/spotify/2Fxmhks0bxGSBdJ92vM42m", "by-platform/youtube/DyDfgMOUjCI"],
)
def test_a_song_is_found_by_what_others_call_it(ask: Ask, path: str) -> None:
    status, body = ask(f"/api/v2.25/song/{path}")
    assert (status, body["object"]["uuid"]) == (200, SEED_SONG)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("v2.25/song/nothing", 404),
        ("v2.25/song/by-isrc/XX0000000000", 404),
        (f"v2.25/song/by-isrc/{SHARED_ISRC}", 410),
        ("v2.25/song/by-platform/spotify/nothing", 404),
        ("v2.25/song/by-platform/spotfy/2Fxmhks0bxGSBdJ92vM42m", 400),
        ("v2/song/nothing/identifiers", 404),
        (f"v2/song/{SEED_SONG}", 404),
        (f"v2.14/song/{SEED_SONG}/identifiers", 404),
    ],
)
def test_what_is_not_there_is_refused_in_the_api_form(ask: Ask, path: str, expected: int) -> None:
    status, body = ask(f"/api/{path}")
    assert status == expected
    assert body == NOT_FOUND or (expected != 404 and body["errors"][0]["code"] == expected)


def test_identifiers_have_the_contract_form(ask: Ask) -> None:
    body = ask(f"/api/v2/song/{SEED_SONG}/identifiers")[1]
    assert list(body) == ["related", "items", "page", "errors"]
    assert list(body["related"]) == ["uuid", "name", "creditName", "imageUrl"]
    assert body["items"][0] == {
        "platformName": "Spotify",
        "platformCode": "spotify",
        "identifier": "2Fxmhks0bxGSBdJ92vM42m",
        "url": "https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m",
        "default": True,
    }
    assert body["items"][-1] == {
        "platformName": "ISRC",
        "platformCode": "isrc",
        "identifier": "USUM71900764",
        "url": "https://open.spotify.com/search/isrc:USUM71900764/tracks",
        "default": False,
    }


def test_identifiers_can_be_narrowed(ask: Ask) -> None:
    videos = identifiers(ask, platform="youtube")
    assert len(videos) == 4
    assert {video["platformCode"] for video in videos} == {"youtube"}
    assert identifiers(ask, platform="youtube", onlyDefault="true") == [
        one for one in videos if one["default"]
    ]
    assert [one["identifier"] for one in identifiers(ask, platform="isrc")] == ["USUM71900764"]
    assert all(one["default"] for one in identifiers(ask, onlyDefault="true"))


def test_an_identifier_belongs_to_one_song_and_has_its_platforms_form() -> None:
    found = [one for song in catalogue(1, TODAY).songs for one in song.identifiers]
    assert len({(one.platform, one.value) for one in found}) == len(found)
    sounds = [one.value for one in found if one.platform == "tiktok"]
    assert all(re.fullmatch(r"[1-9]\d{18}", sound) for sound in sounds)
    assert len(sounds) > 300
    assert all(one.default == (number == 0) for song in catalogue(1, TODAY).songs[:50]
               for code in ("spotify", "tiktok") for number, one in enumerate(song.on(code)))  # fmt: skip


def test_the_catalogue_is_as_large_and_as_mixed_as_a_real_one() -> None:
    songs = catalogue(1, TODAY).songs
    assert len(songs) in range(280, 340)
    assert len({song.name for song in songs}) == len(songs)
    assert len({artist.uuid for song in songs for artist in song.artists}) in range(60, 81)
    assert (TODAY - max(song.release for song in songs)).days < 8
    assert any(not song.on("anghami") for song in songs)
    assert any(not song.isrcs for song in songs)
    assert any(song.audio is None for song in songs)
    assert any(len(song.isrcs) == 2 for song in songs)


def test_covers_come_from_the_sandbox_itself(client: FlaskClient, ask: Ask) -> None:
    urls = {
        ask(f"/api/v2.25/song/{song.uuid}")[1]["object"]["imageUrl"] for song in catalogue(1, TODAY).songs[:5]
    }
    covers = {client.get(url).get_data() for url in urls}
    assert len(covers) == 5
    assert all(url.startswith("http://localhost/_sandbox/covers/") for url in urls)
    answer = client.get(next(iter(urls)))
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert client.get("/_sandbox/covers/nothing.svg").status_code == 404
