"""Handles SIGINT and SIGTERM, which end a run.

The handler only sets a flag, which waits check: an exception from a signal handler would be lost where Python
ignores exceptions, such as during a fork.
"""

import signal
import time
from types import FrameType


class _Note:
    requested = False


def listen() -> None:
    """Installs the handlers: from now on a signal only sets the flag."""
    signal.signal(signal.SIGTERM, _note)
    signal.signal(signal.SIGINT, _note)


def pause(seconds: float) -> None:
    """Sleeps. Raises KeyboardInterrupt if a signal was received."""
    time.sleep(seconds)
    if _Note.requested:
        raise KeyboardInterrupt


def _note(_number: int, _frame: FrameType | None) -> None:
    _Note.requested = True
