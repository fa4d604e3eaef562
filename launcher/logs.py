"""The logs of what the launcher starts, one file each in VAR_DIR/log."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST = 20_000_000
"""Bytes; a log beyond it is put aside at the next start, in the place of the one put aside before."""


@contextmanager
def log_file(var_dir: Path, name: str) -> Iterator[int]:
    """A descriptor that appends to the log."""
    path = log_path(var_dir, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        path.replace(path.with_suffix(".log.1"))
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def log_path(var_dir: Path, name: str) -> Path:
    return var_dir / "log" / f"{name}.log"


def last_lines(path: Path, count: int, start: int = 0) -> str:
    """Returns the last lines of a log, of what it holds from byte `start` on."""
    with path.open(errors="replace") as file:
        file.seek(start)
        return "".join(deque(file, count)).rstrip()
