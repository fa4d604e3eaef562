"""The sandbox's sources: the generated catalogue, or files of real figures (`files.py`)."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from sandbox import charts, series
from sandbox.answers import midnight, paris_midnight
from sandbox.catalogue import Catalogue, catalogue
from sandbox.charts import CHARTS, Chart, History
from sandbox.defects import OLD_OFFSET_UNTIL, series_of
from sandbox.model import Identifier, Song
from sandbox.platforms import PLATFORMS, Platform

# Platforms that rate songs, and an identifier's plays there as a share of Spotify's.
POPULARITY = {"spotify": 1.0, "deezer": 0.06, "tidal": 0.02}
# The plays per day of a popularity of 100.
FULL_POPULARITY = 5_000_000

Totals = list[tuple[Identifier, int | None]]
Ratings = list[tuple[date, list[tuple[Identifier, int]]]]


class Source(Protocol):
    """`today` is the API's own day; days of a series come newest first."""

    @property
    def platforms(self) -> Sequence[Platform]: ...

    @property
    def charts(self) -> Sequence[Chart]: ...

    def catalogue(self, today: date, /) -> Catalogue: ...

    def history(self, chart: Chart, today: date, /) -> History: ...

    def days(self, song: Song, platform: str, start: date, end: date, today: date, /) -> list[date]:
        """Returns the days from `start` to `end` that have an item."""

    def plots(self, song: Song, platform: str, day: date, today: date, /) -> Totals:
        """Running totals by identifier."""

    def stamp(self, song: Song, platform: str, day: date, /) -> str:
        """Returns the date-time of an item."""

    def popularity(self, song: Song, platform: str, start: date, end: date, today: date, /) -> Ratings:
        """By day and identifier, from 0 to 100."""


class MadeUp:
    """Generates everything from one seed."""

    platforms = PLATFORMS
    charts = CHARTS

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def catalogue(self, today: date) -> Catalogue:
        return catalogue(self._seed, today)

    def history(self, chart: Chart, today: date) -> History:
        return charts.history(self._seed, chart, today)

    def days(self, song: Song, platform: str, start: date, end: date, today: date) -> list[date]:
        return series.days(series_of(self._seed, song.uuid, platform), song, start, end, today)

    def plots(self, song: Song, platform: str, day: date, today: date) -> Totals:
        return series.plots(series_of(self._seed, song.uuid, platform), song, day, today)

    def stamp(self, song: Song, platform: str, day: date) -> str:
        old = "old_offset" in series_of(self._seed, song.uuid, platform).defects and day < OLD_OFFSET_UNTIL
        return paris_midnight(day) if old else midnight(day)

    def popularity(self, song: Song, platform: str, start: date, end: date, today: date) -> Ratings:
        if not (there := song.on(platform)):
            return []
        first, last = max(start, today - series.HISTORY, there[0].since), min(end, today)
        days = [last - timedelta(days=n) for n in range((last - first).days + 1)]
        return [(day, self._rated(song, platform, day)) for day in days]

    def _rated(self, song: Song, platform: str, day: date) -> list[tuple[Identifier, int]]:
        """Returns the ratings of a day; only Spotify has plays, and the other two follow it."""
        share = POPULARITY[platform]
        rated = []
        for one in song.on(platform):
            played = one if platform == "spotify" else next(iter(song.on("spotify")), None)
            if played is not None and one.there_on(day):
                gain = series.curve(self._seed, song.uuid, played).weekly_gain(day) / 7
                rated.append((one, _rating(gain * share, FULL_POPULARITY * share)))
        return rated


def _rating(gain: float, full: float) -> int:
    return min(100, max(0, round(100 * math.log1p(gain) / math.log1p(full))))
