"""The client of the SoundCharts API, which combines all groups of endpoints."""

from jobs.soundcharts.artists import ArtistCalls
from jobs.soundcharts.charts import ChartCalls
from jobs.soundcharts.schemas import Usage
from jobs.soundcharts.search import SearchCalls
from jobs.soundcharts.songs import SongCalls

USAGE = "/api/v2/team/usage"


class SoundChartsClient(SongCalls, ChartCalls, ArtistCalls, SearchCalls):
    """Calls the API; `record` receives every try, also failed ones and those for tokens. For one thread.

    Raises the errors of `jobs.soundcharts.errors`. `backoff` is the first wait between two tries, in seconds.
    Methods with the parameter `fresh` cache their responses (`cache.py`); a cached one costs no call, and
    `fresh` skips it.
    """

    def usage(self) -> Usage:
        """Returns the account's usage; this call costs no quota."""
        answer = self._http.get("usage", USAGE)
        return Usage(raw=answer.content, quota_left=answer.quota_left)
