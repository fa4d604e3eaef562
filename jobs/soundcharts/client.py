"""The client of the SoundCharts API: the one door to its families of endpoints."""

from jobs.soundcharts.artists import ArtistCalls
from jobs.soundcharts.charts import ChartCalls
from jobs.soundcharts.schemas import Usage
from jobs.soundcharts.search import SearchCalls
from jobs.soundcharts.songs import SongCalls

USAGE = "/api/v2/team/usage"


class SoundChartsClient(SongCalls, ChartCalls, ArtistCalls, SearchCalls):
    """Calls the API; `record` gets every try, failed ones and those for tokens too. For one thread.

    Raises the errors of `jobs.soundcharts.errors`, NoCredentials at once. `backoff` is the first wait
    between two tries, in seconds. Where a method takes `fresh`, its answers are kept for a while
    (`cache.py`); one that is given again is no call, and `fresh` asks past it.
    """

    def usage(self) -> Usage:
        """The account's usage; a call that costs no quota."""
        answer = self._http.get("usage", USAGE)
        return Usage(raw=answer.content, quota_left=answer.quota_left)
