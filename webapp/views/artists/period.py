"""The gains of an artist in a period: parameters and values of the page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.lib.series import Interval
from webapp.models import Artist
from webapp.queries.artists.pages import PlatformGain, SeriesGain, artist_gains, artist_reach
from webapp.queries.audience import Metric
from webapp.queries.tracks.histories import series_held
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.history import HistoryOffer, history_offer
from webapp.views.shared.parameters import counted_from, day
from webapp.views.shared.state import RangeState, one_of, parameter

Range = Literal["30", "7", "90", "365", "dates"]
# There is no 'all': it has no earlier value that a gain could count from. A first fetch has 90 days, so the
# default is 30.
RANGES: tuple[Range, ...] = ("30", "7", "90", "365", "dates")


def _counted(given: MultiDict[str, str], name: str) -> date | None:
    return counted_from(name, day(given, name))


@dataclass(frozen=True, kw_only=True)
class PeriodState(RangeState):
    """The parameters: a period, the platform that is drawn and whose tracks are listed, and the form of both.

    Presets count back from the newest date of the series shown.
    """

    undated = "30"

    range: Range = one_of(RANGES, write=lambda preset: "" if preset == "dates" else preset)
    start_date: date | None = parameter(_counted)
    end_date: date | None = parameter(_counted)
    interval: Interval = one_of(("day", "week", "month"))
    metric: Metric = one_of(("total", "gain"))
    platform: str = parameter(lambda given, name: platform_or_404(given[name]).slug, default=str)


class Ends(NamedTuple):
    """The first and last date of a period, both inclusive."""

    start: date
    end: date


class Period(NamedTuple):
    """An artist's audience in a period; the tracks of `chosen` are listed."""

    ends: Ends
    platforms: list[PlatformGain]
    chosen: PlatformGain | None

    @property
    def start(self) -> date:
        """The first date."""
        return self.ends.start

    @property
    def end(self) -> date:
        """The last date."""
        return self.ends.end

    @property
    def length(self) -> int:
        """The length in days."""
        return (self.end - self.start).days + 1


def ends_of(artist: Artist, state: PeriodState) -> Ends | None:
    """Returns the ends of the period; None if no track has any audience."""
    reach = artist_reach(artist.id)
    if reach.first_date is None or reach.last_date is None:
        return None
    end = state.end_date or max(reach.last_date, state.start_date or reach.last_date)
    start = state.start_date or min(reach.first_date, end)
    if state.range != "dates":
        start = end - timedelta(days=int(state.range) - 1)
    return Ends(start, end)


def period_of(artist: Artist, state: PeriodState) -> Period | None:
    """Returns the artist's audience in the period; None if no track has any."""
    ends = ends_of(artist, state)
    if ends is None:
        return None
    platforms = artist_gains(artist.id, *ends)
    chosen = next((each for each in platforms if each.slug == state.platform), None)
    if not state.platform and platforms:
        chosen = platforms[0]
    return Period(ends, platforms, chosen)


def offered_history(period: Period | None) -> HistoryOffer | None:
    """Returns the offer to fetch the history for unknown gains of the chosen platform."""
    if period is None or period.chosen is None:
        return None
    chosen = period.chosen
    unknown = series_held(chosen.id, [track.uuid for track in chosen.unknown])
    return history_offer(chosen.slug, period.start, unknown, count=len(unknown))


def part_of(gain: PlatformGain, track: SeriesGain) -> str | None:
    """Returns a track's share of the gain; None if the gain is not above 0 or any track lost some."""
    whole, least = gain.gain, min(each.gain or 0 for each in gain.tracks)
    if track.gain is None or not whole or least < 0:
        return None
    return f"{track.gain / whole * 100:.1f}%"
