"""How an artist grows: a tile per platform, and the series of the sum of the tracks held."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from webapp.drawing import apexcharts
from webapp.drawing.marks import Event, Listed, listed
from webapp.lib.formats import counted, exact, signed
from webapp.lib.series import Point, Series, drawn_point
from webapp.models import Artist
from webapp.queries.artists.growth import PlatformTotal, Release
from webapp.queries.artists.pages import PlatformGain
from webapp.queries.audience import platform_colour
from webapp.queries.platforms.combined import Combination, Counted, members
from webapp.queries.sums import SumPoint, sum_series
from webapp.views.artists.period import Chosen, Ends, Period, PeriodState, ends_of
from webapp.views.shared.wording import when

WINDOWS = (7, 30)


class Tile(NamedTuple):
    """A platform's sum, and its gains in the last 7 and 30 days of the artist's values; None without any."""

    total: PlatformTotal
    week: PlatformGain | None
    month: PlatformGain | None


class Growth(NamedTuple):
    """The series of the chosen platform or combination in the period.

    `counted` are the platforms of a combination by label.
    """

    state: PeriodState
    ends: Ends
    chosen: Chosen
    points: list[SumPoint]
    counted: dict[date, Counted]

    @property
    def sentence(self) -> str:
        """The newest sum, or gain of an interval, and the tracks and platforms that it is of."""
        last, metric = self.points[-1], self.chosen.audience_metric_name.lower()
        tracks = counted(last.tracks, "track")
        on = self.counted.get(last.label)
        notes = [f"{on.words}; {tracks}" if on else tracks]
        if self.state.metric == "total":
            value, carried = exact(last.total), last.series - last.reported
            of = f"of {exact(last.series)} totals are earlier" if on else "of them with an earlier total"
            notes += [f"{exact(carried)} {of}"] if carried else []
        else:
            value = "unknown" if last.gain is None else signed(last.gain)
            whole = last.days_known == last.length
            notes += [] if whole else [f"{last.days_known} of {last.length} days"]
        return f"{value} {metric} {when(self.state.interval, last.label)} ({', '.join(notes)})."

    @property
    def marks(self) -> list[Listed]:
        """The marks of the series, newest first."""
        return listed(apexcharts.Drawing([drawn_series(self)], interval=self.state.interval).marks)


def tiles_of(period: Period) -> list[Tile]:
    """Returns a tile for each platform with values."""
    week, month = (period.recent[days] for days in WINDOWS)
    return [Tile(each, week.get(each.id), month.get(each.id)) for each in period.totals]


def growth_of(
    artist: Artist,
    state: PeriodState,
    totals: Sequence[PlatformTotal],
    *,
    chosen: Chosen,
) -> Growth:
    """Returns the series of one of the platforms of `totals`, or of a combination."""
    ends = ends_of(totals, state)
    first_dates = {each.id: each.first_date for each in totals if each in members([chosen])}
    points = sum_series(
        artist_id=artist.id,
        platform_ids=list(first_dates),
        combined=isinstance(chosen, Combination),
        start=ends.start,
        end=ends.end,
        interval=state.interval,
    )
    on = {
        point.label: chosen.counted(point, first_dates) for point in points if isinstance(chosen, Combination)
    }
    return Growth(state, ends, chosen, points=points, counted=on)


def drawing(growth: Growth, releases: Sequence[Release]) -> dict[str, Any]:
    """Returns the drawing for drawings.js, with the releases of the tracks."""
    return apexcharts.drawing(
        apexcharts.Drawing(
            [drawn_series(growth)],
            interval=growth.state.interval,
            shows=growth.state.metric,
            start=growth.ends.start,
            end=growth.ends.end,
            events=[Event(each.released_on, "release", f"Released: {each.name}") for each in releases],
        )
    )


def drawn_series(growth: Growth) -> Series:
    """Returns the series for the chart."""
    chosen = growth.chosen
    points = drawn_points(growth.points, growth.counted)
    return Series(chosen.name, chosen.audience_metric_name, platform_colour(chosen), points=points)


def drawn_points(points: Sequence[SumPoint], counted: Mapping[date, Counted] | None = None) -> list[Point]:
    """Returns the points of a sum for the chart; those of a combination name its platforms."""
    return [
        _drawn(point, (counted or {}).get(point.label), is_first=place == 0)
        for place, point in enumerate(points)
    ]


def _drawn(point: SumPoint, platforms: Counted | None, *, is_first: bool) -> Point:
    """Returns a point for the chart; the tracks that a series begins with do not join it."""
    return drawn_point(
        point,
        joined="" if is_first or not point.joined else joined_words(point, platforms),
        identifiers_changed=point.unlike > 0,
        back=back_words(point, "total" if platforms else "track") if point.back else "",
        parts=platforms.words if platforms else "",
    )


def joined_words(point: SumPoint, platforms: Counted | None) -> str:
    """Returns '1 track more, 16 in all; 1 gain unknown', for a combination with the platforms that join."""
    more = f"{counted(point.joined, 'track')} more, {exact(point.series)} in all"
    if platforms:
        tracks = counted(point.tracks, "track")
        more = f"{counted(point.joined, 'total')} more, {exact(point.series)} totals of {tracks} in all"
    unknown = f"{counted(point.unknown, 'gain')} unknown" if point.unknown else ""
    return "; ".join(text for text in (platforms.joined_words if platforms else "", more, unknown) if text)


def back_words(point: SumPoint, word: str) -> str:
    """Returns '1 track as high again as before a fall: no gain of this date alone', for the word 'track'."""
    return f"{counted(point.back, word)} as high again as before a fall: no gain of this date alone"
