"""What things cost in calls to SoundCharts, told before they are asked for: a page is a call.

Where little is known of a track or a chart, it is the most that it can cost. What has to be tried again is
not foreseen.
"""

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import NamedTuple

from flask import current_app

from webapp.app_settings import setting
from webapp.models import Chart
from webapp.queries import rows

MONTH_DAYS = 30
SEARCH_CALLS = 1
BATCH_SIZE = 20
"""Songs or artists that one call for metadata names."""
WINDOW_DAYS = 90
"""Days of audience that one call gives, and those of a first fetch."""
LIST_SIZE = 100
"""Entries, dates or identifiers on one page."""


class ChartCost(NamedTuple):
    """What a chart costs: `pages` are the calls for one ranking.

    `missing` rankings are to be had beside the latest since the day asked about; `list_pages` calls tell
    which.
    """

    chart_id: int
    pages: int
    syncs_a_day: float
    list_pages: int
    missing: int

    @property
    def calls_a_day(self) -> float:
        """Its latest ranking, as often as it is synchronised."""
        return self.pages * self.syncs_a_day

    @property
    def backfill_calls(self) -> int:
        """The latest ranking, the list of dates, and what is missing, in all."""
        return self.list_pages + self.pages * (1 + self.missing)


class _Followed(NamedTuple):
    series: int


def audience_calls(pairs: int) -> int:
    """New dates, or the last 90 days, of so many pairs of track and platform.

    A first fetch is followed by the history.
    """
    return pairs


def kept_fresh_calls(pairs: int) -> int:
    """So many pairs of a list that is kept fresh, a month: each as often as a charting one."""
    return ceil(audience_calls(pairs) * MONTH_DAYS / setting("charting_due_days"))


def history_calls(pairs: int) -> int:
    """The days before a first fetch, back to HISTORY_DAYS: the most it can be, since few songs are so old."""
    days: int = current_app.config["SETTINGS"].history_days - WINDOW_DAYS + 1
    return pairs * ceil(days / WINDOW_DAYS)


def range_calls(pairs: int, start: date, end: date) -> int:
    """The days from `start` to `end`, both included, read again."""
    return pairs * ceil(((end - start).days + 1) / WINDOW_DAYS)


def metadata_calls(tracks: int) -> int:
    """Songs by the batch, and for each its default identifiers and its ISRCs.

    What follows for new ones is audience.
    """
    return ceil(tracks / BATCH_SIZE) + 2 * tracks


def find_calls(songs: int) -> int:
    """Songs found one by one, by ISRC or address, and fetched."""
    return songs * (SEARCH_CALLS + metadata_calls(1))


def artists_calls(artists: int) -> int:
    """Artists by the batch."""
    return ceil(artists / BATCH_SIZE)


def ranking_calls(entries: int) -> int:
    """One ranking of so many entries."""
    return max(ceil(entries / LIST_SIZE), 1)


def chart_costs(charts: Sequence[Chart], since: date) -> list[ChartCost]:
    """The costs of many charts at once, in their order."""
    found = rows(ChartCost, "chart_costs", charts=[chart.id for chart in charts], since=since)
    by_chart = {cost.chart_id: cost for cost in found}
    return [by_chart[chart.id] for chart in charts]


def cascade_calls_a_day(charts: Sequence[Chart]) -> int:
    """The audience of the tracks on these charts' newest rankings, where no other chart asks for it already.

    It counts whether or not the charts want audience now. 0 where no ranking is held: whom a chart will
    bring is not known before.
    """
    (followed,) = rows(_Followed, "chart_followed_series", charts=[chart.id for chart in charts])
    return ceil(audience_calls(followed.series) / setting("charting_due_days"))
