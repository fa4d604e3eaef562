"""The audience panel of a track: its parameters and its content."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.dates import FIRST_DATE, beginning
from webapp.drawing import apexcharts
from webapp.drawing.marks import Event, Listed, listed, notes, series_marks
from webapp.lib.series import Interval, Shows, drawn_point
from webapp.lib.series import Point as DrawnPoint
from webapp.lib.series import Series as DrawnSeries
from webapp.models import Track
from webapp.queries.audience import ChartQuery, Metric, Point, made_up, platform_colour
from webapp.queries.lists.notes import notes_of
from webapp.queries.platforms.combined import Combination, Counted, combinations, members
from webapp.queries.tracks.combined import Drawable, points_of
from webapp.queries.tracks.pages import Series, track_series
from webapp.views.shared.finding import drawables_or_404, platforms_with_data
from webapp.views.shared.parameters import BadParameterError, choice, day, parts
from webapp.views.shared.state import RangeState, one_of, parameter
from webapp.views.shared.wording import combined_summary, index_summary, summary, when
from webapp.views.tracks.positions import ChartEvents, chart_events

Range = Literal["90", "7", "30", "365", "all", "dates"]
RANGES: tuple[Range, ...] = ("90", "7", "30", "365", "all", "dates")
INTERVALS: tuple[Interval, ...] = ("day", "week", "month")
MOST_PLATFORMS = 8
MOST_COLUMNS = 120
"""The gains of more days are drawn by week, unless days are chosen."""
ROWS_SHOWN = 100


def _slugs(given: MultiDict[str, str], name: str) -> tuple[str, ...]:
    names = parts(given, name)
    if len(names) > MOST_PLATFORMS:
        raise BadParameterError(f"{name} must have at most {MOST_PLATFORMS} platforms.")
    return tuple(dict.fromkeys(part for part in names if part))


def _is_one(given: MultiDict[str, str], name: str) -> bool:
    return choice(given, name, ("0", "1")) == "1"


def _is_all(given: MultiDict[str, str], name: str) -> bool:
    return choice(given, name, ("some", "all")) == "all"


@dataclass(frozen=True, kw_only=True)
class PanelState(RangeState):
    """The parameters of a panel. Presets count back from the newest date of the series shown.

    The data choose the interval where there is none.
    """

    undated = "all"

    range: Range = one_of(RANGES)
    start_date: date | None = parameter(day)
    end_date: date | None = parameter(day)
    interval: Interval | None = parameter(lambda given, name: choice(given, name, INTERVALS))
    metric: Shows = one_of(("total", "gain", "index"))
    platforms: tuple[str, ...] = parameter(_slugs, default=tuple, write=",".join)
    from_zero: bool = parameter(_is_one, default=bool, write=int)
    all_rows: bool = parameter(_is_all, name="rows", default=bool, write=lambda _: "all")


class Shown(NamedTuple):
    """One platform of a panel, or a combination with the platforms `counted` by label.

    `base` is its total with index 100, if an index is shown.
    """

    platform: Drawable
    points: list[Point]
    summary: str
    counted: dict[date, Counted]
    base: int | None = None

    def index_at(self, point: Point) -> float | None:
        """Returns the total of a point as an index, with the base as 100."""
        return _index(point, self.base)


class Plan(NamedTuple):
    """The input of a panel: `choices` are the platforms with data and combinations, `chosen` those drawn.

    `events` are chart entries and exits in the range, `notes` the notes on the track and its artists.
    """

    state: PanelState
    query: ChartQuery
    held: list[Series]
    choices: list[Drawable]
    chosen: list[Drawable]
    events: ChartEvents
    notes: list[Event]


class Panel(NamedTuple):
    """The content of a panel; `base` is the label where every index is 100, `no_index` why there is none."""

    plan: Plan
    shown: list[Shown]
    events: list[Event]
    base: date | None = None
    no_index: str = ""

    @property
    def query(self) -> ChartQuery:
        """The query; its range has both ends if anything is stored."""
        return self.plan.query

    @property
    def base_words(self) -> str:
        """The base of the index in words: 'in the week of 2026-11-16'; empty without an index."""
        return when(self.query.interval, self.base) if self.base else ""

    @property
    def marks(self) -> list[Listed]:
        """The marks of the chart, newest first."""
        return listed(drawing_of(self).marks)

    @property
    def notes(self) -> dict[str, dict[date, list[str]]]:
        """The notes on the points of each platform, by its slug and the point's label."""
        events, interval = drawing_of(self).event_marks, self.query.interval
        drawn = zip(self.shown, drawn_series(self), strict=True)
        return {
            part.platform.slug: notes([*series_marks(one, interval), *events], interval)
            for part, one in drawn
        }

    @property
    def rows(self) -> list[tuple[Shown, Point]]:
        """The points of the table, newest first."""
        found = [(part, point) for part in self.shown for point in part.points]
        return sorted(found, key=lambda row: row[1].label, reverse=True)


