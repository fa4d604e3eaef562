"""The error of each response and each broken connection, its retries and its records."""

import gzip
import logging
import signal
from datetime import UTC, datetime

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.soundcharts import (
    ApiCall,
    Connection,
    Forbidden,
    NotFound,
    PayloadError,
    QuotaSpent,
    RateLimited,
    RateLimitUnavailable,
    Refused,
    SoundChartsClient,
    TransientError,
    Unauthorized,
    transport,
)

from .conftest import Connect, free_port, settings_for
from .payloads import SONG, UUID, error, obj
from .scripted import Scripted, ScriptedApi, Seen

GOOD = Scripted(body=obj(SONG), headers={"x-quota-remaining": "41"})
FULL = {"x-ratelimit-reset": "0"}
TOO_FAST = error(429, "You reached the Maximum Request Count of your plan.")

FINAL = [
    pytest.param(Scripted(400, error(400, "Invalid platform.")), Refused, 400, id="400"),
    pytest.param(Scripted(401, error(401, "No.")), Unauthorized, 401, id="401"),
    pytest.param(Scripted(403, error(403, "Not in your plan.")), Forbidden, 403, id="403"),
    pytest.param(Scripted(404, error(404, "Not found.")), NotFound, 404, id="404"),
    pytest.param(Scripted(405, error(405, "Sandbox.")), Refused, 405, id="405"),
    pytest.param(Scripted(410, error(410, "Gone.")), Refused, 410, id="410"),
    pytest.param(Scripted(404, b"<html>no JSON</html>"), NotFound, 404, id="404 without JSON"),
    pytest.param(Scripted(404, {"errors": "odd"}), NotFound, 404, id="404 with an odd body"),
    pytest.param(Scripted(301, headers={"Location": "/other"}), Refused, 301, id="301"),
    pytest.param(Scripted(307, headers={"Location": "/other"}), Refused, 307, id="307"),
    pytest.param(Scripted(200, error(404, "Not found.")), NotFound, 404, id="404 in a 200"),
    pytest.param(Scripted(200, error(403, "Not in your plan.")), Forbidden, 403, id="403 in a 200"),
]

PASSING = [
    *(
        pytest.param(Scripted(status, error(status, "Oops.")), id=str(status))
        for status in (500, 502, 503, 504)
    ),
    pytest.param(Scripted(408, b""), id="408"),
    pytest.param(Scripted(502, b"<html>"), id="502 without JSON"),
    pytest.param(Scripted(drop=True), id="dropped"),
    pytest.param(Scripted(body=obj(SONG), cut=10), id="cut short"),
    pytest.param(Scripted(body=b'{"object": {'), id="half a JSON"),
    pytest.param(Scripted(body=b"\xff\xfe"), id="not UTF-8"),
    pytest.param(Scripted(body=b""), id="empty"),
    pytest.param(Scripted(body=b"[" * 100_000), id="too deep"),
    pytest.param(Scripted(body=obj(SONG), headers={"Content-Encoding": "gzip"}), id="not gzip"),
    pytest.param(Scripted(200, error(500, "Oops.")), id="500 in a 200"),
    pytest.param(Scripted(200, {"errors": ["odd"]}), id="odd errors in a 200"),
    pytest.param(Scripted(200, {"errors": {"code": "x"}}), id="errors without a code in a 200"),
]


@pytest.mark.parametrize(("answer", "kind", "status"), FINAL)
def test_a_final_answer_is_requested_once(
    client: SoundChartsClient, api: ScriptedApi, answer: Scripted, kind: type[Refused], status: int
) -> None:
    api.script = [answer, GOOD]
    with pytest.raises(Refused) as caught:
        client.song(UUID)
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert "song" in str(caught.value)
    assert str(status) in str(caught.value)
    assert len(api.seen) == 1


def test_401_names_the_settings(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(401, error(401, "No."))]
    with pytest.raises(Unauthorized, match="SOUNDCHARTS_APP_ID and SOUNDCHARTS_API_KEY"):
        client.song(UUID)


def test_the_message_of_the_api_is_shown_on_one_short_line(
    client: SoundChartsClient, api: ScriptedApi
) -> None:
    api.script = [Scripted(400, error(400, "Invalid\nplatform. " + "x" * 5000))]
    with pytest.raises(Refused) as caught:
        client.song(UUID)
    assert "Invalid platform. xxx" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("answer", PASSING)
