"""The cache in Redis: which responses, for which account and for how long."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.soundcharts import (
    ApiCall,
    Connection,
    PayloadError,
    RateLimitUnavailable,
    Refused,
    SoundChartsClient,
    TransientError,
)

from .conftest import Connect, free_port, settings_for
from .payloads import (
    AUDIENCE,
    CHART,
    FOUND,
    FULL_ARTIST,
    IDENTIFIER,
    RANKED,
    SONG,
    UUID,
    error,
    obj,
    page,
    ranking,
)
from .scripted import Scripted, ScriptedApi

HOUR, DAY = 3600, 86_400
ON = date(2025, 8, 28)
PLATFORM = {"name": "Airplay", "code": "airplay"}
LINK = {"type": "song", "uuid": UUID, "url": "u", "errors": []}
Read = Callable[..., Any]

KEPT: dict[str, tuple[Any, int, Read]] = {
    "song": (obj(SONG), DAY, lambda client, **more: client.song(UUID, **more)),
    "by_isrc": (obj(SONG), DAY, lambda client, **more: client.song_by_isrc("I", **more)),
    "by_platform": (obj(SONG), DAY, lambda client, **more: client.song_by_platform("p", "i", **more)),
    "artist": (obj(FULL_ARTIST), DAY, lambda client, **more: client.artist("a", **more)),
    "platforms": (page([PLATFORM]), DAY, lambda client, **more: client.platforms(**more)),
    "charts": (page([CHART]), DAY, lambda client, **more: client.song_charts("spotify", "SE", **more)),
    "search": (page([FOUND]), HOUR, lambda client, **more: client.search_songs("a b", **more)),
    "artists": (page([FULL_ARTIST]), HOUR, lambda client, **more: client.search_artists("a b", **more)),
    "link": (LINK, HOUR, lambda client, **more: client.platform_url("https://example.org", **more)),
}
NEVER_KEPT: dict[str, tuple[Any, Read]] = {
    "audience": (page([AUDIENCE]), lambda client: client.song_audience(UUID, "spotify", start=ON, end=ON)),
    "ranking": (ranking([RANKED]), lambda client: client.ranking("a-chart")),
    "dates": (page(["2025-08-28T12:00:00+00:00"]), lambda client: client.chart_dates("a-chart")),
    "identifiers": (page([IDENTIFIER]), lambda client: client.song_identifiers(UUID)),
    "one song": (obj(SONG), lambda client: client.songs([UUID])),
    "songs": (page([SONG]), lambda client: client.songs([UUID, "b"])),
    "artists": (page([FULL_ARTIST]), lambda client: client.artists(["a", "b"])),
    "usage": ({"errors": []}, lambda client: client.usage()),
}


def kept_keys(redis: Redis) -> list[bytes]:
    return list(redis.scan_iter("*:answer:*"))


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_answer_is_no_call(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], redis: Redis, name: str
) -> None:
    body, seconds, read = KEPT[name]
    api.script = [Scripted(body=body), Scripted(500)]
    first = read(client)
    assert read(client) == first
    assert len(calls) == len(api.seen) == 1
    (key,) = kept_keys(redis)
    assert 0 < redis.ttl(key) <= seconds
    assert redis.ttl(key) > seconds - 60
    kept: Any = redis.get(key)
    assert json.loads(kept) == [body]


@pytest.mark.parametrize("name", KEPT)
def test_fresh_skips_what_is_kept_and_keeps_the_new(
    client: SoundChartsClient, api: ScriptedApi, name: str
) -> None:
    body, _, read = KEPT[name]
    newer = json.loads(json.dumps(body).replace("A Song", "New").replace("An Artist", "New"))
    api.script = [Scripted(body=body), Scripted(body=newer), Scripted(500)]
    read(client)
    second = read(client, fresh=True)
    assert len(api.seen) == 2
    assert read(client) == second
    assert len(api.seen) == 2


@pytest.mark.parametrize("name", NEVER_KEPT)
def test_what_changes_is_never_kept(
    client: SoundChartsClient, api: ScriptedApi, redis: Redis, name: str
) -> None:
    body, read = NEVER_KEPT[name]
    api.script = [Scripted(body=body)]
    read(client)
    read(client)
    assert len(api.seen) == 2
    assert kept_keys(redis) == []


def test_tokens_are_never_kept(connect: Connect, api: ScriptedApi, redis: Redis) -> None:
    token = Scripted(body={"access_token": "a-secret-token", "token_type": "bearer", "expires_in": 900})
    api.script = [token, Scripted(body=obj(SONG))]
    connect(soundcharts_client_id="an-id", soundcharts_client_secret="a-secret").song(UUID)
    for key in redis.scan_iter("*"):
        assert b"an-id" not in key
        assert b"secret" not in key
        if b":answer:" in key:
            kept: Any = redis.get(key)
            assert b"secret" not in kept


def test_a_kept_answer_belongs_to_one_account_and_one_question(
    connect: Connect, api: ScriptedApi, redis: Redis
) -> None:
    api.script = [Scripted(body=page([CHART]))]
    connect().song_charts("spotify")
    connect(soundcharts_app_id="another").song_charts("spotify")
    connect(api.url.replace("127.0.0.1", "localhost")).song_charts("spotify")
    connect().song_charts("spotify", "SE")
    connect().song_charts("itunes")
    assert len(api.seen) == len(kept_keys(redis)) == 5
    connect().song_charts("spotify")
    assert len(api.seen) == 5


def test_all_pages_are_kept_together(client: SoundChartsClient, api: ScriptedApi, redis: Redis) -> None:
    following = "/api/v2/chart/song/by-platform/spotify?offset=1&limit=1"
    second = page([CHART | {"slug": "b"}], offset=1, total=2)
    first = page([CHART], total=2, following=following)
    first["page"]["limit"] = second["page"]["limit"] = 1
    api.script = [Scripted(body=first), Scripted(body=second), Scripted(500)]
    assert [chart.slug for chart in client.song_charts("spotify")] == ["a-chart", "b"]
    assert [chart.slug for chart in client.song_charts("spotify")] == ["a-chart", "b"]
    assert len(api.seen) == 2
    assert len(kept_keys(redis)) == 1


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (Scripted(404, error(404, "Not found.")), Refused),
        (Scripted(body=page([CHART | {"slug": None}])), PayloadError),
        (Scripted(body=page([CHART], total=2)), TransientError),
        (Scripted(body={"errors": [{"code": 403, "message": "no"}]}), Refused),
    ],
    ids=["refused", "broken", "not whole", "errors in 200"],
)
def test_an_error_is_not_kept(
    client: SoundChartsClient, api: ScriptedApi, redis: Redis, answer: Scripted, raised: type[Exception]
) -> None:
    api.script = [answer]
    with pytest.raises(raised):
        client.song_charts("spotify")
    assert kept_keys(redis) == []
    api.script = [Scripted(body=page([CHART]))]
    assert client.song_charts("spotify")


def test_a_search_without_a_hit_is_tried_again(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(404, error(404, "Not found.")), Scripted(body=page([FOUND]))]
    assert client.search_songs("new") == []
    assert len(client.search_songs("new")) == 1


def test_without_redis_there_is_neither_cache_nor_call(api: ScriptedApi, calls: list[ApiCall]) -> None:
    api.script = [Scripted(body=obj(SONG))]
    with Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as away:
        client = SoundChartsClient(Connection(settings_for(api.url)), away, calls.append, backoff=0.01)
        with pytest.raises(RateLimitUnavailable):
            client.song(UUID)
    assert api.seen == []