def plan_panel(track: Track, state: PanelState) -> Plan:
    """Reads everything but the rows; reads the versions of the series first, for the cache."""
    held = track_series(track.id)
    with_data = platforms_with_data(held)
    chosen = drawables_or_404(state.platforms, with_data) or [*with_data[:1]]
    drawn = [part for part in held if part.platform_id in {platform.id for platform in members(chosen)}]
    metric: Metric = "gain" if state.metric == "gain" else "total"
    start, end = chosen_ends(state, drawn, track.release_date)
    interval = state.interval or best_interval(metric, start, end)
    query = ChartQuery(start, end, interval=interval, metric=metric)
    events = chart_events(track, query.start_date, query.end_date)
    return Plan(
        state=state,
        query=query,
        held=held,
        choices=[*with_data, *combinations(with_data)],
        chosen=chosen,
        events=events,
        notes=note_events(track),
    )


def fill_panel(track: Track, plan: Plan) -> Panel:
    """Returns the panel with its rows."""
    shown = _shown_parts(track, plan)
    events = [*track_events(track), *plan.notes, *plan.events.marked]
    panel = Panel(plan, shown, events)
    return indexed(panel) if plan.state.metric == "index" and panel.shown else panel


def indexed(panel: Panel) -> Panel:
    """Returns the panel with every series as an index, 100 at the first common label."""
    totals = [{point.label: point.total for point in part.points} for part in panel.shown]
    shared = set.intersection(*(set(own) for own in totals))
    if not shared:
        return panel._replace(no_index="No index: these platforms have no date in common.")
    base, interval = min(shared), panel.query.interval
    zero = [part.platform.name for part, own in zip(panel.shown, totals, strict=True) if not own[base]]
    if zero:
        sentence = f"No index: {' and '.join(zero)} had no audience yet {when(interval, base)}."
        return panel._replace(no_index=sentence)
    shown = [
        _indexed(part, (base, own[base]), interval) for part, own in zip(panel.shown, totals, strict=True)
    ]
    return panel._replace(shown=shown, base=base)


def chosen_ends(
    state: PanelState, drawn: Sequence[Series], released: date | None
) -> tuple[date | None, date | None]:
    """Returns the first and last date, both inclusive; None if nothing is stored.

    The first is not before FIRST_DATE, because every day between them is drawn.
    """
    if not drawn:
        return None, None
    oldest = beginning(min(part.first_date for part in drawn), released)
    newest = max(part.last_date for part in drawn)
    if state.range == "dates":
        return max(state.start_date or oldest, FIRST_DATE), state.end_date or newest
    if state.range == "all":
        return oldest, newest
    return newest - timedelta(days=int(state.range) - 1), newest


