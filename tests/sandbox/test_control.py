from typing import Any

import pytest
from flask.testing import FlaskClient

from sandbox import create_app
from tests.sandbox.conftest import KEYS, SEED_SONG, TODAY, Ask, Switch

SPOTIFY = f"/api/v2/song/{SEED_SONG}/audience/spotify"
YOUTUBE = f"/api/v2/song/{SEED_SONG}/audience/youtube"
DAY = "2026-10-01"


def plots(ask: Ask, path: str, day: str = DAY) -> dict[str, int]:
    item = ask(path, startDate=day, endDate=day)[1]["items"][0]
    return {plot["identifier"]: plot["value"] for plot in item["plots"]}


def post(client: FlaskClient, name: str, **body: object) -> Any:
    answer = client.post(f"/_sandbox/{name}", json=body)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_the_clock_moves_on_and_brings_new_points_only(client: FlaskClient, ask: Ask) -> None:
    before = ask(SPOTIFY)[1]["items"]
    assert post(client, "clock", days=3) == {"today": "2026-11-24"}
    after = ask(SPOTIFY, startDate="2026-10-22")[1]["items"]
    assert [item["date"][:10] for item in after[:3]] == ["2026-11-24", "2026-11-23", "2026-11-22"]
    assert after[3:] == before
    assert post(client, "clock", today="2026-12-24") == {"today": "2026-12-24"}
    assert ask(SPOTIFY)[1]["items"][0]["date"].startswith("2026-12-24")


def test_a_week_brings_a_new_song(client: FlaskClient) -> None:
    before = {song["uuid"] for song in client.get("/_sandbox/songs").get_json()}
    post(client, "clock", days=7)
    after = {song["uuid"] for song in client.get("/_sandbox/songs").get_json()}
    assert before < after
    assert len(after - before) == 1


@pytest.mark.parametrize(
    "body",
    [{}, {"days": -1}, {"days": "1"}, {"days": 10**9}, {"today": "9999-01-01"}, {"days": 1, "today": DAY}],
)
def test_a_wrong_move_of_the_clock_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    assert client.post("/_sandbox/clock", json=body).status_code == 400
    assert post(client, "clock", days=0) == {"today": str(TODAY)}


def test_a_factor_revises_every_plot_of_the_date(client: FlaskClient, ask: Ask) -> None:
    before, neighbour = plots(ask, YOUTUBE), plots(ask, YOUTUBE, "2026-10-02")
    post(client, "corrections", song=SEED_SONG, platform="youtube", date=DAY, factor=1.01)
    assert plots(ask, YOUTUBE) == {name: round(value * 1.01) for name, value in before.items()}
    assert plots(ask, YOUTUBE, "2026-10-02") == neighbour


def test_a_value_revises_one_plot_and_the_last_correction_stands(client: FlaskClient, ask: Ask) -> None:
    before = plots(ask, YOUTUBE)
    for value in (5, 7):
        post(
            client,
            "corrections",
            song=SEED_SONG,
            platform="youtube",
            date=DAY,
            value=value,
            identifier="DyDfgMOUjCI",
        )
    assert plots(ask, YOUTUBE) == {**before, "DyDfgMOUjCI": 7}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"song": "nothing"}, 404),
        ({"platform": "deezer"}, 400),
        ({"date": "soon"}, 400),
        ({"factor": 2}, 400),
        ({"value": "7"}, 400),
        ({"amount": 7}, 400),
    ],
)
def test_a_wrong_correction_is_refused(client: FlaskClient, change: dict[str, object], status: int) -> None:
    body = {"song": SEED_SONG, "platform": "spotify", "date": DAY, "value": 7, **change}
    assert client.post("/_sandbox/corrections", json=body).status_code == status


def test_the_quota_can_be_set(client: FlaskClient) -> None:
    post(client, "quota", left=1)
    answers = [client.get(SPOTIFY, headers=KEYS) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert client.post("/_sandbox/quota", json={"left": -1}).status_code == 400


def test_songs_are_listed_the_known_one_first(client: FlaskClient, ask: Ask) -> None:
    songs = client.get("/_sandbox/songs").get_json()
    assert songs[0] == {"uuid": SEED_SONG, "name": "bad guy", "creditName": "Billie Eilish"}
    assert all(list(song) == ["uuid", "name", "creditName"] for song in songs)
    assert ask(f"/api/v2.25/song/{songs[-1]['uuid']}")[0] == 200


def test_a_song_is_answered_under_another_uuid(client: FlaskClient, ask: Ask) -> None:
    other = client.get("/_sandbox/songs").get_json()[1]["uuid"]
    assert post(client, "other-uuids", uuid=other, song=SEED_SONG) == {"song": SEED_SONG}
    assert ask(f"/api/v2.25/song/{other}")[1]["object"]["uuid"] == SEED_SONG
    found = ask(f"/api/v2.25/song/{other},{SEED_SONG}")[1]["items"]
    assert {song["uuid"] for song in found} == {SEED_SONG}
    post(client, "reset")
    assert ask(f"/api/v2.25/song/{other}")[1]["object"]["uuid"] == other


def test_calls_are_counted_by_path_refused_ones_too(client: FlaskClient, ask: Ask) -> None:
    ask(SPOTIFY)
    ask(SPOTIFY, offset=3)
    client.get(SPOTIFY)
    ask("/api/v2/team/usage")
    assert client.get("/_sandbox/calls").get_json() == {SPOTIFY: 3, "/api/v2/team/usage": 1}


def test_reset_brings_all_back(client: FlaskClient, ask: Ask, switch: Switch) -> None:
    before = ask(SPOTIFY)[1]
    grant = client.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=("soundcharts", "soundcharts")
    )
    switch("gone", times=99)
    post(client, "clock", days=40)
    post(client, "quota", left=0)
    post(client, "corrections", song=SEED_SONG, platform="spotify", date="2026-11-20", value=1)
    assert post(client, "reset") == {"today": str(TODAY)}
    assert client.get("/_sandbox/calls").get_json() == {}
    assert ask(SPOTIFY) == (200, before)
    assert ask("/api/v2/team/usage")[1]["quota"]["remaining"] == 999_999
    token = {"Authorization": f"Bearer {grant.get_json()['access_token']}"}
    assert client.get(SPOTIFY, headers=token).status_code == 401


def test_a_minute_begins_anew_after_a_reset() -> None:
    client = create_app(today=TODAY, calls_per_minute=1).test_client()
    assert [client.get(SPOTIFY, headers=KEYS).status_code for _ in range(2)] == [200, 429]
    post(client, "reset")
    assert client.get(SPOTIFY, headers=KEYS).status_code == 200
