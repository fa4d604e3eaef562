"""One artist: the results of its stored tracks on platforms and charts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from webapp.lib.series import Caveat
from webapp.queries import one, rows, whole
from webapp.queries.audience import change_of

Dates = tuple[date, date]
"""The first and last date of a period, both inclusive."""


class SeriesGain(NamedTuple):
    """A track on a platform in a period; `gain` is of `covers` days, from the total at `base_date`.

    The gain is None if unknown. `gain_before` is of the same number of days before. `has_note`: it has notes
    (gain_notes()).
    """

    start_date: date
    end_date: date
    platform_id: int
    slug: str
    platform_name: str
    metric_name: str
    uuid: UUID
    name: str
    first_date: date
    last_date: date
    total: int
    base_date: date | None
    gain: int | None
    covers: int | None
    caveat: Caveat | None
    gain_before: int | None
    has_note: bool


class Days(NamedTuple):
    """The days with any value on a platform; `best_day` is None if no counted day has a gain."""

    platform_id: int
    days: int
    best_day: date | None
    best_gain: int | None


class PlatformGain(NamedTuple):
    """An artist on a platform in a period; its tracks with most gain first."""

    tracks: Sequence[SeriesGain]
    days: Days

    @property
    def id(self) -> int:
        """The platform's id."""
        return self.tracks[0].platform_id

    @property
    def slug(self) -> str:
        """The platform's slug."""
        return self.tracks[0].slug

    @property
    def name(self) -> str:
        """The platform's name."""
        return self.tracks[0].platform_name

    @property
    def metric_name(self) -> str:
        """The platform's metric."""
        return self.tracks[0].metric_name

    @property
    def last_date(self) -> date:
        """The newest date of any of the tracks."""
        return max(track.last_date for track in self.tracks)

    @property
    def counted(self) -> int:
        """The number of tracks whose gain is known, which the sum, shares and best day are of."""
        return len(self.tracks) - len(self.unknown)

    @property
    def unknown(self) -> Sequence[SeriesGain]:
        """The tracks whose gain is unknown, since they have no value before the period."""
        return [track for track in self.tracks if track.gain is None]

    @property
    def noted(self) -> int:
        """The number of counted tracks whose gain has a note."""
        return sum(track.has_note for track in self.tracks)

    @property
    def gain(self) -> int | None:
        """The gain of all tracks together; None if none is known."""
        return _sum([track.gain for track in self.tracks])

    @property
    def compared(self) -> Sequence[SeriesGain]:
        """The tracks whose gain is also known for the period before, since more data are not growth."""
        return [track for track in self.tracks if track.gain_before is not None]

    @property
    def change(self) -> float | None:
        """The change of the compared tracks' gain on the period before, a share; None from under 1,000."""
        return change_of(
            _sum([track.gain for track in self.compared]),
            _sum([track.gain_before for track in self.compared]),
        )


class ChartedTrack(NamedTuple):
    """A track in the newest stored ranking of a chart."""

    slug: str
    name: str
    platform_slug: str
    platform_name: str
    place: str
    ranked_on: date
    uuid: UUID
    track_name: str
    position: int
    movement: str
    previous_position: int | None
    is_from_api: bool


class Presence(NamedTuple):
    """The results of an artist's tracks on charts.

    A best position from the API is that of the ranking before `best_on`.
    """

    best_position: int
    best_is_from_api: bool
    best_on: date
    best_slug: str
    best_chart: str
    best_platform: str
    best_uuid: UUID
    best_track: str
    rankings: int
    charts: int
    tracks: int


def platform_gains(artist_id: int, periods: Iterable[Dates]) -> dict[Dates, dict[int, PlatformGain]]:
    """Returns the gains of stored tracks in each period, by the platform's id, without their days."""
    found: dict[Dates, dict[int, PlatformGain]] = {(start, end): {} for start, end in periods}
    starts, ends = zip(*found, strict=True)
    gains = rows(SeriesGain, "artist_gains", artist_id=artist_id, starts=list(starts), ends=list(ends))
    for (start, end, platform_id), tracks in groupby(
        gains, attrgetter("start_date", "end_date", "platform_id")
    ):
        none = Days(platform_id, days=0, best_day=None, best_gain=None)
        found[start, end][platform_id] = PlatformGain(list(tracks), none)
    return found


def with_days(artist_id: int, gains: Mapping[int, PlatformGain], period: Dates) -> list[PlatformGain]:
    """Returns the gains of a period with their days, by platform."""
    found = rows(Days, "artist_days", artist_id=artist_id, start_date=period[0], end_date=period[1])
    days = {each.platform_id: each._replace(best_gain=whole(each.best_gain)) for each in found}
    return [gain._replace(days=days[each]) for each, gain in gains.items()]


def artist_gains(artist_id: int, start: date, end: date) -> list[PlatformGain]:
    """Returns the gains of stored tracks from `start` to `end`, both inclusive, by platform with values."""
    return with_days(artist_id, platform_gains(artist_id, [(start, end)])[start, end], (start, end))


def artist_charts(artist_id: int) -> list[ChartedTrack]:
    """Returns the charts that the stored tracks are on now, best position first."""
    return rows(ChartedTrack, "artist_charts", artist_id=artist_id)


def artist_presence(artist_id: int) -> Presence | None:
    """Returns the results of the stored tracks on charts; None if they never entered one."""
    return one(Presence, "artist_presence", artist_id=artist_id)


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
