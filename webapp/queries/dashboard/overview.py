"""The headlines of the dashboard: gains by platform, entries, new peaks and milestones."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows, whole
from webapp.queries.dashboard.cards import Narrow, Window, parameters_of
from webapp.queries.dashboard.entries import EntriesOfWindow, Listing, entries_of_window
from webapp.queries.dashboard.leaders import GainSums

MOST_PLATFORMS = 4
NAMED = 50
"""The most tracks that a headline names."""


class PlatformGain(NamedTuple):
    """The gains of all tracks on a platform, over a window to `last_day`."""

    slug: str
    name: str
    metric_name: str
    last_day: date
    sums: GainSums


class Peak(NamedTuple):
    """A track with a new peak on `charts` charts, the best of which is named.

    `tracks` counts all tracks with a new peak; `unsure` those that may all have been better in rankings that
    are not held.
    """

    tracks: int
    unsure: int
    charts: int
    position: int
    chart_slug: str
    chart_name: str
    platform_name: str
    uuid: UUID
    name: str


class Milestone(NamedTuple):
    """The highest milestone that a track's total passed on a platform; `tracks` counts all such tracks."""

    tracks: int
    milestone: int
    total: int
    platform_slug: str
    platform_name: str
    metric_name: str
    uuid: UUID
    name: str


class Setup(NamedTuple):
    """The steps of a new installation that are done, and whether it has figures to show."""

    has_tracks: bool
    follows_charts: bool
    has_colleagues: bool
    has_figures: bool


def platform_gains(narrow: Narrow, window: Window, released_since: date | None) -> list[PlatformGain]:
    """Returns the gains on the first platforms with many tracks, to their newest whole day in the window."""
    found = rows(
        dict,
        "overview_gains",
        **parameters_of(narrow, window, released_since),
        size=MOST_PLATFORMS,
    )
    return [
        PlatformGain(
            **{name: row[name] for name in PlatformGain._fields[:-1]},
            sums=GainSums(**{name: whole(row[name]) for name in GainSums._fields}),
        )
        for row in found
    ]


def entries(narrow: Narrow, window: Window, released_since: date | None) -> EntriesOfWindow:
    """Returns the entries in rankings dated in the window: their numbers, and the best NAMED of each kind."""
    listing = Listing(("new", "re_entry"), NAMED, most_charts=1)
    return entries_of_window(narrow, window, released_since, listing=listing)


def new_peaks(narrow: Narrow, window: Window, released_since: date | None) -> list[Peak]:
    """Returns the first NAMED tracks that reached a new peak in the window, the best position first."""
    return rows(
        Peak,
        "overview_peaks",
        **parameters_of(narrow, window, released_since),
        size=NAMED,
    )


def milestones(narrow: Narrow, window: Window, released_since: date | None) -> list[Milestone]:
    """Returns the first NAMED milestones that were passed in the window, the highest first."""
    return rows(
        Milestone,
        "overview_milestones",
        **parameters_of(narrow, window, released_since),
        size=NAMED,
    )


def setup() -> Setup:
    """Returns how far the installation is set up."""
    (found,) = rows(Setup, "overview_setup")
    return found
