"""Ends processes that have sessions of their own, with all their children."""

import os
import signal
import subprocess
from pathlib import Path

from launcher.interrupts import pause

PATIENCE = 10.0
"""Seconds for a process to end after SIGTERM."""


def wait_for_end(process: subprocess.Popen[bytes]) -> None:
    """Waits for a process with its own session, and ends it when the run is interrupted."""
    try:
        while process.poll() is None:
            pause(0.05)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Sends SIGTERM to the process, which ends its own children, and SIGKILL to all that are left."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_session(process.pid)


def kill_session(session: int) -> None:
    """Kills the remaining processes of a session; a job's own process group would survive a killpg."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) == session:
                os.kill(int(folder.name), signal.SIGKILL)
        except (OSError, IndexError):
            continue  # it ended in the meantime
