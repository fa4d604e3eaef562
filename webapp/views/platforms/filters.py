"""The columns of the list of platforms, and its order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from webapp.queries.platforms.pages import ListedPlatform, all_platforms
from webapp.views.shared.listing import A_TO_Z, BY_AGE, BY_SIZE, Column
from webapp.views.shared.state import SortedState

Sort = Literal["name", "type", "metric", "tracks", "total", "gain", "newest", "charts", "healthy"]

MOST_FIRST = ("fewest first", "most first")
COLUMNS: tuple[Column[Sort], ...] = (
    Column("name", "Platform", "asc", ways=A_TO_Z, called="name"),
    Column("type", "Type", "asc", ways=A_TO_Z, wide=True),
    Column("metric", "Metric", "asc", ways=A_TO_Z, wide=True),
    Column("tracks", "With data", "desc", ways=MOST_FIRST, number=True, called="tracks with data"),
    Column("total", "Total", "desc", ways=BY_SIZE, number=True),
    Column("gain", "7 days", "desc", ways=BY_SIZE, number=True, called="gain of 7 days"),
    Column("newest", "Newest date", "desc", ways=BY_AGE, called="date"),
    Column("charts", "Charts", "desc", ways=MOST_FIRST, number=True, wide=True),
    Column("healthy", "Healthy", "desc", ways=MOST_FIRST, number=True, wide=True, called="healthy charts"),
)
KEYS: dict[Sort, Callable[[ListedPlatform], Any]] = {
    "name": lambda platform: platform.name.lower(),
    "type": lambda platform: platform.platform_type,
    "metric": lambda platform: platform.metric_name.lower() if platform.has_song_audience else None,
    "tracks": lambda platform: platform.tracks,
    "total": lambda platform: platform.total,
    "gain": lambda platform: platform.gain,
    "newest": lambda platform: platform.last_date,
    "charts": lambda platform: platform.charts,
    "healthy": lambda platform: platform.healthy if platform.enabled else None,
}


@dataclass(frozen=True, kw_only=True)
class PlatformListState(SortedState[Sort]):
    """The parameters of the list."""

    endpoint = "platforms.index"
    columns = COLUMNS
    opens_by = "tracks"


def listed_platforms(state: PlatformListState) -> list[ListedPlatform]:
    """Returns all platforms in order; those without a value to sort by come last."""
    key, found = KEYS[state.sorting.sort], all_platforms()
    valued = [platform for platform in found if key(platform) is not None]
    rest = [platform for platform in found if key(platform) is None]
    return sorted(valued, key=key, reverse=state.sorting.order == "desc") + rest
