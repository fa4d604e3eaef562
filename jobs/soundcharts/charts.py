"""Charts: the lists of platforms, the charts of a platform, their rankings (contract 2.1 to 2.4, 2.9)."""

from typing import Any, Literal

from jobs.soundcharts.cache import DAY
from jobs.soundcharts.calls import Calls, part
from jobs.soundcharts.errors import PayloadError, TransientError
from jobs.soundcharts.schemas import (
    Chart,
    CollectionAnswer,
    NamedPlatform,
    Ranking,
    RankingEntry,
    RankingHead,
    RefusedRow,
)

CHARTS = "/api/v2/chart/song"
RANKINGS = "/api/v2.14/chart/song"

PlatformList = Literal["all", "social", "streaming", "charts", "playlists"]
PLATFORM_LISTS: dict[PlatformList, str] = {
    "all": "/api/v2/referential/platforms",
    "social": "/api/v2/referential/platforms/social",
    "streaming": "/api/v2/referential/platforms/streaming",
    "charts": f"{CHARTS}/platforms",
    "playlists": "/api/v2/playlist/platforms",
}


class ChartCalls(Calls):
    """The endpoints of charts, and the lists of platforms."""

    def platforms(self, kind: PlatformList = "all", *, fresh: bool = False) -> list[NamedPlatform]:
        """Returns a list of platforms: `social` and `streaming` are about artists, `charts` about songs.

        The API has no list of the platforms with song audience.
        """
        decoder = self._decoder("platforms")
        return self._collection(
            decoder, PLATFORM_LISTS[kind], {}, read=decoder.platform, keep=DAY, fresh=fresh
        )

    def song_charts(
        self, platform_code: str, country_code: str | None = None, *, fresh: bool = False
    ) -> list[Chart]:
        """Returns the charts of a platform; with a country, without worldwide ones, whose country is "".

        Raises NotFound for a platform without charts.
        """
        params = {"countryCode": country_code} if country_code is not None else {}
        decoder = self._decoder("song_charts")
        path = f"{CHARTS}/by-platform/{part(platform_code)}"
        return self._collection(decoder, path, params, read=decoder.chart, keep=DAY, fresh=fresh)

    def chart_dates(self, slug: str) -> list[str]:
        """Returns the dates with a ranking, in the form that `ranking` accepts, in order."""
        decoder = self._decoder("chart_dates")
        path = f"{CHARTS}/{part(slug)}/available-rankings"
        texts: list[str] = []
        for answer in self._pages(decoder, path, {}, kind=CollectionAnswer[str]):
            for index, text in enumerate(answer.items):
                decoder.calendar_date(text, f"items[{index}]")
                texts.append(text)
        return sorted(texts)

    def ranking(self, slug: str, when: str | None = None) -> Ranking:
        """Returns the complete ranking of `when`, a text of `chart_dates`, or the latest without it.

        It is empty if the chart has no ranking for that date. The date in the response counts: it may differ
        from the requested one, and `latest` may be days old. Rows that break the contract are in `refused`.
        Raises PayloadError if every row does.
        """
        decoder = self._decoder("ranking")
        path = f"{RANKINGS}/{part(slug)}/ranking/{part('latest' if when is None else when)}"
        heads: list[RankingHead] = []
        entries: list[RankingEntry] = []
        refused: list[PayloadError] = []
        for answer in self._pages(decoder, path, {}, kind=CollectionAnswer[Any]):
            heads.append(decoder.convert(answer.related, RankingHead, "related"))
            if heads[-1].date != heads[0].date:
                raise TransientError(f"A new ranking of {slug} was published while the last one was read.")
            for index, item in enumerate(answer.items, start=answer.page.offset):
                try:
                    entries.append(decoder.ranking_entry(item, f"items[{index}]"))
                except PayloadError as error:
                    refused.append(error)
        if refused and not entries:
            raise refused[0]
        return Ranking(
            chart=heads[0].chart,
            ranked_at=heads[0].date,
            ranked_on=decoder.calendar_date(heads[0].date, "related.date"),
            entries=tuple(entries),
            refused=tuple(RefusedRow(error.field, error.value, str(error)) for error in refused),
        )
