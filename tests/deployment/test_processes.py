"""The image's commands, run from an empty folder on the image's wheel, with secrets from files only."""

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from launcher.state import HOST
from tests.deployment.site import Site, wait_for
from tests.sandbox_server import SEED_TRACK

REQUESTS = ("tracks fetch-metadata", "fetch-audience-data --platform spotify --queue")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the image's commands are for Linux")


def test_valkey_takes_its_password_from_the_file_and_shows_it_nowhere(site: Site) -> None:
    password = (site.secrets / "redis_password").read_text().strip()
    at_once = Retry(NoBackoff(), 0)
    with Redis(HOST, site.redis_port, retry=at_once) as stranger, pytest.raises(AuthenticationError):
        stranger.ping()
    with Redis(HOST, site.redis_port, password=password) as redis:
        assert redis.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
        assert redis.config_get("appendonly") == {"appendonly": "yes"}
        process = Path("/proc", str(redis.info("server")["process_id"]))
    shown = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    assert shown.startswith(b"valkey-server")
    assert password.encode() not in shown


def test_valkey_does_not_start_without_a_password(site: Site, tmp_path: Path) -> None:
    """An empty password would leave it open to everybody."""
    valkey = site.compose["services"]["valkey"]
    (tmp_path / "redis_password").touch()
    script = valkey["command"][0].replace(str(site.secrets), str(tmp_path))
    done = site.run("valkey", [*valkey["entrypoint"], script])
    assert done.returncode != 0
    assert "requirepass" in done.stdout + done.stderr


def test_the_services_run_from_an_empty_folder(site: Site) -> None:
    """Migrated, ready, heard of in Redis, and a worker does a job that a command left to it."""
    assert not site.is_healthy("web")
    migrated = site.run("migrate", site.compose["services"]["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    with ExitStack() as stack:
        for service in ("web", "worker", "scheduler"):
            stack.enter_context(site.running(service))
        for service in ("web", "worker", "scheduler"):
            wait_for(partial(site.is_healthy, service), partial(site.log, service))
        for command in REQUESTS:
            result = site.run("worker", ["flask", *command.split(), "--track-uuid", SEED_TRACK])
            assert result.returncode == 0, result.stderr
        wait_for(lambda: "succeeded" in audience_states(site), lambda: site.log("worker"))
    assert not site.is_healthy("worker")
    assert not site.is_healthy("scheduler")


def audience_states(site: Site) -> list[str]:
    query = "SELECT state FROM job_runs WHERE task = 'fetch_audience'"
    with psycopg.connect(site.database_url) as connection:
        return [state for (state,) in connection.execute(query)]
