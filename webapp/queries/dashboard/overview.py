"""The headlines of the dashboard: gains by platform, entries, new peaks and milestones."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from webapp.queries import rows, whole
from webapp.queries.dashboard.cards import Narrow, Window, parameters_of
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


class Entered(NamedTuple):
    """A track that entered `charts` charts, and the best of these entries."""

    uuid: UUID
    name: str
    charts: int
    position: int
    ranked_on: date
    chart_slug: str
    chart_name: str
    platform_name: str


class Entries(NamedTuple):
    """The tracks of one movement: their number, and the first NAMED."""

    tracks: int
    named: list[Entered]


class EntriesOfWindow(NamedTuple):
    """The number of rankings in a window, its new entries and its re-entries."""

    rankings: int
    new: Entries
    again: Entries


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


def platform_gains(narrow: Narrow, window: Window, released_since: date | None) -> list[PlatformGain]:
    """Returns the gains on the largest platforms, each to its newest date or the end of the window."""
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
    """Returns the new entries and re-entries in the rankings dated in the window."""
    found = rows(
        dict,
        "overview_entries",
        **parameters_of(narrow, window, released_since),
        size=NAMED,
    )
    return EntriesOfWindow(found[0]["rankings"], _entries(found, "new"), _entries(found, "re_entry"))


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


def _entries(found: list[dict[str, Any]], movement: str) -> Entries:
    own = [row for row in found if row["movement"] == movement]
    named = [Entered(**{name: row[name] for name in Entered._fields}) for row in own]
    return Entries(tracks=own[0]["tracks"] if own else 0, named=named)
