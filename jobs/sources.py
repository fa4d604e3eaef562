"""Where audience comes from: the contract of a source, and SoundCharts, the first one."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from jobs.api import soundcharts
from jobs.heart import Heart
from jobs.soundcharts import AudienceItem
from webapp.models import Platform


class Span(NamedTuple):
    """Dates from `start` to `end`, both inclusive; without an end, to the source's own today."""

    start: date
    end: date | None


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
