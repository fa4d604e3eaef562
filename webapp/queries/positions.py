"""Where one track stood on charts, over time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from webapp.models import Track
from webapp.queries import rows
from webapp.queries.rankings import UNITS


class TrackChart(NamedTuple):
    """A chart that has, or had, a track; `rankings` counts those held that have it.

    `entered` is the first appearance as the API says, or the first held where that is earlier; `period` the
    days from one ranking to the next; `version` rises whenever a ranking of the chart changes.
    """

    id: int
    slug: str
    name: str
    platform_slug: str
    platform_name: str
    place: str
    country_code: str
    country: str
    period: int
    version: int
    last_ranked_on: date
    peak: int
    rankings: int
    entered: date
    first_seen: date
    last_seen: date
    last_position: int
    time_on_chart: int | None
    time_on_chart_unit: str

    @property
    def title(self) -> str:
        """What tells it from other charts of the same name: 'Spotify Top Songs, Sweden'."""
        named = "" if self.platform_name in self.name else f"{self.platform_name} "
        return f"{named}{self.name}, {self.place}"

    @property
    def current(self) -> int | None:
        """The position in the chart's newest ranking, None where the track is no longer in it."""
        return self.last_position if self.last_seen == self.last_ranked_on else None

    @property
    def unit(self) -> str:
        """What the time on chart is counted in."""
        return UNITS.get(self.time_on_chart_unit, "time")


class Position(NamedTuple):
    """A track in one ranking; `position` is None where it is not in it."""

    chart_id: int
    ranked_on: date
    position: int | None


def track_charts(track: Track) -> list[TrackChart]:
    """Every chart that ever had the track: by peak, then by how often it was there."""
    return rows(TrackChart, "track_charts", track_id=track.id)


def track_positions(
    track: Track, chart_ids: Sequence[int], first: date, last: date
) -> dict[int, list[Position]]:
    """The track in every ranking held of these charts from `first` to `last`, oldest first, by chart."""
    found: defaultdict[int, list[Position]] = defaultdict(list)
    for position in rows(
        Position,
        "track_positions",
        track_id=track.id,
        chart_ids=list(chart_ids),
        first=first,
        last=last,
    ):
        found[position.chart_id].append(position)
    return dict(found)
