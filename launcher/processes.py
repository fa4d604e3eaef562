"""Starts, watches, restarts and stops our processes."""

import ctypes
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import state as states
from launcher.ending import end, kill_session, wait_for_end
from launcher.errors import LaunchError, Report
from launcher.interrupts import pause
from launcher.logs import last_lines, log_file, log_path

LONGEST_DELAY = 60.0
"""Seconds; the delay before a restart doubles up to this, and a life of this length resets it."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(kw_only=True)
class _Child:
    name: str
    command: str
    process: subprocess.Popen[bytes]
    started: float
    delay: float = 1.0
    due: float | None = None
    """The time of the next restart by the monotonic clock; None while it is running."""


class Supervisor:
    """Runs Python modules with a common environment; the output of each goes to its log in VAR_DIR.

    A command is a module's name and its arguments, separated by spaces.
    """

    def __init__(self, var_dir: Path, env: Mapping[str, str], report: Report) -> None:
        self.var_dir = var_dir
        self.env = env
        self.report = report
        self.children: list[_Child] = []
        self.errands: list[_Child] = []
        self._log_starts: dict[str, int] = {}

    def start(self, name: str, command: str) -> None:
        """Starts a process that runs until `stop_all`."""
        self.children.append(self._child(name, command))

    def run(self, name: str, command: str) -> None:
        """Runs a command to its end; raises LaunchError with its last line if it fails."""
        process = self._spawn(name, command)
        wait_for_end(process)
        if process.returncode != 0:
            raise LaunchError(self._failure(name, command))

    def begin(self, name: str, command: str) -> None:
        """Starts a command that ends by itself; `watch` reports a failure."""
        self.errands.append(self._child(name, command))

    def watch(self, check: Callable[[], None]) -> None:
        """Keeps every process running, and calls `check` about once a second, until it raises."""
        while True:
            self.look_after()
            check()
            pause(1)

    def look_after(self) -> None:
        """Restarts dead processes, each after its own growing delay, and reports failed errands."""
        now = time.monotonic()
        for errand in [errand for errand in self.errands if errand.process.poll() is not None]:
            self.errands.remove(errand)
            if errand.process.returncode != 0:
                self.report(self._failure(errand.name, errand.command))
        for child in self.children:
            if child.due is None and child.process.poll() is not None:
                self._plan_restart(child, now)
            if child.due is not None and now >= child.due:
                child.process, child.started, child.due = self._spawn(child.name, child.command), now, None

    def is_alive(self, name: str) -> bool:
        return any(child.name == name and child.process.poll() is None for child in self.children)

    def stop_all(self) -> None:
        """Ends all processes, the last one started first."""
        while self.errands:
            end(self.errands.pop().process)
        while self.children:
            end(self.children.pop().process)

    def reason(self, name: str) -> str:
        """Returns why a process failed: its last line since its start, or its exit status."""
        log = log_path(self.var_dir, name)
        codes = [child.process.poll() for child in self.children if child.name == name]
        ended = (
            f"it ended with status {codes[-1]}." if codes and codes[-1] is not None else "it printed nothing."
        )
        line = last_lines(log, 1, self._log_starts.get(name, 0))
        return f"{line or ended} (full log: {log})"

    def _failure(self, name: str, command: str) -> str:
        log = log_path(self.var_dir, name)
        return f"{command} failed: {last_lines(log, 1)} (full log: {log})"

    def _plan_restart(self, child: _Child, now: float) -> None:
        kill_session(child.process.pid)
        if now - child.started > LONGEST_DELAY:
            child.delay = 1.0
        child.due = now + child.delay
        log = log_path(self.var_dir, child.name)
        self.report(f"{child.name} ended and restarts in {child.delay:.0f} s; see {log} for the reason.")
        child.delay = min(child.delay * 2, LONGEST_DELAY)

    def _child(self, name: str, command: str) -> _Child:
        process = self._spawn(name, command)
        return _Child(name=name, command=command, process=process, started=time.monotonic())

    def _spawn(self, name: str, command: str) -> subprocess.Popen[bytes]:
        with log_file(self.var_dir, name) as log:
            self._log_starts[name] = os.fstat(log).st_size
            return subprocess.Popen(
                [sys.executable, "-m", *shlex.split(command)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.env),
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 (the launcher has no threads)
            )


def wait_for_port(
    supervisor: Supervisor, name: str, port: int, seconds: float = 30, meanwhile: str = ""
) -> None:
    """Waits until something listens on `port`. Raises LaunchError if `name` ends or time runs out first.

    With the sentence `meanwhile` there is no time limit, and the sentence is reported every `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not states.listens(port):
        late = time.monotonic() > deadline
        if not supervisor.is_alive(name) or (late and not meanwhile):
            raise LaunchError(f"{name} did not start: {supervisor.reason(name)}")
        if late:
            supervisor.report(meanwhile)
            deadline += seconds
        pause(0.05)


def _end_with_parent() -> None:
    """Makes Linux end this process if the launcher is killed."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
