"""The rate limit in Redis, alone and across processes."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.soundcharts import RateLimited, RateLimitUnavailable
from jobs.soundcharts.ratelimit import RateLimit
from tests import ROOT

from .conftest import free_port
from .payloads import SONG, obj
from .scripted import Scripted, ScriptedApi

AT_ONCE = Retry(NoBackoff(), 0)

WORKER = """
import sys, time
from redis import Redis
from jobs.soundcharts import Connection, SoundChartsClient
from webapp.config import Settings
api, valkey, rate, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
settings = Settings(database_url="", redis_url=valkey, secret_key="", soundcharts_base_url=api,
    soundcharts_app_id="a", soundcharts_api_key="k", soundcharts_calls_per_minute=rate)
client = SoundChartsClient(Connection(settings), Redis.from_url(valkey), lambda call: None)
end = time.monotonic() + seconds
while time.monotonic() < end:
    client.song("u", fresh=True)
"""


def test_four_processes_share_the_limit(
    api: ScriptedApi, redis: Redis, valkey_url: str, tmp_path: Path
) -> None:
    """1,200 a minute are 20 a second; the bounds hold on a slow machine too, and four limits break them."""
    api.script = [Scripted(body=obj(SONG))]
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    command = [sys.executable, str(worker), api.url, valkey_url, "1200", "3"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}
    workers = [subprocess.Popen(command, env=environment) for _ in range(4)]
    assert [process.wait(timeout=60) for process in workers] == [0] * 4
    times = sorted(seen.at for seen in api.seen)
    assert len({seen.port for seen in api.seen}) == 4
    lasted = times[-1] - times[0]
    assert len(times) <= 20 * lasted + 20 + 4
    assert len(times) >= 20
    for first in times:
        in_a_second = sum(first <= at < first + 1 for at in times)
        assert in_a_second <= 2 * 20 + 4


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rate=st.integers(1, 10_000))
def test_a_full_bucket_is_a_second_and_no_minute_holds_more_than_the_rate(redis: Redis, rate: int) -> None:
    redis.flushdb()
    limit = RateLimit(redis, "account", rate)
    interval, capacity = limit._arguments
    assert capacity == max(1, rate // 60)
    assert capacity - 1 + 60_000_000 / interval <= rate
    taken = 0
    while limit._take() == (0, 0):
        taken += 1
    # The refill during the loop is used too.
    assert capacity <= taken <= capacity * 3 + 2


def test_a_turn_comes_when_it_is_due(redis: Redis) -> None:
    limit = RateLimit(redis, "account", 60)
    started = time.monotonic()
    for _ in range(3):
        limit.wait_for_turn()
    assert 1.9 <= time.monotonic() - started < 10


def test_an_idle_limit_leaves_no_key_for_ever(redis: Redis) -> None:
    limit = RateLimit(redis, "account", 600)
    limit.wait_for_turn()
    limit.hold(1)
    assert [0 < redis.pttl(key) <= 1000 for key in redis.scan_iter()] == [True, True]


def test_keys_hold_no_account(redis: Redis) -> None:
    limit = RateLimit(redis, "https://api.example.org the-account", 600)
    limit.wait_for_turn()
    limit.hold(1)
    names = b" ".join(redis.scan_iter())
    assert b"account" not in names
    assert b"example" not in names


def test_accounts_have_limits_of_their_own(redis: Redis) -> None:
    RateLimit(redis, "one", 1).wait_for_turn()
    RateLimit(redis, "two", 1).wait_for_turn()
    assert RateLimit(redis, "one", 1)._take()[0] > 55


def test_a_hold_stops_every_worker_until_it_ends(redis: Redis) -> None:
    RateLimit(redis, "account", 10_000).hold(0.5)
    started = time.monotonic()
    RateLimit(redis, "account", 10_000).wait_for_turn()
    assert 0.45 <= time.monotonic() - started < 5


def test_a_long_hold_is_an_error(redis: Redis) -> None:
    RateLimit(redis, "account", 10_000).hold(300)
    with pytest.raises(RateLimited) as caught:
        RateLimit(redis, "account", 10_000).wait_for_turn()
    assert 290 < caught.value.retry_after <= 300


def test_redis_that_answers_in_text_serves_too(valkey_url: str, redis: Redis) -> None:
    with Redis.from_url(valkey_url, decode_responses=True) as text:
        limit = RateLimit(text, "account", 600)
        limit.wait_for_turn()
        limit.hold(1)


def test_without_redis(redis: Redis) -> None:
    with Redis(port=free_port(), password="a-redis-password", retry=AT_ONCE) as nobody:
        limit = RateLimit(nobody, "account", 600)
        for call in (limit.wait_for_turn, lambda: limit.hold(1)):
            with pytest.raises(RateLimitUnavailable, match="no API call is made") as caught:
                call()
            assert "a-redis-password" not in str(caught.value)
