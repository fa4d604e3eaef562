"""The tasks by the names under which they are requested."""

from collections.abc import Callable

from jobs.contract import Done, Run
from jobs.heartbeat import Heartbeat
from jobs.tasks.artists import fetch_artists
from jobs.tasks.audience import backfill_audience, fetch_audience
from jobs.tasks.charts import accept_ranking, discover_charts, fetch_ranking, sync_chart
from jobs.tasks.imports import find_song
from jobs.tasks.metadata import fetch_metadata
from jobs.tasks.search import search_soundcharts
from jobs.tasks.tables import write_table

Task = Callable[[Run, Heartbeat], Done]
"""A function that makes its API calls with no transaction open, then leaves its writes uncommitted."""

TASKS: dict[str, Task] = {
    "fetch_audience": fetch_audience,
    "backfill_audience": backfill_audience,
    "fetch_metadata": fetch_metadata,
    "fetch_artists": fetch_artists,
    "discover_charts": discover_charts,
    "sync_chart": sync_chart,
    "fetch_ranking": fetch_ranking,
    "accept_ranking": accept_ranking,
    "search_soundcharts": search_soundcharts,
    "find_song": find_song,
    "write_table": write_table,
}
