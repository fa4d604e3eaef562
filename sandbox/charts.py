"""The charts of the generated catalogue, and their rankings by date.

A song's position depends on its daily gain on the chart's platform, modified by the country's taste, so that
rankings change as slowly as songs do, and a metric equals the gain of the audience.
"""

import math
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from sandbox.catalogue import catalogue
from sandbox.draws import draws, unit
from sandbox.model import Song
from sandbox.platforms import BY_CODE
from sandbox.series import curve

# The first date of all charts, a Friday. It is fixed, so that first appearances do not move with today.
CHARTS_FROM = date(2024, 11, 1)
NEWEST = timedelta(days=1)
# One date in this many has no ranking, and eight days of a summer are missing on Spotify.
HOLES = 45
OUTAGE = (date(2025, 7, 3), date(2025, 7, 10))
# The daily noise of a song, and the differences of countries, as logarithms of plays.
LUCK, TASTE, HOME = 0.06, 0.7, 1.6
# How far the plays of a song swing on a chart, as logarithms, and in how many days: a little, and by more
# than its lead where it is far ahead of the tenth, or it would stand first everywhere for ever.
SWING, OF_LEAD, SLOWEST, FASTEST = 0.05, 1.2, 45, 15

METRICS = {
    "spotify": ("streamcount", "Streams"),
    "youtube": ("viewcount", "Views"),
    "tiktok": ("videocount", "Videos"),
    "airplay": ("spincount", "Spins"),
}
# The country's share of a platform's plays, and spins per stream of Spotify.
SHARES = {"": 1.0, "US": 0.28, "GB": 0.08, "BR": 0.1, "DE": 0.07, "FR": 0.06, "SE": 0.02, "JP": 0.05}
SPINS = 0.004


@dataclass(frozen=True)
class Chart:
    """A chart; `country` "" is worldwide, `step` the days between rankings."""

    slug: str
    name: str
    platform: str
    _: KW_ONLY
    country: str = ""
    size: int
    step: int = 1
    city: str = ""

    @property
    def frequency(self) -> str:
        return "daily" if self.step == 1 else "weekly"


