from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox import create_app
from tests.sandbox.conftest import KEYS, SEED_SONG, TODAY

PLATFORMS = "/api/v2/chart/song/platforms"
SONG = f"/api/v2.25/song/{SEED_SONG}"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-app-id": "soundcharts"},
        {"x-app-key": "soundcharts", "x-app-id": "soundcharts"},
        {"x-app-id": "soundcharts", "x-api-key": "wrong"},
        {"Authorization": "Bearer made-up"},
        {"Authorization": "Bearer made-up", **KEYS},
        {"Authorization": "Basic c291bmRjaGFydHM6c291bmRjaGFydHM="},
    ],
)
@pytest.mark.parametrize("path", [PLATFORMS, SONG, "/api/v2/team/usage", "/api/v2/unknown"])
def test_without_known_credentials_every_call_is_refused(headers: dict[str, str], path: str) -> None:
    answer = create_app(today=TODAY).test_client().get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.get_json()["errors"][0]["code"] == 401
    assert answer.headers["x-quota-remaining"] == "1000000"


def test_a_token_lets_in() -> None:
    client = create_app(today=TODAY).test_client()
    form = {"grant_type": "client_credentials", "team_id": "desk"}
    answer = client.post("/oauth/token", data=form, auth=("soundcharts", "soundcharts"))
    body = answer.get_json()
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert list(body) == ["access_token", "token_type", "expires_in"]
    assert client.get(SONG, headers={"Authorization": f"Bearer {body['access_token']}"}).status_code == 200


@pytest.mark.parametrize(
    ("auth", "grant", "expected"),
    [
        (None, "client_credentials", 401),
        (("soundcharts", "wrong"), "client_credentials", 401),
        (("soundcharts", "soundcharts"), "password", 400),
    ],
)
def test_a_token_is_not_given_to_everybody(auth: tuple[str, str] | None, grant: str, expected: int) -> None:
    client = create_app(today=TODAY).test_client()
    answer = client.post("/oauth/token", data={"grant_type": grant}, auth=auth)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (expected, expected)


def test_only_data_cost_quota_and_at_zero_nothing_but_usage_is_answered() -> None:
    client = create_app(today=TODAY, quota=2).test_client()
    steps = [
        (f"{SONG}0", 404, "2"),
        (PLATFORMS, 200, "1"),
        ("/api/v2/team/usage", 200, "1"),
        (f"/api/v2/song/{SEED_SONG}/audience/deezer", 400, "1"),
        (SONG, 200, "0"),
        (SONG, 429, "0"),
        ("/api/v2/team/usage", 200, "0"),
    ]
    for path, status, left in steps:
        answer = client.get(path, headers=KEYS)
        assert (path, answer.status_code, answer.headers["x-quota-remaining"]) == (path, status, left)
    refused = client.get(SONG, headers=KEYS)
    assert "maximum request count" not in refused.get_json()["errors"][0]["message"]
    assert "x-ratelimit-reset" not in refused.headers


def test_each_page_costs_one_call() -> None:
    client = create_app(today=TODAY).test_client()
    path: str | None = f"/api/v2/song/{SEED_SONG}/audience/spotify?startDate=2025-12-01"
    pages = 0
    while path:
        answer = client.get(path, headers=KEYS)
        path, pages = answer.get_json()["page"]["next"], pages + 1
    assert pages == 4
    assert answer.headers["x-quota-remaining"] == "999996"


def test_concurrent_calls_cost_one_each() -> None:
    app = create_app(today=TODAY)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: app.test_client().get(SONG, headers=KEYS).status_code, range(80)))
    assert set(answers) == {200}
    usage = app.test_client().get("/api/v2/team/usage", headers=KEYS).get_json()
    assert usage["quota"]["remaining"] == 1_000_000 - 80


def test_beyond_the_minutes_calls_one_must_wait() -> None:
    client = create_app(today=TODAY, calls_per_minute=3).test_client()
    assert [client.get(PLATFORMS, headers=KEYS).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get(PLATFORMS, headers=KEYS)
    assert "maximum request count" in refused.get_json()["errors"][0]["message"]
    assert int(refused.headers["x-ratelimit-reset"]) in range(50, 61)
    assert refused.headers["x-quota-remaining"] == "999997"


@pytest.mark.parametrize("path", ["/api/v2/unknown", "/unknown", "/", "/api/v2/chart/song/unknown"])
def test_an_unknown_path_is_refused_in_the_api_form(path: str) -> None:
    answer = create_app(today=TODAY).test_client().get(path, headers=KEYS)
    assert answer.status_code == 404
    assert answer.get_json() == {"errors": [{"key": "access", "code": 404, "message": "Not found."}]}


def test_writing_is_not_allowed() -> None:
    answer = create_app(today=TODAY).test_client().post(SONG, headers=KEYS)
    assert (answer.status_code, answer.get_json()["errors"][0]["code"]) == (405, 405)
