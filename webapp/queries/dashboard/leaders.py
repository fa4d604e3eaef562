"""The tracks with the highest gains on a platform over a window that ends at its newest whole day."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from webapp.lib.series import Caveat
from webapp.queries import rows, whole
from webapp.queries.audience import change_of
from webapp.queries.dashboard.cards import ROWS_SHOWN, Narrow, Window, parameters_of

MOST_UNKNOWN = 100
"""The most tracks of unknown gain that are listed, equal to a batch of histories."""


class AudiencePlatform(NamedTuple):
    """A platform with audience, and the newest date of its tracks."""

    id: int
    slug: str
    name: str
    metric_name: str
    newest_date: date


class Leader(NamedTuple):
    """A track's gain over a window, and its change on the same number of days before, a share of that gain.

    `covers` is the number of days of the gain, from the day after `base_date`. `by_gain` and `by_change` are
    its places, None if it is not among the first.
    """

    uuid: UUID
    name: str
    credit_name: str
    first_date: date
    total: int
    base_date: date | None
    gain: int | None
    covers: int | None
    caveat: Caveat | None
    gain_before: int | None
    change: float | None
    by_gain: int | None
    by_change: int | None


class GainSums(NamedTuple):
    """Sums over all tracks of a window: `known` gains, of these `compared` with the same days before.

    Of the known gains, `noted` have a note, see gain_notes(). The gains of `unknown` tracks are not known,
    since they have no value just before the window.
    """

    known: int
    unknown: int
    noted: int
    gain_of_all: int | None
    compared: int
    gain_of_compared: int | None
    gain_before_of_compared: int | None

    @property
    def change(self) -> float | None:
        """The change of the compared tracks' gain, a share; None if the base is under 1,000."""
        return change_of(self.gain_of_compared, self.gain_before_of_compared)

    @property
    def headline(self) -> int | None:
        """The gain of the tracks that the change is of; without a change, of all known."""
        return self.gain_of_all if self.change is None else self.gain_of_compared


class Leaders(NamedTuple):
    """The first by gain and by change, the sums over all tracks, and those whose gain is unknown."""

    sums: GainSums
    by_gain: list[Leader]
    by_change: list[Leader]
    unknown: list[Leader]


def audience_platforms(platform_id: int | None) -> list[AudiencePlatform]:
    """Returns the platforms with audience (or only the given one), each with its newest whole day."""
    return rows(AudiencePlatform, "dashboard_audience_platforms", platform_id=platform_id)


def leaders_window(platform: AudiencePlatform, window: Window) -> Window:
    """Returns a window as long, to the platform's newest whole day or the end of `window`, if earlier."""
    end = min(platform.newest_date, window.end)
    return Window(end - (window.end - window.start), end)


def audience_leaders(
    platform: AudiencePlatform, window: Window, narrow: Narrow, *, released_since: date | None
) -> Leaders:
    """Returns the tracks with the highest gains in a window; with a country, of its charts."""
    found = rows(
        dict,
        "dashboard_leaders",
        **parameters_of(narrow._replace(platform_id=platform.id), window, released_since),
        size=ROWS_SHOWN,
        unknown_size=MOST_UNKNOWN,
    )
    sums = GainSums(**{name: whole(found[0][name]) for name in GainSums._fields})
    tracks = [Leader(**{name: row[name] for name in Leader._fields}) for row in found if row["uuid"]]
    by_change = [track for track in tracks if track.by_change]
    return Leaders(
        sums,
        by_gain=[track for track in tracks if track.by_gain],
        by_change=sorted(by_change, key=lambda track: track.by_change or 0),
        unknown=[track for track in tracks if track.gain is None],
    )
