"""The logs of the launcher's processes, one file each in VAR_DIR/log."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LARGEST = 20_000_000
"""Bytes; a larger log is rotated at the next start; only one former log is kept."""


@contextmanager
def log_file(var_dir: Path, name: str) -> Iterator[int]:
    """Yields a descriptor that appends to the log."""
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
    """Returns the last lines of a log, from byte `start` on."""
    with path.open(errors="replace") as file:
        file.seek(start)
        return "".join(deque(file, count)).rstrip()
