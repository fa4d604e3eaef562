"""Where audience and charts come from: the contracts of their sources, and SoundCharts, the first of both."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from jobs.api import soundcharts
from jobs.heart import Heart
from jobs.soundcharts import AudienceItem, Chart, NamedPlatform, Ranking, SoundChartsClient
from webapp.dates import FIRST_DATE
from webapp.models import Platform

T = TypeVar("T")


class Span(NamedTuple):
    """Dates from `start` to `end`, both inclusive; without an end, to the source's own today."""

    start: date
    end: date | None


ALL_DATES = Span(FIRST_DATE, None)


class Wanted(NamedTuple):
    """Dates of one series, in plain values: a source is asked with no transaction open.

    `code` is what SoundCharts calls the platform.
    """

    track_uuid: UUID
    slug: str
    code: str
    span: Span


class AudienceSource(Protocol):
    """Where the audience of some platforms comes from."""

    def serves(self, platform: Platform) -> bool:
        """Whether the platform's audience is to be had here."""

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        """An item a date that has a value; `raw` is the item as received, with its plots in `plots`.

        Raises TransientError for what may pass, another SoundChartsError for what will not.
        """


class SoundCharts:
    """The API, for the time of a run, whose heart counts its pages and records its calls."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart

    def serves(self, platform: Platform) -> bool:
        return platform.has_song_audience

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        with soundcharts(self._heart) as client:
            return client.song_audience(
                str(wanted.track_uuid), wanted.code, *wanted.span, on_page=self._heart.page
            )


SOURCES: list[Callable[[Heart], AudienceSource]] = [SoundCharts]
"""What runs fetch from; of several that serve a platform the first is asked."""


def source_of(platform: Platform, heart: Heart) -> AudienceSource:
    """The source that serves `platform`. Raises LookupError where none does."""
    for make in SOURCES:
        source = make(heart)
        if source.serves(platform):
            return source
    raise LookupError(f"no source serves {platform.name}")


class ChartSource(Protocol):
    """Where the charts of some platforms come from; errors as those of an AudienceSource."""

    def platforms(self) -> list[NamedPlatform]:
        """The platforms that it has charts of."""

    def serves(self, platform: Platform) -> bool:
        """Whether the platform's charts are to be had here."""

    def charts(self, code: str) -> list[Chart]:
        """All charts of the platform that the source calls `code`."""

    def dates(self, slug: str) -> list[str]:
        """The dates that a chart has a ranking for, as `ranking` takes them."""

    def ranking(self, slug: str, when: str | None) -> Ranking:
        """The whole ranking of a date, or the latest; never a part, and no entries where there is none."""


class SoundChartsCharts:
    """The charts of the API, for the time of a run, whose heart counts its answers and records its calls."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart

    def platforms(self) -> list[NamedPlatform]:
        return self._ask(lambda client: client.platforms("charts", fresh=True))

    def serves(self, platform: Platform) -> bool:
        return platform.has_song_charts

    def charts(self, code: str) -> list[Chart]:
        return self._ask(lambda client: client.song_charts(code, fresh=True))

    def dates(self, slug: str) -> list[str]:
        return self._ask(lambda client: client.chart_dates(slug))

    def ranking(self, slug: str, when: str | None) -> Ranking:
        return self._ask(lambda client: client.ranking(slug, when))

    def _ask(self, call: Callable[[SoundChartsClient], T]) -> T:
        with soundcharts(self._heart) as client:
            found = call(client)
        self._heart.page()
        return found


CHART_SOURCES: list[Callable[[Heart], ChartSource]] = [SoundChartsCharts]
"""The same for charts."""


def chart_source_of(platform: Platform, heart: Heart) -> ChartSource:
    """The source of the platform's charts. Raises LookupError where there is none."""
    for make in CHART_SOURCES:
        source = make(heart)
        if source.serves(platform):
            return source
    raise LookupError(f"no source has charts of {platform.name}")
