"""The sources of audience and charts: their contracts, and SoundCharts, which implements both."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from jobs.api import soundcharts
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import AudienceItem, Chart, NamedPlatform, Ranking, SoundChartsClient
from webapp.dates import FIRST_DATE
from webapp.models import Platform

T = TypeVar("T")
S = TypeVar("S", bound="Source")


class Span(NamedTuple):
    """Dates from `start` to `end`, both inclusive; without an end, up to the source's own today."""

    start: date
    end: date | None


ALL_DATES = Span(FIRST_DATE, None)


class Wanted(NamedTuple):
    """The dates to fetch of one series, in plain values, since a source is called with no transaction open.

    `code` is SoundCharts' code for the platform.
    """

    track_uuid: UUID
    slug: str
    code: str
    span: Span


class Source(Protocol):
    """A source of data for some platforms."""

    def serves(self, platform: Platform) -> bool:
        """Returns whether the source has the platform's data."""


class AudienceSource(Source, Protocol):
    """A source of audience for some platforms."""

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        """Returns one item per date with a value; `raw` is the item as received, with its plots in `plots`.

        Raises TransientError for temporary failures, another SoundChartsError for permanent ones.
        """


class SoundCharts:
    """The API during one run; the run's heartbeat counts its pages and records its calls."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat

    def serves(self, platform: Platform) -> bool:
        return platform.has_song_audience

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        return soundcharts(self._heartbeat).song_audience(
            str(wanted.track_uuid),
            wanted.code,
            start=wanted.span.start,
            end=wanted.span.end,
            on_page=self._heartbeat.page,
        )


SOURCES: list[Callable[[Heartbeat], AudienceSource]] = [SoundCharts]
"""The audience sources of runs; the first one that serves a platform is used."""


def source_of(platform: Platform, heartbeat: Heartbeat) -> AudienceSource:
    """Returns the source that serves `platform`. Raises LookupError if there is none."""
    return _first_of(SOURCES, platform, heartbeat, data="audience")


class ChartSource(Source, Protocol):
    """A source of charts for some platforms; raises the same errors as an AudienceSource."""

    def platforms(self) -> list[NamedPlatform]:
        """Returns the platforms whose charts the source has."""

    def charts(self, code: str) -> list[Chart]:
        """Returns all charts of the platform with the source's code `code`."""

    def dates(self, slug: str) -> list[str]:
        """Returns the dates with a ranking of a chart, in the form that `ranking` accepts."""

    def ranking(self, slug: str, when: str | None) -> Ranking:
        """Returns the complete ranking of a date, or the latest; without entries if the date has none."""


class SoundChartsCharts:
    """The API's charts during one run; the run's heartbeat counts its responses and records its calls."""

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat

    def platforms(self) -> list[NamedPlatform]:
        return self._call(lambda client: client.platforms(fresh=True))

    def serves(self, platform: Platform) -> bool:
        return platform.has_song_charts

    def charts(self, code: str) -> list[Chart]:
        return self._call(lambda client: client.song_charts(code, fresh=True))

    def dates(self, slug: str) -> list[str]:
        return self._call(lambda client: client.chart_dates(slug))

    def ranking(self, slug: str, when: str | None) -> Ranking:
        return self._call(lambda client: client.ranking(slug, when))

    def _call(self, call: Callable[[SoundChartsClient], T]) -> T:
        found = call(soundcharts(self._heartbeat))
        self._heartbeat.page()
        return found


CHART_SOURCES: list[Callable[[Heartbeat], ChartSource]] = [SoundChartsCharts]
"""The chart sources of runs; the first one that serves a platform is used."""


def chart_source_of(platform: Platform, heartbeat: Heartbeat) -> ChartSource:
    """Returns the source of the platform's charts. Raises LookupError if there is none."""
    return _first_of(CHART_SOURCES, platform, heartbeat, data="charts")


def _first_of(
    sources: list[Callable[[Heartbeat], S]], platform: Platform, heartbeat: Heartbeat, *, data: str
) -> S:
    made = (make(heartbeat) for make in sources)
    found = next((source for source in made if source.serves(platform)), None)
    if found is None:
        raise LookupError(f"no source has {data} of {platform.name}")
    return found
