"""PostgreSQL and Valkey, really started, on both engines."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from launcher import postgres, valkey
from launcher import state as states
from launcher.errors import LaunchError
from launcher.servers import embedded_servers
from launcher.state import State
from tests import ROOT
from tests.launcher.conftest import ENGINES

HOLD = """
import signal, sys, time
from pathlib import Path
from launcher.servers import embedded_servers
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background process ignores it
with embedded_servers(Path(sys.argv[1]), engine="plain"):
    print("up", flush=True)
    time.sleep(60)
"""

NO_RETRY = Retry(NoBackoff(), 0)
"""A server that refuses connections; by default the client would retry three times, with pauses."""


def value(state: State, query: str) -> object:
    with psycopg.connect(state.database_url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def keep(state: State) -> None:
    """Leaves something in both servers."""
    with psycopg.connect(state.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    with redis.Redis.from_url(state.redis_url) as client:
        client.set("kept", "42")


def kept(state: State) -> tuple[object, object]:
    with redis.Redis.from_url(state.redis_url) as client:
        return value(state, "SELECT number FROM kept"), client.get("kept")


def is_down(state: State) -> bool:
    return states.port_is_free(state.postgres_port) and states.port_is_free(state.redis_port)


def pid_of(path: Path) -> int:
    return int(path.read_text().split()[0])


@contextmanager
def another_user(var_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the servers."""
    command = [sys.executable, "-c", HOLD, str(var_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("engine", ENGINES)
def test_servers_answer_keep_their_data_and_end(var_dir: Path, engine: str) -> None:
    with embedded_servers(var_dir, engine=engine) as state:
        keep(state)
    assert is_down(state)
    with embedded_servers(var_dir, engine=engine) as again:
        assert kept(again) == (42, b"42")
    assert again == state
    assert is_down(again)


@pytest.mark.parametrize("engine", ENGINES)
def test_settings_that_matter(var_dir: Path, engine: str) -> None:
    wanted = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "TimeZone": "UTC",
        "data_checksums": "on",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "shared_preload_libraries": "timescaledb" if engine == "auto" else "",
    }
    if engine == "auto":
        wanted |= {"timescaledb.telemetry_level": "off", "max_worker_processes": "64"}
    with embedded_servers(var_dir, engine=engine) as state:
        found = {name: value(state, f"SELECT current_setting('{name}')") for name in wanted}
        with redis.Redis.from_url(state.redis_url) as client:
            memory = {**client.config_get("maxmemory*"), **client.config_get("appendonly")}
    assert found == wanted
    assert memory["maxmemory-policy"] == "volatile-lru"
    assert int(memory["maxmemory"]) == 256 * 1024 * 1024
    assert memory["appendonly"] == "yes"


def test_the_site_is_an_ordinary_role_that_owns_its_database(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        assert (
            value(state, "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user")
            is False
        )
        query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        assert value(state, query) == "trackpulse"


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_comes_in_without_the_password(used_var_dir: Path, password: str) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        for url in (state.database_url, state.admin_url):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(url, password=password)
        with (
            redis.Redis(port=state.redis_port, password=password or None, retry=NO_RETRY) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.get("kept")


def test_passwords_stand_on_no_command_line_and_in_no_log(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    logs = [path.read_bytes() for path in (used_var_dir / "log").iterdir()]
    assert len(logs) == 2
    for secret in (state.postgres_password, state.admin_password, state.redis_password):
        assert not any(secret.encode() in text for text in [*lines, *logs])


def test_who_leaves_last_stops_the_servers(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain") as first:
        with embedded_servers(used_var_dir, engine="plain") as second:
            assert second == first
        assert value(first, "SELECT 1") == 1
        with another_user(used_var_dir) as process:
            process.terminate()
            process.wait()
        assert value(first, "SELECT 1") == 1
    assert is_down(first)


def test_the_first_may_leave_before_the_others(used_var_dir: Path) -> None:
    with another_user(used_var_dir) as process:
        with embedded_servers(used_var_dir, engine="plain") as state:
            pass
        assert value(state, "SELECT 1") == 1
        process.send_signal(signal.SIGINT)
        process.wait()
    assert is_down(state)


def test_servers_of_a_killed_process_are_taken_over_and_stopped(used_var_dir: Path) -> None:
    with another_user(used_var_dir) as process:
        process.kill()
        process.wait()
    state = states.load_or_create(used_var_dir)
    assert value(state, "SELECT 1") == 1
    before = pid_of(used_var_dir / "postgres" / "postmaster.pid")
    with embedded_servers(used_var_dir, engine="plain") as again:
        assert again == state
        assert pid_of(used_var_dir / "postgres" / "postmaster.pid") == before
    assert is_down(state)


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_servers_start_again_with_their_data(var_dir: Path, engine: str) -> None:
    with embedded_servers(var_dir, engine=engine) as state:
        keep(state)
        os.kill(pid_of(var_dir / "postgres" / "postmaster.pid"), signal.SIGKILL)
        time.sleep(1.1)  # appendfsync everysec
        os.kill(pid_of(var_dir / "valkey" / "valkey.pid"), signal.SIGKILL)
    with embedded_servers(var_dir, engine=engine) as again:
        assert kept(again) == (42, b"42")


def test_a_zombie_that_was_the_postmaster_is_not_taken_for_it(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        keep(state)
        pid_file = used_var_dir / "postgres" / "postmaster.pid"
        left = pid_file.read_text()
        owner = pid_file.stat().st_uid
    with subprocess.Popen(["/bin/true"], user=owner if os.geteuid() == 0 else None) as zombie:
        while Path(f"/proc/{zombie.pid}/stat").read_text().split()[2] != "Z":
            time.sleep(0.01)
        pid_file.write_text("\n".join([str(zombie.pid), *left.split("\n")[1:]]))
        os.chown(pid_file, owner, -1)
        with embedded_servers(used_var_dir, engine="plain") as again:
            assert kept(again)[0] == 42


def test_a_port_that_was_taken_meanwhile_is_changed_and_named(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        keep(state)
    said: list[str] = []
    with socket.socket() as one, socket.socket() as two:
        for taken, port in ((one, state.postgres_port), (two, state.redis_port)):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((states.HOST, port))
            taken.listen()
        with embedded_servers(used_var_dir, engine="plain", report=said.append) as again:
            assert kept(again) == (42, b"42")
            assert states.read(used_var_dir) == again
    assert {again.postgres_port, again.redis_port}.isdisjoint({state.postgres_port, state.redis_port})
    assert [line.rsplit(" ", 1)[1] for line in said if "port was in use" in line] == [
        f"{again.postgres_port}.",
        f"{again.redis_port}.",
    ]


def test_a_folder_that_was_moved_keeps_its_data(var_dir: Path) -> None:
    with embedded_servers(var_dir, engine="plain") as state:
        keep(state)
    moved = var_dir.rename(var_dir.with_name("moved folder"))
    with embedded_servers(moved, engine="plain") as again:
        assert kept(again) == (42, b"42")


def test_a_half_made_data_folder_is_made_anew(var_dir: Path) -> None:
    (var_dir / "postgres" / "base").mkdir(parents=True)
    with embedded_servers(var_dir, engine="plain") as state:
        assert value(state, "SELECT 1") == 1


@pytest.mark.parametrize(("with_postgres", "with_valkey"), [(True, False), (False, True)])
def test_only_what_is_wanted_is_started(
    used_var_dir: Path, *, with_postgres: bool, with_valkey: bool
) -> None:
    options = {"with_postgres": with_postgres, "with_valkey": with_valkey}
    with embedded_servers(used_var_dir, engine="plain", **options) as state:  # type: ignore[arg-type]
        assert (postgres.answers(state), valkey.answers(state)) == (with_postgres, with_valkey)
    assert is_down(state)


def test_servers_end_when_the_block_fails(used_var_dir: Path) -> None:
    with pytest.raises(ZeroDivisionError), embedded_servers(used_var_dir, engine="plain") as state:
        raise ZeroDivisionError
    assert is_down(state)


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_plain_data_are_taken_up_by_timescaledb_and_never_go_back(used_var_dir: Path, engine: str) -> None:
    with embedded_servers(used_var_dir, engine="plain") as state:
        keep(state)
    with embedded_servers(used_var_dir, engine=engine) as state:
        assert kept(state) == (42, b"42")
    with embedded_servers(used_var_dir, engine="plain") as state:
        assert kept(state) == (42, b"42")
    with (
        embedded_servers(used_var_dir, engine=engine) as state,
        psycopg.connect(state.database_url) as connection,
    ):
        connection.execute("CREATE EXTENSION timescaledb")
    with (
        pytest.raises(
            LaunchError, match="uses TimescaleDB, which this PostgreSQL lacks, so rows would be lost"
        ),
        embedded_servers(used_var_dir, engine="plain"),
    ):
        pytest.fail("a PostgreSQL without TimescaleDB served the data")
    assert is_down(state)
    with embedded_servers(used_var_dir, engine=engine) as state:
        assert kept(state) == (42, b"42")


def test_data_of_another_major_version_are_refused(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain"):
        pass
    (used_var_dir / "postgres" / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(LaunchError, match="PostgreSQL 17 was not found"),
        embedded_servers(used_var_dir, engine="plain"),
    ):
        pytest.fail("another PostgreSQL served the data")


def test_a_damaged_data_folder_is_one_sentence_that_names_the_log(used_var_dir: Path) -> None:
    with embedded_servers(used_var_dir, engine="plain"):
        pass
    (used_var_dir / "postgres" / "global" / "pg_control").write_bytes(b"")
    with (
        pytest.raises(
            LaunchError, match=r"^PostgreSQL did not start; see .*/postgres\.log for the reason\.$"
        ),
        embedded_servers(used_var_dir, engine="plain"),
    ):
        pytest.fail("it started on a damaged folder")