CHARTS = (
    Chart("global-28", "Top Songs", "spotify", size=200),
    Chart("top-songs-29", "Top Songs", "spotify", country="US", size=150),
    Chart("top-songs-30", "Top Songs", "spotify", country="GB", size=100),
    Chart("top-songs-31", "Top Songs", "spotify", country="SE", size=100),
    Chart("top-songs-32", "Top Songs", "spotify", country="BR", size=100),
    Chart("global-weekly-3", "Weekly Top Songs", "spotify", size=200, step=7),
    Chart("top-100-global", "Top 100", "apple-music", size=100),
    Chart("top-100-usa", "Top 100", "apple-music", country="US", size=100),
    Chart("top-100-germany", "Top 100", "apple-music", country="DE", size=100),
    Chart("top-songs-global-7", "Top Songs", "youtube", size=100, step=7),
    Chart("top-songs-japan-7", "Top Songs", "youtube", country="JP", size=100, step=7),
    Chart("popular-1", "Popular", "tiktok", size=100, step=7),
    Chart("popular-2", "Popular", "tiktok", country="US", size=50, step=7),
    Chart("airplay-daily", "Airplay", "airplay", size=150),
    Chart("airplay-daily-us", "Airplay", "airplay", country="US", size=100),
    Chart("airplay-weekly-fr", "Airplay", "airplay", country="FR", size=100, step=7),
    Chart("top-200-world", "Top 200", "shazam", size=150),
    Chart("top-200-us", "Top 200", "shazam", country="US", size=100),
    Chart("top-50-paris", "Top 50", "shazam", country="FR", size=50, city="Paris"),
    Chart("top-france", "Top France", "deezer", country="FR", size=100),
    Chart("itunes-us", "Top Songs", "itunes", country="US", size=100),
    Chart("itunes-uk", "Top Songs", "itunes", country="GB", size=100),
    Chart("soundcloud-top-50", "Top 50", "soundcloud", country="US", size=50, step=7),
    Chart("amazon-best-de", "Best Sellers", "amazon", country="DE", size=50),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A song's position; `old` is that in the ranking before (0: none), `times` its appearances so far."""

    song: Song
    position: int
    old: int
    entry: date | None
    times: int
    metric: int | None


class History(Protocol):
    """All rankings of a chart; a ranking is identified by its index in `dates`."""

    @property
    def dates(self) -> Sequence[date]:
        """Oldest first."""

    def rows(self, place: int) -> list[Row]:
        """Returns the ranking, best first."""


@lru_cache(maxsize=64)
def history(seed: int, chart: Chart, today: date) -> "MadeUpHistory":
    return MadeUpHistory(seed, chart, today)


class Swing(NamedTuple):
    """How a song's plays swing on a chart; `phase` is a part of its `days`."""

    days: float
    phase: float

    def share(self, day: int) -> float:
        """Returns the fraction of the swing, from 0 to 1, that the day subtracts."""
        return (1 - math.sin(2 * math.pi * (day / self.days + self.phase))) / 2


class MadeUpHistory:
    """Generates the rankings of a chart up to `today`; a later day only adds rankings."""

    def __init__(self, seed: int, chart: Chart, today: date) -> None:
        self._seed = seed
        self._chart = chart
        self._songs, self._weeks = _gains(seed, chart.platform, today)
        self._habits = [
            (song.release, _taste(seed, chart, song), _swing(seed, chart, song)) for song in self._songs
        ]
        self._tenths = [sorted(week)[-10:][0] for week in self._weeks]
        self.dates = _dates(seed, chart, today)
        # By song: the indexes of the rankings that have it, and its positions.
        self._places: dict[str, tuple[array[int], array[int]]] = {}
        for place, day in enumerate(self.dates):
            for position, (_, number) in enumerate(self._order(day), start=1):
                places, positions = self._places.setdefault(
                    self._songs[number].uuid, (array("H"), array("H"))
                )
                places.append(place)
                positions.append(position)

    def rows(self, place: int) -> list[Row]:
        order = self._order(self.dates[place])
        return [self._row(place, number, -minus) for minus, number in order]

    def _order(self, day: date) -> list[tuple[float, int]]:
        """Returns minus the logarithm of plays and the number of each song, best first."""
        week, rest = divmod((day - CHARTS_FROM).days, 7)
        luck = draws(self._seed, self._chart.slug, day).random
        rows = zip(self._weeks[week], self._weeks[week + 1], self._habits, strict=True)
        scored = [
            (-(self._plays(week, rest, now=now, then=then, swing=swing) + taste + LUCK * luck()), number)
            for number, (now, then, (release, taste, swing)) in enumerate(rows)
            if release <= day
        ]
        return sorted(scored)[: self._chart.size]

    def _plays(self, week: int, rest: int, *, now: float, then: float, swing: Swing | None) -> float:
        """Returns the logarithm of a song's plays on the `rest`-th day of a week, where its swing has it."""
        plays = now + (then - now) * rest / 7
        if swing is None:
            return plays
        size = SWING + OF_LEAD * max(0.0, plays - self._tenths[week])
        return plays - size * swing.share(7 * week + rest)

    def _row(self, place: int, number: int, score: float) -> Row:
        song = self._songs[number]
        places, positions = self._places[song.uuid]
        times = bisect_right(places, place)
        stayed = times > 1 and places[times - 2] == place - 1
        return Row(
            song=song,
            position=positions[times - 1],
            old=positions[times - 2] if stayed else 0,
            entry=self.dates[places[0]],
            times=times,
            metric=self._metric(score),
        )

    def _metric(self, score: float) -> int | None:
        if self._chart.platform not in METRICS:
            return None
        unit_of = SPINS if self._chart.platform == "airplay" else 1.0
        return int(math.exp(score) * SHARES[self._chart.country] * unit_of * self._chart.step)


def _dates(seed: int, chart: Chart, today: date) -> list[date]:
    span = range(0, (today - NEWEST - CHARTS_FROM).days + 1, chart.step)
    days = (CHARTS_FROM + timedelta(days=n) for n in span)
    return [day for day in days if not _is_hole(seed, chart, day)]


def _is_hole(seed: int, chart: Chart, day: date) -> bool:
    if chart.platform == "spotify" and chart.step == 1 and OUTAGE[0] <= day <= OUTAGE[1]:
        return True
    key = seed, chart.slug, "hole", day
    return day != CHARTS_FROM and unit(*key) < 1 / HOLES


def _taste(seed: int, chart: Chart, song: Song) -> float:
    """Returns what a country subtracts from a song, most if its artists are foreign; nothing worldwide."""
    if not chart.country:
        return 0.0
    abroad = 0.0 if any(artist.country == chart.country for artist in song.artists) else HOME
    place = chart.country, chart.city
    return -abroad - 2 * TASTE * unit(seed, song.uuid, *place)


def _swing(seed: int, chart: Chart, song: Song) -> Swing | None:
    """Returns the swing of a chart and song; none if a worldwide chart's metric is the audience's gain."""
    if not chart.country and chart.platform in METRICS:
        return None
    key = seed, song.uuid, chart.slug
    days = FASTEST + (SLOWEST - FASTEST) * unit(*key, "days")
    return Swing(days, unit(*key, "phase"))


@lru_cache(maxsize=32)
def _gains(seed: int, platform: str, today: date) -> tuple[list[Song], list[list[float]]]:
    """The songs of a platform; and for each week from CHARTS_FROM on, the logarithm of each one's daily gain.

    If the API has no audience, Spotify's is used, modified by the platform's taste.
    """
    source = platform if BY_CODE[platform].size else "spotify"
    songs = [song for song in catalogue(seed, today).songs if song.on(platform) and song.on(source)]
    growths = [curve(seed, song.uuid, song.on(source)[0]) for song in songs]
    tastes = [0.0 if source == platform else TASTE * unit(seed, song.uuid, platform) for song in songs]
    weeks = []
    for week in range((today - CHARTS_FROM).days // 7 + 2):
        first = CHARTS_FROM + timedelta(weeks=week)
        gains = (growth.weekly_gain(first) / 7 for growth in growths)
        weeks.append([math.log(gain + 0.01) + taste for gain, taste in zip(gains, tastes, strict=True)])
    return songs, weeks
