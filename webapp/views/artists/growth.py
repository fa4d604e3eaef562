"""How an artist grows: a tile per platform, and the series of the sum of the tracks held."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from webapp.drawing import apexcharts
from webapp.drawing.marks import Event, Listed, listed
from webapp.lib.formats import counted, exact, signed
from webapp.lib.series import Point, Series
from webapp.models import Artist
from webapp.queries.artists.growth import (
    PlatformTotal,
    Release,
    artist_totals,
    platform_gains,
)
from webapp.queries.artists.pages import PlatformGain
from webapp.queries.audience import platform_colour
from webapp.queries.sums import SumPoint, sum_series
from webapp.views.artists.period import Ends, Period, PeriodState
from webapp.views.shared.wording import when

WINDOWS = (7, 30)


class Tile(NamedTuple):
    """A platform's sum, and its gains in the last 7 and 30 days of the artist's values; None without any."""

    total: PlatformTotal
    week: PlatformGain | None
    month: PlatformGain | None


class Growth(NamedTuple):
    """The tiles, and the series of the chosen platform in the period."""

    state: PeriodState
    ends: Ends
    tiles: list[Tile]
    chosen: PlatformTotal | None
    points: list[SumPoint]

    @property
    def sentence(self) -> str:
        """The newest sum, or gain of an interval, and the tracks that it is of."""
        last, metric = self.points[-1], self.chosen.metric_name.lower() if self.chosen else ""
        notes = [counted(last.series, "track")]
        if self.state.metric == "total":
            value, carried = exact(last.total), last.series - last.reported
            notes += [f"{exact(carried)} of them with an earlier total"] if carried else []
        else:
            value = "unknown" if last.gain is None else signed(last.gain)
            whole = last.days_known == last.length
            notes += [] if whole else [f"{last.days_known} of {last.length} days"]
        return f"{value} {metric} {when(self.state.interval, last.label)} ({', '.join(notes)})."

    @property
    def marks(self) -> list[Listed]:
        """The marks of the series, newest first."""
        return listed(apexcharts.Drawing([drawn_series(self)], interval=self.state.interval).marks)


def growth_of(artist: Artist, state: PeriodState, period: Period) -> Growth:
    """Returns the tiles and the series of the artist in a period."""
    totals = artist_totals(artist.id)
    newest = max(each.last_date for each in totals)
    week, month = (
        {each.id: each for each in period.platforms}
        if period.ends == (newest - timedelta(days=days - 1), newest)
        else platform_gains(artist.id, newest - timedelta(days=days - 1), newest)
        for days in WINDOWS
    )
    tiles = [Tile(each, week.get(each.id), month.get(each.id)) for each in totals]
    return series_of(artist, state, period.ends, chosen=_chosen(totals, state))._replace(tiles=tiles)


def chosen_platform(artist: Artist, state: PeriodState) -> PlatformTotal | None:
    """Returns the platform of the state, or the first with values; None if it has none."""
    return _chosen(artist_totals(artist.id), state)


def series_of(artist: Artist, state: PeriodState, ends: Ends, *, chosen: PlatformTotal | None) -> Growth:
    """Returns the series alone, for its drawing and its file."""
    if chosen is None:
        return Growth(state, ends, [], chosen=None, points=[])
    points = sum_series(
        artist_id=artist.id,
        platform_ids=[chosen.id],
        start=ends.start,
        end=ends.end,
        interval=state.interval,
    )
    return Growth(state, ends, [], chosen=chosen, points=points)


def drawing(growth: Growth, releases: Sequence[Release]) -> dict[str, Any]:
    """Returns the drawing for drawings.js, with the releases of the tracks."""
    return apexcharts.drawing(
        apexcharts.Drawing(
            [drawn_series(growth)] if growth.chosen else [],
            interval=growth.state.interval,
            shows=growth.state.metric,
            start=growth.ends.start,
            end=growth.ends.end,
            events=[Event(each.released_on, "release", f"Released: {each.name}") for each in releases],
        )
    )


def drawn_series(growth: Growth) -> Series:
    """Returns the series for the chart; requires a chosen platform."""
    chosen = growth.chosen
    if chosen is None:
        raise ValueError("no platform is chosen")
    return Series(
        chosen.name, chosen.metric_name, platform_colour(chosen), points=drawn_points(growth.points)
    )


def drawn_points(points: Sequence[SumPoint]) -> list[Point]:
    """Returns the points of a sum for the chart."""
    return [_drawn(point, is_first=place == 0) for place, point in enumerate(points)]


def _chosen(totals: Sequence[PlatformTotal], state: PeriodState) -> PlatformTotal | None:
    wanted = state.platform or totals[0].slug
    return next((each for each in totals if each.slug == wanted), None)


def _drawn(point: SumPoint, *, is_first: bool) -> Point:
    """Returns a point for the chart; the tracks that a series begins with do not join it."""
    joined = "" if is_first or not point.joined else joined_words(point)
    return Point(
        point.label,
        total=point.total,
        gain=point.gain,
        fetched_at=point.fetched_at,
        covers=point.covers,
        so_far=point.so_far,
        length=point.length,
        days_known=point.days_known,
        joined=joined,
        identifiers_changed=point.unlike > 0,
        back=back_words(point) if point.back else "",
    )


def joined_words(point: SumPoint) -> str:
    """Returns '1 track more, 16 in all; the gain of 1 is unknown'."""
    text = f"{counted(point.joined, 'track')} more, {exact(point.series)} in all"
    return f"{text}; {counted(point.unknown, 'gain')} unknown" if point.unknown else text


def back_words(point: SumPoint) -> str:
    """Returns '1 track as high again as before a fall: no gain of this date alone'."""
    return f"{counted(point.back, 'track')} as high again as before a fall: no gain of this date alone"
