"""Signals that end a run."""

import os
import signal
from collections.abc import Iterator

import pytest

from launcher import interrupts


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that listens, for the time of a test."""
    monkeypatch.setattr(interrupts._Note, "requested", False)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    interrupts.listen()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_waits_is_covered_a_signal(listening: None, number: int) -> None:
    interrupts.pause(0)
    os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt):
        interrupts.pause(0)
