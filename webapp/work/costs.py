"""Estimates the cost of requests in calls to SoundCharts; each page is a call.

If little is known of a track or a chart, the estimate is the maximum. Retries are not included.
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
"""Songs or artists per call for metadata."""
WINDOW_DAYS = 90
"""Days of audience per call, and of a first fetch."""
LIST_SIZE = 100
"""Entries, dates or identifiers per page."""


class ChartCost(NamedTuple):
    """The cost of a chart: `pages` are the calls for one ranking.

    `missing` rankings since the requested day can be fetched in addition to the latest; the list of them
    costs `list_pages` calls.
    """

    chart_id: int
    pages: int
    syncs_a_day: float
    list_pages: int
    missing: int

    @property
    def calls_a_day(self) -> float:
        """Calls per day for its latest ranking."""
        return self.pages * self.syncs_a_day

    @property
    def backfill_calls(self) -> int:
        """Calls for the latest ranking, the list of dates, and the missing rankings."""
        return self.list_pages + self.pages * (1 + self.missing)


class _Followed(NamedTuple):
    series: int


def audience_calls(pairs: int) -> int:
    """Returns the calls for new dates, or the last 90 days, of pairs of track and platform.

    The history that follows a first fetch is not included.
    """
    return pairs


def kept_fresh_calls(pairs: int) -> int:
    """Returns the calls per month for pairs of a fresh list, which are fetched as often as charting ones."""
    return ceil(audience_calls(pairs) * MONTH_DAYS / setting("charting_due_days"))


def history_calls(pairs: int) -> int:
    """Returns the maximum calls for the days before a first fetch, back to HISTORY_DAYS."""
    days: int = current_app.config["SETTINGS"].history_days - WINDOW_DAYS + 1
    return pairs * ceil(days / WINDOW_DAYS)


def range_calls(pairs: int, start: date, end: date) -> int:
    """Returns the calls for the days from `start` to `end`, both inclusive."""
    return pairs * ceil(((end - start).days + 1) / WINDOW_DAYS)


def metadata_calls(tracks: int) -> int:
    """Returns the calls for songs in batches, and for the default identifiers and ISRCs of each.

    The audience of new songs is not included.
    """
    return ceil(tracks / BATCH_SIZE) + 2 * tracks


def find_calls(songs: int) -> int:
    """Returns the calls to find songs one by one, by ISRC or URL, and to fetch them."""
    return songs * (SEARCH_CALLS + metadata_calls(1))


def artists_calls(artists: int) -> int:
    """Returns the calls for artists in batches."""
    return ceil(artists / BATCH_SIZE)


def ranking_calls(entries: int) -> int:
    """Returns the calls for a ranking with this many entries."""
    return max(ceil(entries / LIST_SIZE), 1)


def chart_costs(charts: Sequence[Chart], since: date) -> list[ChartCost]:
    """Returns the costs of many charts at once, in their order."""
    found = rows(ChartCost, "chart_costs", charts=[chart.id for chart in charts], since=since)
    by_chart = {cost.chart_id: cost for cost in found}
    return [by_chart[chart.id] for chart in charts]


def cascade_calls_a_day(charts: Sequence[Chart]) -> int:
    """Returns the calls per day for the audience of tracks on these charts' newest rankings.

    Tracks whose audience another chart already fetches are not counted; the charts' own setting does not
    matter. 0 if no ranking is stored, since the tracks are not known.
    """
    (followed,) = rows(_Followed, "chart_followed_series", charts=[chart.id for chart in charts])
    return ceil(audience_calls(followed.series) / setting("charting_due_days"))
