"""No key and no token in any error, record, log line, traceback or Redis key, whatever goes wrong."""

import base64
import logging
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from redis import Redis

from jobs.soundcharts import ApiCall, SoundChartsClient, SoundChartsError

from .conftest import Connect, free_port
from .payloads import IDENTIFIER, SONG, UUID, error, obj, page
from .scripted import Scripted, ScriptedApi, Seen

APP_ID, API_KEY = "APP-MARK-1111", "KEY-MARK-2222"
CLIENT_ID, CLIENT_SECRET, TOKEN = "CLIENT-MARK-3333", "SECRET-MARK-4444", "TOKEN-MARK-5555"
BASIC = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
ALL = f"{APP_ID} {API_KEY} {CLIENT_ID} {CLIENT_SECRET} {TOKEN} {BASIC}"

LEGACY = {"soundcharts_app_id": APP_ID, "soundcharts_api_key": API_KEY}
OAUTH = {"soundcharts_client_id": CLIENT_ID, "soundcharts_client_secret": CLIENT_SECRET}


def repeated(seen: Seen) -> str:
    """A response of a careless server that repeats the keys it received."""
    got = [seen.headers.get(name, "") for name in ("x-app-id", "x-api-key", "authorization")]
    return " ".join(["it said", *got])


FAILURES: dict[str, Callable[[Seen], Scripted]] = {
    **{
        str(status): lambda seen, status=status: Scripted(status, error(status, repeated(seen)))  # type: ignore[misc]
        for status in (302, 400, 401, 403, 404, 405, 410, 429, 500, 502)
    },
    "429 too fast": lambda seen: Scripted(429, error(429, "maximum request count " + repeated(seen))),
    "errors in a 200": lambda seen: Scripted(200, error(400, repeated(seen))),
    "errors of another shape": lambda seen: Scripted(400, {"errors": [repeated(seen)]}),
    "no JSON": lambda seen: Scripted(200, repeated(seen).encode()),
    "no object": lambda seen: Scripted(200, [repeated(seen)]),
    "the wrong type": lambda seen: Scripted(200, obj(SONG | {"duration": repeated(seen)})),
    "the wrong type, cut": lambda seen: Scripted(200, obj(SONG | {"duration": "x" * 45 + repeated(seen)})),
    "the wrong envelope": lambda seen: Scripted(200, {"object": repeated(seen), "items": repeated(seen)}),
    "the wrong row": lambda seen: Scripted(200, page([IDENTIFIER | {"default": repeated(seen)}])),
    "the next page": lambda seen: Scripted(200, page([IDENTIFIER], total=200, following=repeated(seen))),
    "a redirect": lambda seen: Scripted(
        302, headers={"Location": f"http://elsewhere.invalid/{repeated(seen)}"}
    ),
    "dropped": lambda _: Scripted(drop=True),
    "cut short": lambda _: Scripted(body=obj(SONG), cut=5),
    "not gzip": lambda seen: Scripted(body=repeated(seen).encode(), headers={"Content-Encoding": "gzip"}),
    "headers": lambda seen: Scripted(502, b"", {"x-quota-remaining": repeated(seen)}),
    "reset": lambda seen: Scripted(
        429, error(429, "maximum request count"), {"x-ratelimit-reset": repeated(seen)}
    ),
}
READS: dict[str, Callable[[SoundChartsClient], object]] = {
    "song": lambda client: client.song(UUID),
    "identifiers": lambda client: client.song_identifiers(UUID),
    "audience": lambda client: client.song_audience(
        UUID, "spotify", start=date(2025, 1, 1), end=date(2025, 1, 2)
    ),
}


def told(caught: BaseException, *others: object) -> str:
    """Everything that a log, a page or a bug report could show of an error and its causes."""
    texts = ["".join(traceback.format_exception(caught)), *map(repr, others)]
    cause: BaseException | None = caught
    while cause is not None:
        texts += [str(cause), repr(cause), repr(cause.args), repr(vars(cause))]
        cause = cause.__cause__ or cause.__context__
    return " ".join(texts)


