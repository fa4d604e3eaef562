"""A comparison of tracks: its parameters and its content."""

from collections.abc import Iterable, Sequence
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
from webapp.queries.audience import PALETTE, Point, range_gain
from webapp.queries.tracks.compare import By, compared, held_series, reaches
from webapp.queries.tracks.histories import NEW_EDITION, SeriesHeld
from webapp.views.compare.scale import METRICS, MOST, Base, Metric, scale_of, scaled
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.history import HistoryOffer, history_offer
from webapp.views.shared.parameters import BadParameterError, choice, parts
from webapp.views.shared.state import PlatformState, one_of, parameter
from webapp.views.shared.wording import range_words
from webapp.views.tracks.naming import track_names
from webapp.views.tracks.panel import drawn_points

Range = Literal["90", "7", "30", "365", "all"]
RANGES: tuple[Range, ...] = ("90", "7", "30", "365", "all")
FIRST_RANGE: Range = "90"
# Charts place days since a release as dates from here, until `since_release` converts them to numbers.
DAY_ZERO = date(1970, 1, 1)


def _tracks(given: MultiDict[str, str], name: str) -> tuple[Track, ...]:
    """Reads uuids, repeated or separated by commas. Raises BadParameterError; 404 for an unknown track."""
    uuids = list(dict.fromkeys(part for part in parts(given, name) if part))
    if len(uuids) > MOST:
        raise BadParameterError(f"{name} must have at most {MOST} tracks, not {len(uuids)}.")
    return tuple(dict.fromkeys(track_or_404(uuid) for uuid in uuids))


def _uuids(tracks: Iterable[Track]) -> str:
    return ",".join(str(track.uuid) for track in tracks)


@dataclass(frozen=True, kw_only=True)
class ComparisonState(PlatformState):
    """The parameters of a comparison; `platforms` are the choices. The data choose where there is None."""

    tracks: tuple[Track, ...] = parameter(_tracks, default=tuple, write=_uuids)
    by: By = one_of(("date", "release"))
    metric: Metric | None = parameter(lambda given, name: choice(given, name, METRICS))
    range: Range | None = parameter(lambda given, name: choice(given, name, RANGES))

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


class LateStart(NamedTuple):
    """A track whose values begin later than its release, and the offer to fetch those before."""

    name: str
    first_date: date
    day: int
    offer: HistoryOffer


class Comparison(NamedTuple):
    """The content of a comparison: track names, their points in the range, and what is not shown.

    `outside` have values, but none in the range; `without` have none. `base` is that of an index, `no_index`
    why there is none.
    """

    state: ComparisonState
    names: dict[UUID, str]
    range: Range
    metric: Metric
    parts: list[Part]
    undated: list[str]
    outside: list[str]
    without: list[str]
    late: list[LateStart]
    base: Base | None = None
    no_index: str = ""

    @property
    def sentences(self) -> list[str]:
        """One sentence per track."""
        return [sentence(part, self) for part in self.parts]

    @property
    def rows(self) -> list[tuple[Part, Point]]:
        """The points of the table, newest first."""
        found = [(part, point) for part in self.parts for point in part.points]
        return sorted(found, key=lambda row: row[0].place(row[1], self.state.by), reverse=True)

    @property
    def notes(self) -> dict[UUID, dict[date, list[str]]]:
        """The notes on the points of each track, by its uuid and the point's date."""
        return {
            part.track.uuid: notes(series_marks(_series(part, self, "date")), "day") for part in self.parts
        }

    def index_at(self, part: Part, point: Point) -> float | None:
        """Returns the total of a point as an index; None where none is shown."""
        return self.base and self.base.index_of(part.track.uuid, point.total)


