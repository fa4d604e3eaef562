"""Runs PostgreSQL and Valkey as long as anybody uses them."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher import postgres, valkey
from launcher import state as states
from launcher.errors import Report
from launcher.state import State


def silent(_message: str) -> None:
    """Reports nothing."""


@contextmanager
def embedded_servers(
    var_dir: Path,
    *,
    engine: str = "auto",
    report: Report = silent,
    with_postgres: bool = True,
    with_valkey: bool = True,
) -> Iterator[State]:
    """Runs PostgreSQL and Valkey with their data in `var_dir` during the block.

    Every user holds a shared lock. Running servers are used, also those left by a killed process; the last
    user stops them. `engine="plain"` starts PostgreSQL without TimescaleDB, from its wheel. Raises
    LaunchError or SettingError, in one sentence.
    """
    with states.lock_file(var_dir, "servers.lock") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with states.locked(var_dir, "start.lock"):
                if with_postgres:
                    postgres.ensure_running(var_dir, engine, report)
                if with_valkey:
                    valkey.ensure_running(var_dir, report)
                state = states.load_or_create(var_dir)
            yield state
        finally:
            with states.locked(var_dir, "start.lock"):
                _stop_if_last(var_dir, users)


def _stop_if_last(var_dir: Path, users: int) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    state = states.load_or_create(var_dir)
    valkey.stop(var_dir, state)
    postgres.stop(var_dir, state)