def marks(text: str) -> list[str]:
    """Returns the keys, or beginnings of keys, that `text` shows."""
    beginnings = [mark[:8] for mark in (APP_ID, API_KEY, CLIENT_ID, CLIENT_SECRET, TOKEN, BASIC)]
    return [beginning for beginning in beginnings if beginning in text]


def test_the_check_itself_sees_marks() -> None:
    assert len(marks(ALL)) == 6
    assert marks(told(ValueError(API_KEY))) == [API_KEY[:8]]


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("oauth", [False, True], ids=["legacy", "oauth"])
def test_a_failing_call(
    connect: Connect,
    api: ScriptedApi,
    calls: list[ApiCall],
    caplog: pytest.LogCaptureFixture,
    redis: Redis,
    failure: Callable[[Seen], Scripted],
    read: Callable[[SoundChartsClient], object],
    *,
    oauth: bool,
) -> None:
    def answer(seen: Seen) -> Scripted:
        if seen.path == "/oauth/token":
            return Scripted(body={"access_token": TOKEN, "expires_in": 900})
        return failure(seen)

    api.script = [answer]
    client = connect(**(OAUTH if oauth else LEGACY))
    with caplog.at_level(logging.DEBUG), pytest.raises(SoundChartsError) as caught:
        read(client)
    assert marks(told(caught.value, client, calls)) == []
    assert marks(caplog.text) == []
    assert marks(repr(list(redis.scan_iter()))) == []
    assert calls


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failing_token_call(
    connect: Connect,
    api: ScriptedApi,
    calls: list[ApiCall],
    caplog: pytest.LogCaptureFixture,
    failure: Callable[[Seen], Scripted],
) -> None:
    api.script = [failure]
    client = connect(**OAUTH)
    with caplog.at_level(logging.DEBUG), pytest.raises(SoundChartsError) as caught:
        client.song(UUID)
    assert marks(told(caught.value, client, calls)) == []
    assert marks(caplog.text) == []


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": [TOKEN]},
        {"access_token": f"{TOKEN} {TOKEN}"},
        {"access_token": TOKEN, "expires_in": TOKEN},
        {"accessToken": TOKEN},
        [TOKEN],
    ],
)
def test_a_token_in_a_wrong_answer(
    connect: Connect,
    api: ScriptedApi,
    calls: list[ApiCall],
    caplog: pytest.LogCaptureFixture,
    body: Any,
) -> None:
    api.script = [Scripted(body=body)]
    client = connect(**OAUTH)
    with caplog.at_level(logging.DEBUG), pytest.raises(SoundChartsError) as caught:
        client.song(UUID)
    assert marks(told(caught.value, client, calls) + caplog.text) == []


@pytest.mark.parametrize("keys", [LEGACY, OAUTH], ids=["legacy", "oauth"])
def test_nobody_listens(
    connect: Connect, calls: list[ApiCall], caplog: pytest.LogCaptureFixture, keys: dict[str, str]
) -> None:
    client = connect(f"http://127.0.0.1:{free_port()}", **keys)
    with caplog.at_level(logging.DEBUG), pytest.raises(SoundChartsError) as caught:
        client.song(UUID)
    assert marks(told(caught.value, client, calls) + caplog.text) == []


@pytest.mark.parametrize("oauth", [False, True], ids=["legacy", "oauth"])
def test_keys_go_to_no_other_host(connect: Connect, api: ScriptedApi, *, oauth: bool) -> None:
    other = ScriptedApi()
    try:
        other.script = [Scripted(body=obj(SONG))]
        token = Scripted(body={"access_token": TOKEN})
        redirect = Scripted(307, headers={"Location": f"{other.url}/api/v2.25/song/{UUID}"})
        api.script = [token, redirect] if oauth else [redirect]
        with pytest.raises(SoundChartsError, match="redirected"):
            connect(**(OAUTH if oauth else LEGACY)).song(UUID)
        assert other.seen == []
    finally:
        other.close()