def compare(state: ComparisonState) -> Comparison:
    """Returns the comparison with its points; a track's colour depends on its place in the URL."""
    held = held_series(state.tracks, state.platform.id)
    chosen = state.range or best_range(held, state.by)
    days = None if chosen == "all" else int(chosen)
    found = compared(state.tracks, held, state.platform.id, by=state.by, days=days)
    names = track_names(state.tracks)
    parts = [
        Part(track, names[track.uuid], colour, points=found[track.id])
        for track, colour in zip(state.tracks, PALETTE, strict=False)
        if track.id in found
    ]
    undated = [track for track in state.tracks if state.by == "release" and track.release_date is None]
    others = [track for track in state.tracks if track.id not in found and track not in undated]
    known = {each.uuid for each in held if each.first_date}
    scale = scale_of(
        {
            part.track.uuid: {part.place(point, state.by): point.total for point in part.points}
            for part in parts
        },
        state.metric,
    )
    return Comparison(
        state=state,
        names=names,
        range=chosen,
        metric=scale.metric,
        parts=parts,
        undated=[names[track.uuid] for track in undated],
        outside=[names[track.uuid] for track in others if track.uuid in known],
        without=[names[track.uuid] for track in others if track.uuid not in known],
        late=late_starts(held, names, state) if state.by == "release" else [],
        base=scale.base,
        no_index=scale.no_index,
    )


def best_range(held: Sequence[SeriesHeld], by: By) -> Range:
    """Returns the first range, or `all` if a track that it leaves out has values."""
    shown = all(
        reaches(each, held, by=by, days=int(FIRST_RANGE))
        for each in held
        if each.first_date and (by == "date" or each.release_date)
    )
    return FIRST_RANGE if shown else "all"


def late_starts(
    held: Sequence[SeriesHeld], names: dict[UUID, str], state: ComparisonState
) -> list[LateStart]:
    """Returns the tracks whose values begin later than a platform's first report of a new song."""
    return [
        LateStart(
            names[each.uuid],
            first_date=each.first_date,
            day=(each.first_date - each.release_date).days,
            offer=history_offer(state.platform.slug, each.release_date, [each], count=1),
        )
        for each in held
        if each.first_date and each.release_date and each.first_date - each.release_date > NEW_EDITION
    ]


def sentence(part: Part, comparison: Comparison) -> str:
    """Returns the newest value of a track in the range and the gain over it, or its index, as a sentence."""
    state, last, gained = comparison.state, part.points[-1], range_gain(part.points)
    metric = state.platform.audience_metric_name.lower()
    when = f"day {part.day(last):,} ({last.label})" if state.by == "release" else last.label
    index, base = comparison.index_at(part, last), comparison.base
    if index is not None and base:
        counts = (
            f"its {exact(base.totals[part.track.uuid])} {metric} {_base_words(base, state.by)} count as 100"
        )
        return f"{isolated(part.name)}: index {index:,.1f} on {when}; {counts}."
    text = f"{isolated(part.name)}: {exact(last.total)} {metric} on {when}"
    alone = gained.gain is None and len(part.points) == 1
    return f"{text}{'' if alone else range_words(gained)}."


def drawing(comparison: Comparison) -> dict[str, Any]:
    """Returns the drawing for drawings.js: one chart, or small ones for the gains of three or more."""
    state = comparison.state
    if comparison.no_index:
        return apexcharts.empty("day", comparison.no_index)
    series = [_series(part, comparison, state.by) for part in comparison.parts]
    drawn = apexcharts.drawing(scaled(series, comparison.metric))
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


def _series(part: Part, comparison: Comparison, by: By) -> Series:
    base = comparison.base
    drawn = drawn_points(part.points, base and base.totals[part.track.uuid])
    points = [replace(one, day=part.place(point, by)) for point, one in zip(part.points, drawn, strict=True)]
    metric = comparison.state.platform.audience_metric_name
    words = f"Index (100 {_base_words(base, comparison.state.by)})" if base else metric
    return Series(part.name, words, part.colour, points=points)


def _base_words(base: Base, by: By) -> str:
    return f"on {base.day}" if by == "date" else f"on day {(base.day - DAY_ZERO).days}"


def _ticks(first: int, last: int) -> dict[str, int]:
    """Returns the ends and ticks of an axis of whole days, at round numbers."""
    step = apexcharts.nice(max(last - first, 1) / 8)
    low, high = first // step * step, max(-(-last // step), first // step + 1) * step
    return {"min": low, "max": high, "tickAmount": (high - low) // step}


def _days(milliseconds: int) -> int:
    return milliseconds // (24 * 3600 * 1000)
