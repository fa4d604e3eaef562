"""Running totals of a song's identifiers by day, from the seed alone.

The time since release is first modified by the weekday and a little noise, then mapped to a smooth rising
curve: a burst at the release that fades, a long tail, and a few playlists that raise daily numbers and fade.
So any day's total can be computed without the days before it.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from sandbox.defects import SEED_SONG, Series
from sandbox.draws import draws, happens, unit
from sandbox.model import Identifier, Song
from sandbox.platforms import BY_CODE

FULL_AGE = 2000.0
# The length of the history: series begin at the release or this long before today.
HISTORY = timedelta(days=1096)


@dataclass(frozen=True)
class Playlist:
    """A playlist added the song at `start` (age in days): `gain` plays in all, fading over `fade` days."""

    start: float
    gain: float
    fade: float


@dataclass(frozen=True)
class Curve:
    """The growth of one identifier; `scale` converts the shape to a total."""

    key: str
    since: date
    weekdays: tuple[float, ...]
    burst: float
    burst_days: float
    tail_days: float
    playlists: tuple[Playlist, ...]
    scale: float = 1.0

    def total(self, day: date) -> int:
        """Returns the running total at the end of `day`; 0 before the first day."""
        return int(self.scale * self.shape(self.age(day))) if day >= self.since else 0

    def age(self, day: date) -> float:
        """Returns the days since the start, weighted by weekday; rises with every day."""
        weeks, rest = divmod((day - self.since).days + 1, 7)
        noise = 0.12 * (unit(self.key, day.toordinal()) - 0.5)
        return weeks * self.weekdays[7] + self.weekdays[rest] + noise

    def weekly_gain(self, day: date) -> float:
        """Returns the smoothed gain of the week from `day` on; before the start, that of the first week."""
        age = max(0, (day - self.since).days)
        return self.scale * (self.shape(age + 7) - self.shape(age))

    def shape(self, age: float) -> float:
        value = self.burst * (1 - math.exp(-age / self.burst_days))
        value += (1 - self.burst) * math.log1p(age / self.tail_days) / math.log1p(FULL_AGE / self.tail_days)
        for playlist in self.playlists:
            if playlist.start >= age:
                break
            value += playlist.gain * (1 - math.exp((playlist.start - age) / playlist.fade))
        return value


@lru_cache(maxsize=20_000)
def curve(seed: int, song: str, identifier: Identifier) -> Curve:
    chance = draws(seed, song, identifier.curve)
    week = BY_CODE[identifier.platform].week
    since = identifier.since
    shape = Curve(
        key=f"{seed}/{song}/{identifier.curve}",
        since=since,
        weekdays=tuple(accumulate((week[(since.weekday() + n) % 7] for n in range(7)), initial=0.0)),
        burst=0.15 if song == SEED_SONG else chance.uniform(0.05, 0.5),
        burst_days=chance.uniform(12, 60),
        tail_days=600 if song == SEED_SONG else chance.uniform(80, 700),
        playlists=_playlists(seed, song),
    )
    reached = shape.shape(shape.age(identifier.size_on)) if identifier.size_on else 1.0
    return replace(shape, scale=identifier.size / reached)


@lru_cache(maxsize=2_000)
def _playlists(seed: int, song: str) -> tuple[Playlist, ...]:
    """About every second year of a song's life; the same on all platforms."""
    chance = draws(seed, song, "playlists")
    strength = 0.1 if song == SEED_SONG else 1.0
    found = []
    for year in range(60):
        start, fade = 365 * (year + chance.random()), chance.uniform(8, 40)
        raise_by = strength * chance.uniform(0.3, 2.5)
        if happens(chance, 0.5):
            found.append(Playlist(start, raise_by * fade * 0.4 / (start + 300), fade))
    return tuple(found)


def days(data: Series, song: Song, *, start: date, end: date, today: date) -> list[date]:
    """Returns the days from `start` to `end` that have an item, newest first; `today` is the API's day."""
    there = song.on(data.platform)
    if not there:
        return []
    first = max(start, today - HISTORY, min(one.since for one in there))
    last = min(end, newest(data.platform, today))
    span = (first + timedelta(days=n) for n in range((last - first).days, -1, -1))
    return [day for day in span if not data.missing(day, today) and any(one.there_on(day) for one in there)]


def newest(platform: str, today: date) -> date:
    return today - timedelta(days=BY_CODE[platform].lag)


def plots(data: Series, song: Song, day: date, *, today: date) -> list[tuple[Identifier, int | None]]:
    """Returns the identifiers of `song` on `day` with their totals, after the defects."""
    there = [one for one in song.on(data.platform) if one.there_on(day)]
    is_newest = day == newest(data.platform, today)
    if data.hit("empty_plots", day):
        return []
    if is_newest and "incomplete_newest" in data.defects:
        there = [one for one in there if one.default]
    if data.hit("null_values", day):
        return [(one, None) for one in there]
    shown = _revised if is_newest and "revised_newest" in data.defects else _shown
    return [(one, shown(data, one, day, today=today)) for one in there]


def _shown(data: Series, identifier: Identifier, day: date, *, today: date) -> int:
    """Returns the shown total of `day`: repeated, fallen or doubled by the table of defects."""
    growth = curve(data.seed, data.song, identifier)
    if data.falls(day, today):
        return growth.total(day - timedelta(days=1)) * 9990 // 10_000
    total = growth.total(data.source_day(day))
    return 2 * total if identifier.default and data.doubled(day) else total


def _revised(data: Series, identifier: Identifier, day: date, *, today: date) -> int:
    """Returns the total without half of the day's gain."""
    before = _shown(data, identifier, day - timedelta(days=1), today=today)
    return (before + _shown(data, identifier, day, today=today)) // 2
