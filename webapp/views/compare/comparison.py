"""A comparison of tracks: its parameters and its content."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.drawing import apexcharts
from webapp.drawing.marks import notes, series_marks
from webapp.lib.formats import exact, isolated
from webapp.lib.series import Series
from webapp.models import Track
from webapp.queries.audience import PALETTE, Metric, Point, range_gain
from webapp.queries.tracks.compare import By, compared
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.parameters import BadParameterError
from webapp.views.shared.state import PlatformState, one_of, parameter
from webapp.views.shared.wording import range_words
from webapp.views.tracks.naming import track_names
from webapp.views.tracks.panel import drawn_points

Range = Literal["90", "7", "30", "365", "all"]
RANGES: tuple[Range, ...] = ("90", "7", "30", "365", "all")
FEWEST_TRACKS, MOST_TRACKS = 2, 6
# Charts place days since a release as dates from here, until `since_release` converts them to numbers.
DAY_ZERO = date(1970, 1, 1)


def _tracks(given: MultiDict[str, str], name: str) -> tuple[Track, ...]:
    """Reads uuids, repeated or separated by commas. Raises BadParameterError; 404 for an unknown track."""
    names = [part.strip() for value in given.getlist(name) for part in value.split(",")]
    uuids = list(dict.fromkeys(part for part in names if part))
    if len(uuids) > MOST_TRACKS:
        raise BadParameterError(f"{name} must have at most {MOST_TRACKS} tracks, not {len(uuids)}.")
    return tuple(dict.fromkeys(track_or_404(uuid) for uuid in uuids))


def _uuids(tracks: Iterable[Track]) -> str:
    return ",".join(str(track.uuid) for track in tracks)


@dataclass(frozen=True, kw_only=True)
class ComparisonState(PlatformState):
    """The parameters of a comparison; `platforms` are the choices."""

    tracks: tuple[Track, ...] = parameter(_tracks, default=tuple, write=_uuids)
    by: By = one_of(("date", "release"))
    metric: Metric = one_of(("total", "gain"))
    range: Range = one_of(RANGES)

    def without(self, track: Track) -> dict[str, Any]:
        """Returns the query without a track."""
        return self.arguments(tracks=_uuids(one for one in self.tracks if one is not track))


class Part(NamedTuple):
    """One track of a comparison; `name` is unique within the comparison."""

    track: Track
    name: str
    colour: str
    points: list[Point]

    def day(self, point: Point) -> int | None:
        """Returns the day of a point since the track's release (day 0); None if that is unknown."""
        released = self.track.release_date
        return (point.label - released).days if released else None

    def place(self, point: Point, by: By) -> date:
        """Returns the x value of a point: its date, or DAY_ZERO plus its days since the release."""
        return point.label if by == "date" else DAY_ZERO + timedelta(days=self.day(point) or 0)


class Comparison(NamedTuple):
    """The content of a comparison: track names, their points in the range, and tracks without points."""

    state: ComparisonState
    names: dict[UUID, str]
    parts: list[Part]
    undated: list[str]
    without: list[str]

    @property
    def sentences(self) -> list[str]:
        """One sentence per track."""
        return [sentence(part, self.state) for part in self.parts]

    @property
    def rows(self) -> list[tuple[Part, Point]]:
        """The points of the table, newest first."""
        found = [(part, point) for part in self.parts for point in part.points]
        return sorted(found, key=lambda row: row[0].place(row[1], self.state.by), reverse=True)

    @property
    def notes(self) -> dict[UUID, dict[date, list[str]]]:
        """The notes on the points of each track, by its uuid and the point's date."""
        return {
            part.track.uuid: notes(series_marks(_series(part, self.state, "date")), "day")
            for part in self.parts
        }


def compare(state: ComparisonState) -> Comparison:
    """Returns the comparison with its points; a track's colour depends on its place in the URL."""
    days = None if state.range == "all" else int(state.range)
    found = compared(state.tracks, state.platform.id, by=state.by, days=days)
    names = track_names(state.tracks)
    parts = [
        Part(track, names[track.uuid], colour, points=found[track.id])
        for track, colour in zip(state.tracks, PALETTE, strict=False)
        if track.id in found
    ]
    undated = [track for track in state.tracks if state.by == "release" and track.release_date is None]
    others = [track for track in state.tracks if track.id not in found and track not in undated]
    return Comparison(
        state=state,
        names=names,
        parts=parts,
        undated=[names[track.uuid] for track in undated],
        without=[names[track.uuid] for track in others],
    )


def sentence(part: Part, state: ComparisonState) -> str:
    """Returns the newest value of a track in the range and the gain over it, as a sentence."""
    last, gained = part.points[-1], range_gain(part.points)
    metric = state.platform.audience_metric_name.lower()
    when = f"day {part.day(last)} ({last.label})" if state.by == "release" else last.label
    text = f"{isolated(part.name)}: {exact(last.total)} {metric} on {when}"
    alone = gained.gain is None and len(part.points) == 1
    return f"{text}{'' if alone else range_words(gained)}."


def drawing(comparison: Comparison) -> dict[str, Any]:
    """Returns the drawing for drawings.js: totals in one chart, gains of three or more in small ones."""
    state = comparison.state
    drawn = apexcharts.drawing(
        apexcharts.Drawing(
            [_series(part, state, state.by) for part in comparison.parts],
            shows=state.metric,
            together=state.metric == "total",
        )
    )
    return since_release(drawn) if state.by == "release" else drawn


def since_release(drawn: dict[str, Any]) -> dict[str, Any]:
    """Replaces the dates of a drawing by days since the release, as numbers."""
    for options in drawn["charts"]:
        points = [point for series in options["series"] for point in series["data"]]
        annotations = options["annotations"]["xaxis"] + options["annotations"]["points"]
        for placed in [*points, *annotations]:
            placed["x"] = _days(placed["x"])
            if "x2" in placed:
                placed["x2"] = _days(placed["x2"])
        days = [point["x"] for point in points]
        options["xaxis"] = {"type": "numeric", "title": {"text": ""}} | _ticks(min(days), max(days))
    for options in drawn["charts"][-1:]:
        options["xaxis"]["title"]["text"] = "Days since release"
    return drawn


def _series(part: Part, state: ComparisonState, by: By) -> Series:
    points = [
        replace(drawn, day=part.place(point, by))
        for point, drawn in zip(part.points, drawn_points(part.points), strict=True)
    ]
    return Series(part.name, state.platform.audience_metric_name, part.colour, points=points)


def _ticks(first: int, last: int) -> dict[str, int]:
    """Returns the ends and ticks of an axis of whole days, at round numbers."""
    step = apexcharts.nice(max(last - first, 1) / 8)
    low, high = first // step * step, max(-(-last // step), first // step + 1) * step
    return {"min": low, "max": high, "tickAmount": (high - low) // step}


def _days(milliseconds: int) -> int:
    return milliseconds // (24 * 3600 * 1000)
