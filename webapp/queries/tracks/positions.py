"""The positions of one track on charts over time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from psycopg.types.multirange import Multirange

from webapp.lib.formats import incomplete
from webapp.models import Track
from webapp.queries import rows
from webapp.queries.charts.rankings import UNITS, peak_note

CHANGES_SHOWN = 20


class TrackChart(NamedTuple):
    """A chart that has, or had, a track; `rankings` counts the stored rankings that have it.

    `entered` is the first appearance according to the API, or the first stored one if that is earlier;
    `period` is the number of days between rankings; `version` rises whenever a ranking of the chart changes.
    The peak may be better than in all stored rankings (`peak_is_from_api`).
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
    newest_missing_positions: Multirange[int] | None
    newest_refused_rows: int | None
    peak: int
    peak_is_from_api: bool
    rankings: int
    entered: date
    first_seen: date
    last_seen: date
    last_position: int
    time_on_chart: int | None
    time_on_chart_unit: str

    @property
    def title(self) -> str:
        """The title: 'Spotify Top Songs, Sweden'."""
        return chart_title(self.platform_name, self.name, self.place)

    @property
    def peak_note(self) -> str:
        """The basis of the peak; empty if it is complete."""
        return peak_note(self.rankings, self.time_on_chart)

    @property
    def current(self) -> int | None:
        """The position in the chart's newest ranking; None if the track is not in it."""
        return self.last_position if self.last_seen == self.last_ranked_on else None

    @property
    def newest_lacks(self) -> str:
        """What the chart's newest ranking lacks, in words; empty if it is complete."""
        return incomplete(self.newest_missing_positions or (), self.newest_refused_rows or 0)

    @property
    def unit(self) -> str:
        """The unit of the time on chart."""
        return UNITS.get(self.time_on_chart_unit, "time")


class Position(NamedTuple):
    """A track in one ranking; `position` is None without an entry; the ranking may lack rows (`is_whole`)."""

    chart_id: int
    ranked_on: date
    position: int | None
    is_whole: bool


class ChartChange(NamedTuple):
    """A track's entry to a chart (`entered`) at a position, or its exit from its last position.

    `total` counts all such changes in the range.
    """

    ranked_on: date
    entered: bool
    position: int
    name: str
    platform_name: str
    place: str
    total: int

    @property
    def title(self) -> str:
        """The title: 'Spotify Top Songs, Sweden'."""
        return chart_title(self.platform_name, self.name, self.place)


def chart_title(platform: str, name: str, place: str) -> str:
    """Returns a chart's title, which distinguishes it from charts of the same name."""
    return f"{name}, {place}" if platform in name else f"{platform} {name}, {place}"


def chart_changes(track: Track, first: date, last: date) -> list[ChartChange]:
    """Entries and exits from `first` to `last`, those of the best stays first, CHANGES_SHOWN at most."""
    dates = {"first": first, "last": last}
    return rows(ChartChange, "track_chart_changes", track_id=track.id, size=CHANGES_SHOWN, **dates)


def track_charts(track: Track) -> list[TrackChart]:
    """Returns every chart that ever had the track, by peak, then by number of rankings."""
    return rows(TrackChart, "track_charts", track_id=track.id)


def track_positions(
    track: Track, chart_ids: Sequence[int], first: date, last: date
) -> dict[int, list[Position]]:
    """Returns the track in the stored rankings of charts from `first` to `last`, oldest first, by chart."""
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
