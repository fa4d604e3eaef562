"""The history that unknown gains require, and whether it was already fetched from SoundCharts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows

BASE_DAYS = 8
"""A gain counts from a value in this many days before its period (audience_gain() in SQL)."""
WEEK_DAYS = 7
"""Days of the gain in lists of tracks; they end with the newest whole day of each series."""


NEW_EDITION = timedelta(days=3)
"""A release later than this after the first value is ignored (begins_at_zero() in SQL)."""


def history_end(released: date | None) -> date | None:
    """Returns the earliest day of a back-fill: some days before the release, if that is known."""
    return released and released - timedelta(days=BASE_DAYS)


class SeriesHeld(NamedTuple):
    """A track on a platform: the ends of its values, and the date back to which history was fetched.

    `last_whole_date` is the newest date, or the one before if its value came on that very day.
    """

    uuid: UUID
    release_date: date | None
    status: str
    first_date: date | None
    last_date: date | None
    last_whole_date: date | None
    history_from: date | None

    @property
    def week(self) -> date | None:
        """The first of the 7 days to its newest whole day; None without one."""
        return self.last_whole_date and self.last_whole_date - timedelta(days=WEEK_DAYS - 1)

    def missing(self, start: date) -> tuple[date, date] | None:
        """Returns the unfetched days that a gain from `start` on needs; None if SoundCharts has none.

        A series that SoundCharts does not know has no history.
        """
        first = start - timedelta(days=BASE_DAYS)
        newest = max(start, self.first_date or start) - timedelta(days=1)
        if self.status == "absent":
            return None
        if self.history_from is None:
            return first, newest
        # Values before the release show that it is the release of another edition.
        new = self.release_date and (self.first_date or self.release_date) >= self.release_date - NEW_EDITION
        end = history_end(self.release_date) if new else None
        if self.history_from <= max(first, end or first):
            return None
        return first, min(newest, self.history_from - timedelta(days=1))


def missing_ranges(held: Sequence[SeriesHeld], start: date | None) -> list[tuple[UUID, date, date]]:
    """Returns the days that each series needs for its gain from `start` on, or for that of its 7 days."""
    return [
        (series.uuid, *days)
        for series in held
        if (since := start or series.week) and (days := series.missing(since))
    ]


def series_held(platform_id: int, tracks: Sequence[UUID]) -> list[SeriesHeld]:
    """Returns the stored series of these tracks on a platform, in their order."""
    return rows(SeriesHeld, "series_held", platform_id=platform_id, tracks=list(tracks)) if tracks else []