def test_what_may_pass_is_tried_three_times(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], answer: Scripted
) -> None:
    api.script = [answer]
    with pytest.raises(TransientError) as caught:
        client.song(UUID)
    assert type(caught.value) is TransientError
    assert "song" in str(caught.value)
    assert len(api.seen) == len(calls) == 3
    assert all(call.error for call in calls)


@pytest.mark.parametrize("answer", PASSING)
@pytest.mark.parametrize("failures", [1, 2])
def test_a_call_survives_what_passes(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], answer: Scripted, failures: int
) -> None:
    api.script = [*[answer] * failures, GOOD]
    assert client.song(UUID).uuid == UUID
    assert [bool(call.error) for call in calls] == [True] * failures + [False]


def test_nobody_listens(connect: Connect, calls: list[ApiCall]) -> None:
    with pytest.raises(TransientError, match="song"):
        connect(f"http://127.0.0.1:{free_port()}").song(UUID)
    assert [call.status for call in calls] == [None] * 3


def test_a_late_answer_is_a_time_out(connect: Connect, api: ScriptedApi, calls: list[ApiCall]) -> None:
    api.script = [Scripted(wait=2.0), GOOD]
    assert connect(soundcharts_timeout=1).song(UUID).uuid == UUID
    assert calls[0].status is None
    assert "Timeout" in str(calls[0].error)
    assert 900 <= calls[0].duration_ms < 1900


def test_a_body_that_trickles_in_is_a_time_out(
    connect: Connect, api: ScriptedApi, calls: list[ApiCall]
) -> None:
    api.script = [Scripted(body=obj(SONG), trickle=0.1), GOOD]
    assert connect(soundcharts_timeout=1).song(UUID).uuid == UUID
    assert "TimeoutError" in str(calls[0].error)
    assert calls[0].duration_ms < 6000


@pytest.mark.parametrize("packed", [True, False])
def test_a_body_without_end_is_refused_before_it_fills_the_memory(
    connect: Connect, api: ScriptedApi, calls: list[ApiCall], monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    """A few kilobytes of gzip can unpack to gigabytes; such a response fails without a retry."""
    if packed:
        body, headers = gzip.compress(b" " * (transport.LARGEST_BODY + 1)), {"Content-Encoding": "gzip"}
        assert len(body) < 100_000
    else:
        monkeypatch.setattr(transport, "LARGEST_BODY", 2 * 1024**2)
        body, headers = b" " * (2 * 1024**2 + 1), {}
    api.script = [Scripted(body=body, headers=headers)]
    size = "64" if packed else "2"
    with pytest.raises(PayloadError, match=f"response for song is larger than {size} MiB"):
        connect().song(UUID)
    assert len(calls) == 1


def test_waits_between_tries_grow(redis: Redis, api: ScriptedApi) -> None:
    api.script = [Scripted(502, b"")]
    client = SoundChartsClient(Connection(settings_for(api.url)), redis, lambda _: None, backoff=0.2)
    with pytest.raises(TransientError):
        client.song(UUID)
    first, second, third = (seen.at for seen in api.seen)
    assert second - first >= 0.1
    assert third - second >= 0.2


def test_a_rate_limit_is_waited_for(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall]
) -> None:
    api.script = [Scripted(429, TOO_FAST, FULL), GOOD]
    assert client.song(UUID).uuid == UUID
    assert [(call.status, bool(call.error)) for call in calls] == [(429, True), (200, False)]
    assert api.seen[1].at - api.seen[0].at >= 0.95


def test_a_rate_limit_of_three_tries_goes_back_to_the_caller(
    client: SoundChartsClient, api: ScriptedApi
) -> None:
    api.script = [Scripted(429, TOO_FAST, FULL)]
    with pytest.raises(RateLimited) as caught:
        client.song(UUID)
    assert caught.value.retry_after == 1
    assert len(api.seen) == 3


@pytest.mark.parametrize(
    ("headers", "wait"), [({"x-ratelimit-reset": "30"}, 31), ({}, 60), ({"x-ratelimit-reset": "soon"}, 60)]
)
def test_a_long_rate_limit_goes_back_at_once_and_holds_every_worker(
    connect: Connect, api: ScriptedApi, headers: dict[str, str], wait: int
) -> None:
    api.script = [Scripted(429, TOO_FAST, headers), GOOD]
    with pytest.raises(RateLimited) as caught:
        connect().song(UUID)
    assert caught.value.retry_after == wait
    with pytest.raises(RateLimited) as held:
        connect().song(UUID)
    assert wait - 5 < held.value.retry_after <= wait
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(429, error(429, "Used up.")), (429, b"no JSON"), (429, {}), (200, error(429, "Used up."))],
)
def test_a_spent_quota_stops_at_once(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], status: int, body: object
) -> None:
    api.script = [Scripted(status, body, {"x-quota-remaining": "0"}), GOOD]
    with pytest.raises(QuotaSpent, match="song"):
        client.song(UUID)
    assert len(api.seen) == 1
    assert calls[0].quota_left == 0