def best_interval(metric: Metric, start: date | None, end: date | None) -> Interval:
    """Returns the interval that shows a range best: a line can have every day, columns cannot."""
    is_long = start is not None and end is not None and (end - start).days >= MOST_COLUMNS
    return "week" if metric == "gain" and is_long else "day"


def drawn_series(panel: Panel) -> list[DrawnSeries]:
    """Returns the series for the chart."""
    return [
        DrawnSeries(
            part.platform.name,
            metric=f"Index (100 {panel.base_words})" if panel.base else part.platform.audience_metric_name,
            colour=platform_colour(part.platform),
            points=drawn_parts(part),
        )
        for part in panel.shown
    ]


def drawn_parts(part: Shown) -> list[DrawnPoint]:
    """Returns the points of a part for the chart; those of a combination name its platforms."""
    if not part.counted:
        return drawn_points(part.points, part.base)
    first = part.points[0].label
    return [
        replace(
            _drawn(point, part.index_at(point), None),
            joined=counted.joined_words if point.label > first else "",
            parts=counted.words,
        )
        for point in part.points
        if (counted := part.counted[point.label])
    ]


def drawn_points(points: Sequence[Point], base: int | None = None) -> list[DrawnPoint]:
    """Returns the points of a series for the chart; `base` is its total with index 100."""
    return [
        _drawn(point, _index(point, base), total)
        for point, total in zip(points, made_up(points), strict=True)
    ]


def drawing_of(panel: Panel) -> apexcharts.Drawing:
    """Returns the chart with all marks."""
    return apexcharts.Drawing(
        drawn_series(panel),
        interval=panel.query.interval,
        shows=panel.plan.state.metric,
        from_zero=panel.plan.state.from_zero,
        start=panel.query.start_date,
        end=panel.query.end_date,
        together=panel.base is not None,
        events=panel.events,
    )


def drawing(panel: Panel) -> dict[str, Any]:
    """Returns the drawing for drawings.js."""
    if panel.no_index:
        return apexcharts.empty(panel.query.interval, panel.no_index)
    return apexcharts.drawing(drawing_of(panel))


def track_events(track: Track) -> list[Event]:
    """Returns the events of a track that every chart marks."""
    return [Event(track.release_date, "release", "Released")] if track.release_date else []


def note_events(track: Track) -> list[Event]:
    """Returns the notes on a track and on its artists, with their names, as events."""
    return [
        Event(note.noted_on, "note", f"{note.artist}: {note.text}" if note.artist else note.text)
        for note in notes_of(track)
    ]


def _shown_parts(track: Track, plan: Plan) -> list[Shown]:
    """Returns the platforms and combinations with values in the range."""
    points, counted = points_of(track, plan.chosen, plan.query, held=plan.held)
    by_platform = {each: [point for point in points if point.platform_id == each.id] for each in plan.chosen}
    return [
        Shown(each, own, _summary(each, own, plan.query, counted=of), counted=of)
        for each, own in by_platform.items()
        if own
        for of in [counted.get(each.id, {})]
    ]


def _summary(
    platform: Drawable, points: Sequence[Point], query: ChartQuery, *, counted: dict[date, Counted]
) -> str:
    if isinstance(platform, Combination):
        return combined_summary(platform, points, query, counted=counted[points[-1].label])
    return summary(platform, points, query)


def _indexed(part: Shown, base: tuple[date, int], interval: Interval) -> Shown:
    text = index_summary(part.platform, part.points[-1], base=base, interval=interval)
    return part._replace(base=base[1], summary=text)


def _index(point: Point, base: int | None) -> float | None:
    return round(point.total / base * 100, 3) if base else None


def _drawn(point: Point, index: float | None, regained: int | None) -> DrawnPoint:
    return drawn_point(
        point,
        former_value=point.former_value,
        revised_at=point.revised_at,
        identifiers_changed=point.identifiers_changed,
        reported_days=point.reported_days,
        regained=regained,
        index=index,
    )
