"""The mutable state of the sandbox, which tests control: one object with one lock."""

import math
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Lock

from flask import current_app

from sandbox.faults import Fault
from sandbox.sources import Source

MINUTE = 60.0


@dataclass(frozen=True)
class Correction:
    """A revised point: a new `value`, or the old one times `factor`."""

    song: str
    platform: str
    day: date
    identifier: str | None
    factor: float | None
    value: int | None

    def meets(self, song: str, platform: str, day: date, *, identifier: str) -> bool:
        requested = (self.song, self.platform, self.day, self.identifier or identifier)
        return requested == (song, platform, day, identifier)

    def apply(self, value: int | None) -> int | None:
        if self.factor is None:
            return self.value
        return None if value is None else round(value * self.factor)


@dataclass(frozen=True)
class Swap:
    """A revised ranking: the songs of two positions are swapped."""

    chart: str
    day: date
    first: int
    second: int

    def other(self, position: int) -> int:
        """Returns the new position of the song that was at `position`."""
        return {self.first: self.second, self.second: self.first}.get(position, position)


class State:
    """The source, and quota, minute window, tokens, faults, clock, corrections and call counts.

    `today` fixes the day; None follows the machine's own day in UTC. `reset` restores the initial state.
    """

    def __init__(
        self, *, source: Source, today: date | None, quota: int, calls_per_minute: int, token_seconds: int
    ) -> None:
        self.source = source
        self.calls_per_minute = calls_per_minute
        self.token_seconds = token_seconds
        self.full_quota = quota
        self._start = today
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        with self._lock:
            self.quota_left = self.full_quota
            self._days_on = 0
            self._tokens: dict[str, float] = {}
            self._faults: list[Fault] = []
            self._corrections: list[Correction] = []
            self._swaps: list[Swap] = []
            self._other_uuids: dict[str, str] = {}
            self._calls: Counter[str] = Counter()
            self._minute_ends = 0.0
            self._in_minute = 0

    @property
    def today(self) -> date:
        return self._first_day() + timedelta(days=self._days_on)

    def move_to(self, day: date) -> None:
        with self._lock:
            self._days_on = (day - self._first_day()).days

    def _first_day(self) -> date:
        return self._start or datetime.now(UTC).date()

    def issue_token(self) -> str:
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = time.monotonic() + self.token_seconds
        return token

    def knows_token(self, token: str) -> bool:
        with self._lock:
            return self._tokens.get(token, 0.0) > time.monotonic()

    def count_call(self, path: str) -> None:
        with self._lock:
            self._calls[path] += 1

    def calls(self) -> dict[str, int]:
        with self._lock:
            return dict(self._calls)

    def seconds_to_wait(self) -> int | None:
        """Uses one call of this minute; returns the seconds until the next minute if none is left."""
        now = time.monotonic()
        with self._lock:
            if now >= self._minute_ends:
                self._minute_ends, self._in_minute = now + MINUTE, 0
            if self._in_minute >= self.calls_per_minute:
                return math.ceil(self._minute_ends - now)
            self._in_minute += 1
            return None

    def in_minute(self) -> int:
        """Returns the calls used in the current minute."""
        with self._lock:
            return self._in_minute if time.monotonic() < self._minute_ends else 0

    def spend_call(self) -> None:
        with self._lock:
            self.quota_left = max(0, self.quota_left - 1)

    def set_quota(self, left: int) -> None:
        with self._lock:
            self.quota_left = left

    def add_fault(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def take_faults(self, path: str, offset: str) -> list[Fault]:
        """Returns the faults of this call, and counts each as used once.

        Of those that replace the response only the first applies; the others wait for a later call.
        """
        taken: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                replaced = fault.replaces and any(one.replaces for one in taken)
                if not replaced and fault.meets(path, offset):
                    fault.times -= 1
                    taken.append(fault)
            self._faults = [fault for fault in self._faults if fault.times]
        return taken

    def correct(self, correction: Correction) -> None:
        with self._lock:
            self._corrections.append(correction)

    def corrected(
        self, song: str, platform: str, day: date, *, identifier: str, value: int | None
    ) -> int | None:
        """Returns `value` after all corrections of this point, in order."""
        with self._lock:
            for correction in self._corrections:
                if correction.meets(song, platform, day, identifier=identifier):
                    value = correction.apply(value)
        return value

    def answer_under(self, requested: str, song: str) -> None:
        """Makes the API return `song` for the uuid `requested` from now on."""
        with self._lock:
            self._other_uuids[requested] = song

    def own_uuid(self, requested: str) -> str:
        """Returns the uuid of the song returned for `requested`."""
        with self._lock:
            return self._other_uuids.get(requested, requested)

    def swap(self, swap: Swap) -> None:
        with self._lock:
            self._swaps.append(swap)

    def swapped(self, chart: str, day: date, position: int) -> int:
        """Returns the position after all corrections of the song originally at `position` of a ranking."""
        with self._lock:
            for swap in self._swaps:
                if (swap.chart, swap.day) == (chart, day):
                    position = swap.other(position)
        return position


def state() -> State:
    """Returns the state of the current app."""
    found: State = current_app.extensions["sandbox"]
    return found
