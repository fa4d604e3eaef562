"""A track's positions over time: a fragment of its page, the drawing, and a table of its charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from webapp.access.requests import current_page, wants_fragment
from webapp.cache import versioned_json
from webapp.drawing import positions
from webapp.drawing.marks import Event
from webapp.models import Track
from webapp.queries.audience import PALETTE
from webapp.queries.tracks.positions import (
    ChartChange,
    TrackChart,
    chart_changes,
    track_charts,
    track_positions,
)
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.htmx import with_url
from webapp.views.shared.state import Parameters, one_of, text

Range = Literal["90", "7", "30", "365", "all"]
RANGES: tuple[Range, ...] = ("90", "7", "30", "365", "all")
DRAWN = 5
# The prefix separates the state of this panel from that of the audience panel, in one URL.
PREFIX = "charts_"

blueprint = Blueprint("positions", __name__, url_prefix="/tracks/<uuid:uuid>/positions")


@dataclass(frozen=True, kw_only=True)
class PositionState(Parameters):
    """The parameters; `platform` is a slug, `country` a code, '-' worldwide."""

    range: Range = one_of(RANGES, name=f"{PREFIX}range")
    platform: str = text(name=f"{PREFIX}platform")
    country: str = text(name=f"{PREFIX}country")


class Positions(NamedTuple):
    """All charts of a track, and those that match the filters; the best of these are drawn."""

    state: PositionState
    charts: list[TrackChart]
    matching: list[TrackChart]

    @property
    def drawn(self) -> list[TrackChart]:
        """The best of the matching charts."""
        return self.matching[:DRAWN]

    @property
    def ends(self) -> tuple[date, date]:
        """The first and last date of the range, which counts back from the newest drawn position."""
        last = max(chart.last_seen for chart in self.drawn)
        if self.state.range == "all":
            return min(chart.first_seen for chart in self.drawn), last
        return last - timedelta(days=int(self.state.range) - 1), last

    @property
    def sentences(self) -> list[str]:
        """One sentence per drawn chart."""
        return [
            f"{chart.title}: peak {chart.peak}{' ' * bool(chart.peak_note)}{chart.peak_note}, {_now(chart)}."
            for chart in self.drawn
        ]

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """The platforms and countries of the track's charts, as filter choices."""
        platforms = {chart.platform_slug: chart.platform_name for chart in self.charts}
        countries = {chart.country_code or "-": chart.country for chart in self.charts}
        found = {"platform": platforms, "country": countries}
        return {name: sorted(values.items(), key=lambda pair: pair[1]) for name, values in found.items()}


class ChartEvents(NamedTuple):
    """A track's chart entries and exits by day, for its audience chart; `more` are not marked."""

    marked: list[Event]
    more: int


@blueprint.get("/")
def panel(uuid: UUID) -> Response:
    """Controls, sentences, chart and table."""
    track = track_or_404(uuid)
    shown = requested(track)
    template = "tracks/_positions.html" if wants_fragment() else "tracks/positions.html"
    body = render_template(template, track=track, shown=shown, ranges=RANGES, drawing=drawing(track, shown))
    return with_url(body, url_with(track, shown.state))


@blueprint.get("/chart/", endpoint="drawing")
def draw(uuid: UUID) -> Response:
    """The drawing for drawings.js, for the panel's parameters."""
    track = track_or_404(uuid)
    shown = requested(track)
    versions = [(chart.id, chart.version) for chart in shown.drawn]
    return versioned_json(("positions", track.uuid, shown.state, versions), lambda: drawing(track, shown))


def requested(track: Track) -> Positions:
    """Returns the state for the parameters of the URL."""
    state = PositionState.read(request.args)
    charts = track_charts(track)
    matching = [chart for chart in charts if _matches(chart, state)]
    return Positions(state, charts, matching)


def drawing(track: Track, shown: Positions) -> dict[str, Any]:
    """Returns the drawing for drawings.js."""
    if not shown.drawn:
        return positions.drawing([])
    found = track_positions(track, [chart.id for chart in shown.drawn], *shown.ends)
    return positions.drawing(lines(shown.drawn, found))


def lines(charts: Sequence[TrackChart], found: dict[int, Any]) -> list[positions.Line]:
    """Returns a line for each chart with positions in the range; colours follow the order of charts."""
    return [
        positions.Line(
            chart.title,
            colour,
            chart.period,
            rankings=[(place.ranked_on, place.position) for place in found[chart.id]],
            incomplete={place.ranked_on for place in found[chart.id] if not place.is_whole},
        )
        for chart, colour in zip(charts, PALETTE, strict=False)
        if chart.id in found
    ]


def chart_events(track: Track, first: date | None, last: date | None) -> ChartEvents:
    """Returns the chart entries and exits of a range; none without both ends."""
    if first is None or last is None:
        return ChartEvents([], 0)
    changes = chart_changes(track, first, last)
    days = sorted(changes, key=lambda change: (change.ranked_on, change.entered))
    marked = [
        Event(day, "chart_entry" if entered else "chart_exit", _together(list(same), entered=entered))
        for (day, entered), same in groupby(days, lambda change: (change.ranked_on, change.entered))
    ]
    return ChartEvents(marked, changes[0].total - len(changes) if changes else 0)


def _together(changes: Sequence[ChartChange], *, entered: bool) -> str:
    """Returns 'entered Spotify Top Songs, Sweden at 12; Airplay, France at 40'."""
    at = "at" if entered else "last at"
    charts = "; ".join(f"{change.title}, {at} {change.position}" for change in changes)
    return f"{'entered' if entered else 'left'} {charts}"


def url_with(track: Track, state: PositionState) -> str:
    """Returns the URL of the surrounding page with this panel."""
    shown = urlsplit(current_page())
    others = {name: value for name, value in parse_qsl(shown.query) if not name.startswith(PREFIX)}
    alone = shown.path == url_for("positions.panel", uuid=track.uuid)
    parameters: dict[str, Any] = others | state.arguments()
    return url_for("positions.panel" if alone else "tracks.page", uuid=track.uuid, **parameters)


def _now(chart: TrackChart) -> str:
    """Returns 'now 4', or the last position and what the newest ranking lacks."""
    if chart.current:
        return f"now {chart.current}"
    seen = f"last seen at {chart.last_position} on {chart.last_seen}"
    if not chart.newest_lacks:
        return seen
    return f"{seen}; the newest ranking, of {chart.last_ranked_on}, is incomplete: {chart.newest_lacks}"


def _matches(chart: TrackChart, state: PositionState) -> bool:
    return state.platform in ("", chart.platform_slug) and state.country in ("", chart.country_code or "-")
