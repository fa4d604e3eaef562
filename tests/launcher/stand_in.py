"""Processes that behave in one known way: `python -m tests.launcher.stand_in BEHAVIOUR FILE`."""

import os
import signal
import sys
import time
from pathlib import Path


def wait(note: Path) -> None:
    """Runs until SIGTERM, and notes when it came."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    note.with_suffix(".pid").write_text(str(os.getpid()))
    try:
        time.sleep(60)
    finally:
        note.write_text(str(time.monotonic()))


def stay(note: Path) -> None:
    """Does not care for SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note.write_text(str(os.getpid()))
    time.sleep(60)


def fork(note: Path) -> None:
    """Has a child in a process group of its own that does not care for SIGTERM."""
    if os.fork() == 0:
        os.setpgid(0, 0)
        stay(note)
    time.sleep(60)


def fail(note: Path) -> None:
    """Ends at once, and notes that it was there."""
    with note.open("a") as file:
        file.write("x")
    sys.exit("It could not go on.")


def vanish(_note: Path) -> None:
    """Ends at once, without a word."""
    sys.exit(3)


if __name__ == "__main__":
    {"wait": wait, "stay": stay, "fork": fork, "fail": fail, "vanish": vanish}[sys.argv[1]](Path(sys.argv[2]))