@pytest.mark.parametrize("body", [[], "text", 5, [{"errors": []}]])
def test_json_that_is_no_object_is_final(client: SoundChartsClient, api: ScriptedApi, body: object) -> None:
    api.script = [Scripted(body=body), GOOD]
    with pytest.raises(PayloadError, match="song"):
        client.song(UUID)
    assert len(api.seen) == 1


def test_a_body_of_null_is_a_broken_body(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [Scripted(body=b"null"), GOOD]
    assert client.song(UUID).uuid == UUID


def test_every_try_is_recorded(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], caplog: pytest.LogCaptureFixture
) -> None:
    quota = {"x-quota-remaining": "42"}
    api.script = [Scripted(502, b"", quota), Scripted(drop=True), GOOD]
    before = datetime.now(UTC)
    with caplog.at_level(logging.INFO, "jobs.soundcharts"):
        client.song_by_platform("spotify", "a/b")
    path = "/api/v2.25/song/by-platform/spotify/a%2Fb"
    assert [(call.endpoint, call.path) for call in calls] == [("song_by_platform", path)] * 3
    assert [(call.status, call.quota_left) for call in calls] == [(502, 42), (None, None), (200, 41)]
    assert calls[2].error is None
    assert all(before <= call.started_at <= datetime.now(UTC) for call in calls)
    assert all(0 <= call.duration_ms < 5000 for call in calls)
    lines = [record.getMessage() for record in caplog.records if record.name == "jobs.soundcharts"]
    assert len(lines) == 2
    assert "502" in lines[0]


@pytest.mark.parametrize(
    ("text", "left"), [("7", 7), (" 7 ", 7), ("-3", -3), ("", None), ("many", None), ("7.5", None)]
)
def test_quota_left(
    client: SoundChartsClient, api: ScriptedApi, calls: list[ApiCall], text: str, left: int | None
) -> None:
    api.script = [Scripted(body={"any": 1}, headers={"x-quota-remaining": text})]
    usage = client.usage()
    assert usage.quota_left == calls[0].quota_left == left
    assert usage.raw == {"any": 1}
    assert calls[0].endpoint == "usage"


def test_without_redis_no_call_is_made(api: ScriptedApi) -> None:
    api.script = [GOOD]
    recorded: list[ApiCall] = []
    with Redis(port=free_port(), retry=Retry(NoBackoff(), 0)) as nobody:
        client = SoundChartsClient(Connection(settings_for(api.url)), nobody, recorded.append)
        with pytest.raises(RateLimitUnavailable, match="without it no API call is made"):
            client.song(UUID)
    assert api.seen == []
    assert recorded == []


def test_redis_lost_after_a_429_is_no_success(connect: Connect, api: ScriptedApi, redis: Redis) -> None:
    """A Redis without memory takes no hold; it is the nearest to one that goes away at that moment."""

    def fill(_: Seen) -> Scripted:
        redis.config_set("maxmemory", "1")
        return Scripted(429, TOO_FAST, FULL)

    api.script = [fill]
    client = connect()
    try:
        with pytest.raises(RateLimitUnavailable):
            client.song(UUID)
    finally:
        redis.config_set("maxmemory", "0")
    assert len(api.seen) == 1


def test_a_try_that_is_broken_off_is_recorded(redis: Redis, api: ScriptedApi, calls: list[ApiCall]) -> None:
    """As when the worker's own time limit strikes in the middle of a call."""
    api.script = [Scripted(wait=1)]

    class TimeUp(Exception):  # noqa: N818 (not one of ours)
        pass

    def strike(*_: object) -> None:
        raise TimeUp

    former = signal.signal(signal.SIGALRM, strike)
    client = SoundChartsClient(Connection(settings_for(api.url)), redis, calls.append)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(TimeUp):
            client.song(UUID)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    assert [(call.status, call.error) for call in calls] == [(None, "TimeUp")]


def test_connections_are_used_again(client: SoundChartsClient, api: ScriptedApi) -> None:
    api.script = [GOOD]
    for _ in range(5):
        client.song(UUID, fresh=True)
    assert len(api.seen) == 5
    assert len({seen.port for seen in api.seen}) == 1
