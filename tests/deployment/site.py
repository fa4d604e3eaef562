"""The services of docker-compose.yml without Docker.

What Docker would do is done by hand: the wheel is built from what the Dockerfile copies and unpacked,
/run/secrets is a folder, and ports are free ones of this machine. All else is as docker-compose.yml has it.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import ConnectionError as Unreachable

from launcher.engines import wheel_bin
from launcher.state import free_ports
from launcher.valkey import find_valkey
from tests import ROOT
from tests.deployment.files import read_compose
from tests.servers import ADMIN

WAIT_SECONDS = 30


class Site:
    """The services of docker-compose.yml on servers of the test's own."""

    def __init__(self, folder: Path, sandbox_url: str, database: str) -> None:
        self.folder = folder
        self.app = folder / "app"
        self.app.mkdir()
        self.packages = folder / "site-packages"
        self.secrets = folder / "secrets"
        self.database = database
        self.web_port, self.redis_port = free_ports(2)
        given = {"SOUNDCHARTS_BASE_URL": sandbox_url, "SOUNDCHARTS_TOKEN_URL": f"{sandbox_url}/oauth/token"}
        self.compose = self.placed(read_compose(given))

    def placed(self, value: Any) -> Any:
        """`value` with the paths and ports of the containers turned into those of this machine."""
        places = {
            "/run/secrets/": f"{self.secrets}/",
            "dir /data": f"dir {self.folder}/valkey\nbind 127.0.0.1\nport {self.redis_port}",
            "0.0.0.0:8000": f"127.0.0.1:{self.web_port}",
            "127.0.0.1:8000": f"127.0.0.1:{self.web_port}",
        }
        match value:
            case str():
                for place, ours in places.items():
                    value = value.replace(place, ours)
                return value
            case dict():
                return {key: self.placed(part) for key, part in value.items()}
            case list():
                return [self.placed(part) for part in value]
            case _:
                return value

    @property
    def admin_url(self) -> str:
        return os.environ[ADMIN].rsplit("/", 1)[0] + f"/{self.database}"

    @property
    def database_url(self) -> str:
        return (self.secrets / "database_url").read_text().strip()

    def environment(self, service: str) -> dict[str, str]:
        programs = [str(Path(sys.executable).parent), str(find_valkey().parent), os.defpath]
        passed: dict[str, str] = self.compose["services"][service].get("environment", {})
        python = {"PYTHONPATH": str(self.packages), "PYTHONDONTWRITEBYTECODE": "1"}
        return {"PATH": os.pathsep.join(programs)} | python | passed

    def run(self, service: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """A command in the place of a service: its environment, its folder."""
        return subprocess.run(
            command, cwd=self.app, env=self.environment(service), capture_output=True, text=True, check=False
        )

    @contextmanager
    def running(self, service: str) -> Iterator[subprocess.Popen[bytes]]:
        """A service, which ends by itself when it is asked to, as `docker stop` asks."""
        parts = self.compose["services"][service]
        command = [*parts.get("entrypoint", []), *parts["command"]]
        with (self.folder / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.app, env=self.environment(service), stdout=log, stderr=log
            )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAIT_SECONDS) == 0, self.log(service)
        finally:
            process.kill()
            process.wait()

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text()

    def is_healthy(self, service: str) -> bool:
        kind, *command = self.compose["services"][service]["healthcheck"]["test"]
        assert kind == "CMD"
        return self.run(service, command).returncode == 0


def wait_for(condition: Callable[[], object], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page of docs/ in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / f"docs/{page}.md").read_text(), re.S)


def make_secrets(site: Site) -> None:
    """Runs what docs/deployment.md says, then names this machine's servers in the addresses."""
    (commands,) = [block for block in blocks("deployment", "sh") if "mkdir -m 700 secrets" in block]
    subprocess.run(["sh", "-euc", commands], cwd=site.folder, check=True)
    with psycopg.connect(os.environ[ADMIN]) as connection:
        server = f"{connection.info.host}:{connection.info.port}"
    places = {
        "database_url": [("trackpulse", site.database), ("postgres:5432", server)],
        "redis_url": [("valkey:6379", f"127.0.0.1:{site.redis_port}")],
    }
    for name, changes in places.items():
        for old, new in changes:
            rewrite(site.secrets / name, (site.secrets / name).read_text().replace(old, new))
    for name in ("soundcharts_app_id", "soundcharts_api_key"):
        rewrite(site.secrets / name, "soundcharts\n")


def rewrite(path: Path, text: str) -> None:
    path.chmod(0o600)
    path.write_text(text)


@contextmanager
def database_of_the_image(site: Site) -> Iterator[None]:
    """A database as the image's entrypoint makes it, extension and all, then our script for a new one."""
    script = site.placed(site.compose["configs"]["postgres_role"]["content"])
    name = site.database
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
        drop(connection, name)
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        preloaded = connection.execute("SHOW shared_preload_libraries").fetchone() == ("timescaledb",)
    try:
        if preloaded:
            with psycopg.connect(site.admin_url, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION timescaledb")
        programs = wheel_bin()
        assert programs is not None
        psql = [str(programs / "psql"), "-v", "ON_ERROR_STOP=1", "--quiet", site.admin_url]
        subprocess.run(psql, input=script.replace("trackpulse", name), text=True, check=True)
        yield
    finally:
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
            drop(connection, name)


def drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    connection.execute(f"DROP ROLE IF EXISTS {name}")


def answers(site: Site) -> bool:
    try:
        with Redis.from_url((site.secrets / "redis_url").read_text().strip()) as redis:
            return bool(redis.ping())
    except Unreachable:
        return False
