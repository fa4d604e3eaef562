"""A sandbox API in a process of its own, and the switches that tests turn on it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import requests

from tests import ROOT

SEED_TRACK = "7d534228-5165-11e9-9375-549f35161576"


class Sandbox:
    """What tests do to a running sandbox."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        """Quota, clock, corrections and faults as at the start."""
        self._post("reset", {})

    def fault(self, path: str, fault: str, times: int = 1, **parameters: Any) -> None:
        """The next `times` calls whose path matches the pattern end in this fault."""
        self._post("faults", {"path": path, "fault": fault, "times": times, **parameters})

    def move_on(self, days: int) -> date:
        """Moves the sandbox's day on; returns it."""
        return date.fromisoformat(self._post("clock", {"days": days})["today"])

    def set_day(self, day: date) -> None:
        """Sets the sandbox's day."""
        self._post("clock", {"today": day.isoformat()})

    def correct(self, song: str, platform: str, day: date, **change: Any) -> None:
        """Revises an old value upstream, by `factor` or to `value`."""
        self._post("corrections", {"song": song, "platform": platform, "date": day.isoformat(), **change})

    def correct_ranking(self, chart: str, day: date, first: int, second: int) -> None:
        """Revises a ranking upstream: the songs at two positions exchange their places."""
        body = {"chart": chart, "date": day.isoformat(), "first": first, "second": second}
        self._post("ranking-corrections", body)

    def answer_under(self, uuid: str, song: str) -> None:
        """Requests for a uuid are answered with another song."""
        self._post("other-uuids", {"uuid": uuid, "song": song})

    def quota(self, left: int) -> None:
        """Sets the calls that are left."""
        self._post("quota", {"left": left})

    def calls(self) -> int:
        """Calls since the last reset, failed ones too."""
        answer = requests.get(f"{self.url}/_sandbox/calls", timeout=10)
        answer.raise_for_status()
        return sum(answer.json().values())

    def _post(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/_sandbox/{name}", json=body, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())


@contextmanager
def running_sandbox(*arguments: str) -> Iterator[Sandbox]:
    """Starts a sandbox on a free port and ends it with the block."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Sandbox(process.stdout.readline().strip().rsplit(" ", 1)[1])
        finally:
            process.terminate()
            process.wait(timeout=10)
