"""SIGINT and SIGTERM ask a run to end.

They only leave a note, and whoever waits looks at it: an exception out of a signal handler would be lost
where Python ignores exceptions, as it does while it forks.
"""

import signal
import time
from types import FrameType


class _Note:
    asked = False


def listen() -> None:
    """From now on a signal is noted, and ends nothing by itself."""
    signal.signal(signal.SIGTERM, _note)
    signal.signal(signal.SIGINT, _note)


def pause(seconds: float) -> None:
    """Sleeps; raises KeyboardInterrupt if a signal asked the run to end."""
    time.sleep(seconds)
    if _Note.asked:
        raise KeyboardInterrupt


def _note(_number: int, _frame: FrameType | None) -> None:
    _Note.asked = True
