"""The gains of an artist in a period: parameters and values of the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.lib.formats import counted, signed
from webapp.lib.series import Interval
from webapp.models import Artist, fold
from webapp.queries.artists.growth import PlatformTotal, artist_totals, last_day
from webapp.queries.artists.pages import PlatformGain, SeriesGain, platform_gains, with_days
from webapp.queries.audience import Metric
from webapp.queries.platforms.combined import Combination
from webapp.queries.tracks.histories import series_held
from webapp.views.shared.finding import combination_or_404, platform_or_404
from webapp.views.shared.history import HistoryOffer, history_offer
from webapp.views.shared.parameters import counted_from, day
from webapp.views.shared.state import RangeState, one_of, parameter, text

Range = Literal["30", "7", "90", "365", "dates"]
# There is no 'all': it has no earlier value that a gain could count from. A first fetch has 90 days, so the
# default is 30.
RANGES: tuple[Range, ...] = ("30", "7", "90", "365", "dates")


def _counted(given: MultiDict[str, str], name: str) -> date | None:
    return counted_from(name, day(given, name))


@dataclass(frozen=True, kw_only=True)
class PeriodState(RangeState):
    """The parameters: a period, the platform or combination that is drawn, and the form of both.

    Presets count back from the newest date of the series shown.
    """

    undated = "30"

    range: Range = one_of(RANGES, write=lambda preset: "" if preset == "dates" else preset)
    start_date: date | None = parameter(_counted)
    end_date: date | None = parameter(_counted)
    interval: Interval = one_of(("day", "week", "month"))
    metric: Metric = one_of(("total", "gain"))
    platform: str = text()


Chosen = PlatformTotal | Combination


class Ends(NamedTuple):
    """The first and last date of a period, both inclusive."""

    start: date
    end: date


class Period(NamedTuple):
    """An artist's audience in a period; the tracks of `chosen` are listed.

    `recent` are the gains of other periods by the platform's id: of the last days, by their number.
    """

    totals: list[PlatformTotal]
    ends: Ends
    platforms: list[PlatformGain]
    chosen: PlatformGain | None
    recent: dict[int, dict[int, PlatformGain]]

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


def chosen_of(totals: Sequence[PlatformTotal], state: PeriodState) -> Chosen | None:
    """Returns the platform or combination of the state, by default the first; None without values there.

    404 for a combination of fewer than two platforms, and for an unknown platform.
    """
    if not state.platform:
        return totals[0] if totals else None
    by_fold: dict[str, Chosen] = {fold(each.slug): each for each in totals}
    found = combination_or_404(state.platform, totals) or by_fold.get(fold(state.platform))
    return found or by_fold.get(platform_or_404(state.platform).fold)


def ends_of(totals: Sequence[PlatformTotal], state: PeriodState) -> Ends:
    """Returns the ends of the period, from the totals of an artist with values."""
    last = last_day(totals)
    end = state.end_date or max(last, state.start_date or last)
    start = state.start_date or min(*(each.first_date for each in totals), end)
    if state.range != "dates":
        start = end - timedelta(days=int(state.range) - 1)
    return Ends(start, end)


def period_of(artist: Artist, state: PeriodState, *, recent: Sequence[int] = ()) -> Period | None:
    """Returns the artist's audience in the period, and in `recent` numbers of days; None without values."""
    totals = artist_totals(artist.id)
    if not totals:
        return None
    ends, last = ends_of(totals, state), last_day(totals)
    windows = {days: Ends(last - timedelta(days=days - 1), last) for days in recent}
    gains = platform_gains(artist.id, [ends, *windows.values()])
    platforms = with_days(artist.id, gains[ends], ends)
    drawn = chosen_of(totals, state)
    chosen = next((each for each in platforms if not state.platform or (drawn and each.id == drawn.id)), None)
    return Period(
        totals, ends, platforms, chosen=chosen, recent={days: gains[windows[days]] for days in recent}
    )


def combined_gain(period: Period, chosen: Combination) -> str:
    """Returns '+361 from 2026-10-31 to 2026-11-29': the sum of the gains of a combination's platforms."""
    ids = {platform.id for platform in chosen.platforms}
    gains = [each for each in period.platforms if each.id in ids and each.gain is not None]
    unknown = sum(len(each.unknown) for each in period.platforms if each.id in ids)
    if not gains:
        return ""
    without = f", without {counted(unknown, 'unknown gain')}" if unknown else ""
    return f"{signed(sum(each.gain or 0 for each in gains))} from {period.start} to {period.end}{without}."


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
