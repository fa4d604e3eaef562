"""The supervisor, with processes that behave in one known way."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import ending
from launcher import state as states
from launcher.errors import LaunchError
from launcher.processes import Supervisor, wait_for_port
from tests import ROOT

STAND_IN = "tests.launcher.stand_in"
SUPERVISE = f"""
import os, sys, time
from pathlib import Path
from launcher.processes import Supervisor
Supervisor(Path(sys.argv[1]), os.environ, print).start("one", "{STAND_IN} wait " + sys.argv[1] + "/note")
time.sleep(60)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, os.environ, said.append)
    yield supervisor
    supervisor.stop_all()


def content(path: Path) -> str:
    """Waits until a process has written to `path`; returns the text."""
    deadline = time.monotonic() + 10
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path} was not written"
        time.sleep(0.02)
    return path.read_text()


def is_gone(pid: int) -> bool:
    """Returns whether a process ended, soon."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_processes_end_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    for name in names:
        supervisor.start(name, f"{STAND_IN} wait {tmp_path / name}")
    pids = [int(content(tmp_path / f"{name}.pid")) for name in names]
    supervisor.stop_all()
    ends = [float((tmp_path / name).read_text()) for name in names]
    assert ends == sorted(ends, reverse=True)
    assert all(map(is_gone, pids))


def test_who_does_not_listen_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "PATIENCE", 0.3)
    supervisor.start("deaf", f"{STAND_IN} stay {tmp_path / 'note'}")
    pid = int(content(tmp_path / "note"))
    supervisor.stop_all()
    assert is_gone(pid)


def test_children_of_a_process_end_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start("parent", f"{STAND_IN} fork {tmp_path / 'note'}")
    grandchild = int(content(tmp_path / "note"))
    supervisor.stop_all()
    assert is_gone(grandchild)


def test_a_process_that_dies_starts_again_each_time_later(
    supervisor: Supervisor, tmp_path: Path, said: list[str]
) -> None:
    supervisor.start("weak", f"{STAND_IN} fail {tmp_path / 'note'}")
    begin = time.monotonic()
    while len(said) < 3:
        supervisor.look_after()
        time.sleep(0.02)
        assert time.monotonic() < begin + 15
    assert time.monotonic() - begin >= 3
    assert (tmp_path / "note").read_text() == "xxx"
    log = tmp_path / "log" / "weak.log"
    assert said == [f"weak ended and restarts in {n} s; see {log} for the reason." for n in (1, 2, 4)]
    assert log.read_text() == "It could not go on.\n" * 3


def test_watching_ends_with_what_the_check_raises(supervisor: Supervisor) -> None:
    def check() -> None:
        raise LaunchError("A server is gone.")

    with pytest.raises(LaunchError, match=r"A server is gone\."):
        supervisor.watch(check)


def test_a_command_that_fails_states_its_last_line_and_its_log(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    wanted = rf"^{STAND_IN} fail .* failed: It could not go on\. \(full log: .*/log/step\.log\)$"
    with pytest.raises(LaunchError, match=wanted):
        supervisor.run("step", f"{STAND_IN} fail {tmp_path / 'note'}")


def test_a_command_that_ends_well_prints_nothing(supervisor: Supervisor, said: list[str]) -> None:
    supervisor.run("step", "json.tool --help")
    assert said == []


@pytest.mark.parametrize("command", [f"{STAND_IN} fail NOTE", "json.tool --help"], ids=["fails", "ends well"])
def test_an_errand_is_looked_after_and_not_started_again(
    supervisor: Supervisor, said: list[str], tmp_path: Path, command: str
) -> None:
    fails = "fail" in command
    supervisor.begin("step", command.replace("NOTE", str(tmp_path / "note")))

    def check() -> None:
        if not supervisor.errands:
            raise LaunchError("It has ended.")

    with pytest.raises(LaunchError, match=r"It has ended\."):
        supervisor.watch(check)
    assert len(said) == int(fails)
    assert all(" failed: It could not go on. (full log: " in line for line in said)
    # Once is once: a second start would have written a second x.
    assert not fails or (tmp_path / "note").read_text() == "x"


def test_waiting_for_a_port_ends_when_somebody_listens(supervisor: Supervisor) -> None:
    port = states.free_ports(1)[0]
    supervisor.start("server", f"http.server --bind {states.HOST} {port}")
    wait_for_port(supervisor, "server", port)
    assert states.listens(port)
    supervisor.stop_all()
    assert not states.listens(port)


def test_waiting_for_a_port_ends_when_the_process_does(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start("server", f"{STAND_IN} fail {tmp_path / 'note'}")
    with pytest.raises(LaunchError, match=r"^server did not start: It could not go on\. "):
        wait_for_port(supervisor, "server", states.free_ports(1)[0])


def test_a_process_that_works_on_is_waited_for_and_reported(supervisor: Supervisor, said: list[str]) -> None:
    port = states.free_ports(1)[0]
    supervisor.start("server", f"http.server --bind {states.HOST} {port}")
    wait_for_port(supervisor, "server", port, seconds=0, meanwhile="It still reads.")
    assert states.listens(port)
    assert set(said) == {"It still reads."}


def test_a_reason_is_what_this_start_logged_and_not_an_earlier_one(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start("server", f"{STAND_IN} fail {tmp_path / 'note'}")
    port = states.free_ports(1)[0]
    with pytest.raises(LaunchError, match=r"It could not go on\."):
        wait_for_port(supervisor, "server", port)
    supervisor.stop_all()
    supervisor.start("server", f"{STAND_IN} vanish {tmp_path / 'note'}")
    with pytest.raises(LaunchError, match=r"^server did not start: it ended with status 3\. "):
        wait_for_port(supervisor, "server", port, meanwhile="It still reads.")


def test_processes_know_the_environment_they_are_given_and_no_other(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, {"TRACK": "pulse"}, print)
    supervisor.start("one", f"{STAND_IN} wait {tmp_path / 'note'}")
    pid = content(tmp_path / "note.pid")
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    supervisor.stop_all()
    assert environment == b"TRACK=pulse\0"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
def test_processes_end_when_the_launcher_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, str(tmp_path)], cwd=ROOT) as launcher:
        pid = int(content(tmp_path / "note.pid"))
        launcher.kill()
    assert is_gone(pid)
