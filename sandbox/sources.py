"""The sandbox's sources: the generated catalogue, or files of real figures (`files.py`)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sandbox import charts, series
from sandbox.answers import midnight, paris_midnight
from sandbox.catalogue import Catalogue, catalogue
from sandbox.charts import CHARTS, Chart, History
from sandbox.defects import OLD_OFFSET_UNTIL, series_of
from sandbox.model import Identifier, Song
from sandbox.platforms import PLATFORMS, Platform

Totals = list[tuple[Identifier, int | None]]


class Source(Protocol):
    """`today` is the API's own day; days of a series come newest first."""

    @property
    def platforms(self) -> Sequence[Platform]: ...

    @property
    def charts(self) -> Sequence[Chart]: ...

    def catalogue(self, today: date, /) -> Catalogue: ...

    def history(self, chart: Chart, today: date, /) -> History: ...

    def days(self, song: Song, platform: str, /, *, start: date, end: date, today: date) -> list[date]:
        """Returns the days from `start` to `end` that have an item."""

    def plots(self, song: Song, platform: str, day: date, /, *, today: date) -> Totals:
        """Running totals by identifier."""

    def stamp(self, song: Song, platform: str, day: date, /) -> str:
        """Returns the date-time of an item."""


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

    def days(self, song: Song, platform: str, *, start: date, end: date, today: date) -> list[date]:
        return series.days(
            series_of(self._seed, song.uuid, platform), song, start=start, end=end, today=today
        )

    def plots(self, song: Song, platform: str, day: date, *, today: date) -> Totals:
        return series.plots(series_of(self._seed, song.uuid, platform), song, day, today=today)

    def stamp(self, song: Song, platform: str, day: date) -> str:
        old = "old_offset" in series_of(self._seed, song.uuid, platform).defects and day < OLD_OFFSET_UNTIL
        return paris_midnight(day) if old else midnight(day)
