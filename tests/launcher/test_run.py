"""`python -m launcher run`, whole: the real servers, site, workers and demo."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from launcher import state as states
from launcher.errors import LaunchError
from launcher.run import announce, require_free_port
from launcher.servers import embedded_servers
from launcher.settings import load_launch_settings
from tests import ROOT

STEPS = [
    "Starting the servers: PostgreSQL and Valkey.",
    "Starting the sandbox API on http://127.0.0.1:",
    "Updating the database.",
    "Starting the web server, the workers (1) and the scheduler.",
]


def environment(var_dir: Path, port: int, **more: str) -> dict[str, str]:
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO_PASSWORD")
    own = {
        name: value for name, value in os.environ.items() if name not in names and "SOUNDCHARTS" not in name
    }
    # The demo's songs are fetched meanwhile: a call a second, so that it leaves time to what is tested.
    fixed = {"WORKERS": "1", "ENGINE": "plain", "SOUNDCHARTS_CALLS_PER_MINUTE": "60"}
    return own | {"VAR_DIR": str(var_dir), "PORT": str(port)} | fixed | more


@contextmanager
def running(env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Yields a run that is ready, and its reports so far."""
    command = [sys.executable, "-m", "launcher", "run"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        try:
            for line in process.stdout:
                said.append(line.rstrip("\n"))
                if line.startswith("Sign in"):
                    break
            assert process.poll() is None, said
            yield process, said
        finally:
            process.kill()


def command(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def end(process: subprocess.Popen[str], number: int) -> str:
    process.send_signal(number)
    said, _ = process.communicate(timeout=40)
    return said


def processes_of(var_dir: Path) -> list[str]:
    """The command lines of all processes that know of this VAR_DIR, by their environment or arguments."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            if str(var_dir).encode() in known and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_text())
        except OSError:
            continue
    return found


def password_in(said: list[str]) -> str:
    return said[-1].rsplit(" ", 1)[1].removesuffix(".")


def test_a_run_serves_goes_on_where_it_ended_and_is_cleared_away_when_it_was_killed(var_dir: Path) -> None:
    port = states.free_ports(1)[0]
    env = environment(var_dir, port)
    with running(env) as (process, first):
        steps = [line for line in first if not line.startswith(("Installing", "Building", "User "))]
        assert all(line.startswith(step) for line, step in zip(steps[:4], STEPS, strict=True))
        assert steps[4] == f"Ready: http://127.0.0.1:{port}"
        assert re.fullmatch(
            r"Sign in as (\w+@example\.com, ){2}viewer@example\.com with the password \S+\.",
            steps[5],
        )
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 200
        again = command(environment(var_dir, states.free_ports(1)[0]), "launcher", "run")
        assert again.stderr.startswith(f"Trackpulse is already running on {var_dir}; ")
        assert again.returncode == 1
        link = command(env, "flask", "users", "reset", "viewer@example.com").stdout
        assert link.startswith(f"http://127.0.0.1:{port}/reset/")
        assert end(process, signal.SIGTERM) == "Stopping.\nStopped.\n"
        assert process.returncode == 0
    assert processes_of(var_dir) == []
    with running(env) as (process, second):
        assert password_in(second) == password_in(first)
        process.kill()
        process.wait()
    deadline = time.monotonic() + 20
    while len(left := processes_of(var_dir)) > 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert all("postgres" in line for line in left), left
    commands_have_their_own_servers_and_end_well(env)
    assert processes_of(var_dir) == []
    assert states.port_is_free(port)


def commands_have_their_own_servers_and_end_well(env: dict[str, str]) -> None:
    """Without a run beside them: the database is there until a command's last connection is closed."""
    unknown = "00000000-0000-4000-8000-000000000001"
    done = command(env, "flask", "tracks", "fetch-metadata", "--track-uuid", unknown)
    assert done.returncode == 1
    assert "knows none of the songs" in done.stdout
    assert "Traceback" not in done.stderr
    done = command(env, "flask", "db-info")
    assert "PostgreSQL" in done.stdout
    assert "Traceback" not in done.stderr
    code = "from webapp.models import User; print(User.find('ann@label.example'))"
    shell = subprocess.run(
        [sys.executable, "-m", "flask", "shell"],
        cwd=ROOT, env=env, input=code, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "None" in shell.stdout


def test_a_database_that_is_not_our_own_gets_no_demo_and_a_server_that_ends_by_itself_ends_all(
    var_dir: Path, open_folder: Path
) -> None:
    with embedded_servers(open_folder / "other", engine="plain") as other:
        env = environment(var_dir, states.free_ports(1)[0], DATABASE_URL=other.database_url)
        with running(env) as (process, said):
            assert said[-1].startswith("Sign in with a user of this database; ")
            assert "example.com" not in "".join(said)
            os.kill(int((var_dir / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)
            rest, _ = process.communicate(timeout=40)
        assert process.returncode == 1
        assert (
            rest.splitlines()[-1]
            == f"valkey ended unexpectedly; see {var_dir}/log/valkey.log for the reason."
        )
        assert processes_of(var_dir) == []
        with psycopg.connect(other.database_url) as connection:
            for table in ("users", "audit_events", "tracks", "job_runs"):
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_password_of_their_own_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    own = "of our own choice"
    settings = load_launch_settings({"DEMO_PASSWORD": own, "PORT": "8123"})
    announce(settings, "admin@example.com", own)
    said = [
        "Ready: http://127.0.0.1:8123",
        "Sign in as admin@example.com with the password of DEMO_PASSWORD.",
    ]
    assert capsys.readouterr().out.splitlines() == said


def test_a_port_that_is_taken_is_one_sentence(var_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind((states.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command(environment(var_dir, port), "launcher", "run")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {port} is used by another program; set PORT to a free one.\n"


@pytest.mark.parametrize("name", ["SECRET_KEY", "VAR_DIR"])
@pytest.mark.parametrize("arguments", [("launcher", "run"), ("flask", "db-info")], ids=["run", "command"])
def test_a_bad_setting_is_one_sentence_before_anything_starts(
    var_dir: Path, name: str, arguments: tuple[str, ...]
) -> None:
    env = environment(var_dir, 1) | {name: "/proc/nowhere" if name == "VAR_DIR" else "short"}
    done = command(env, *arguments)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr
    assert processes_of(var_dir) == []


def test_servers_that_do_not_take_us_are_one_sentence_each(var_dir: Path) -> None:
    closed = states.free_ports(1)[0]
    wrong = {
        "DATABASE_URL": f"postgresql://me:hidden-word@127.0.0.1:{closed}/none",
        "REDIS_URL": f"redis://:hidden-word@127.0.0.1:{closed}/0",
    }
    for name, url in wrong.items():
        done = command(environment(var_dir, states.free_ports(1)[0], **{name: url}), "launcher", "run")
        assert done.returncode == 1
        assert done.stderr.startswith(f"The server of {name} refused the connection: ")
        assert len(done.stderr.splitlines()) == 1
        assert "hidden-word" not in done.stderr + done.stdout
    assert processes_of(var_dir) == []


def test_a_port_that_this_user_may_not_have_is_not_called_taken(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "may_bind", lambda _port: False)
    with pytest.raises(LaunchError, match="This user may not use port 80; set PORT to one above 1023"):
        require_free_port(80)
