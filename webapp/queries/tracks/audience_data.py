"""The stored values of one series, and their former values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.models import Platform, Track
from webapp.queries import rows

PAGE_SIZE = 50
MOST_POINTS = 10_000
"""The most rows of a file: 27 years of days."""


class Identifier(NamedTuple):
    """The contribution of one identifier to a value; None if the API has no value for it."""

    name: str
    value: int | None


class PointRow(NamedTuple):
    """A stored value; `gain` is the difference to the last earlier one, `covers` days before.

    The run is the one that received the value, if known.
    """

    date: date
    total: int
    gain: int | None
    covers: int | None
    fetched_at: datetime
    api_data: Any
    run_uuid: UUID | None
    run_number: int | None

    @property
    def identifiers(self) -> list[Identifier]:
        """The identifiers in the received item; none if it is not from the API."""
        plots = self.api_data.get("plots") if isinstance(self.api_data, dict) else None
        return [
            Identifier(str(plot.get("identifier") or ""), plot.get("value"))
            for plot in plots or []
            if isinstance(plot, dict)
        ]


class FormerRow(NamedTuple):
    """A former value, valid until `revised_at`, and the run that changed it, if still known."""

    date: date
    former_value: int
    former_fetched_at: datetime
    revised_at: datetime
    run_uuid: UUID | None
    run_number: int | None


class PointFilter(NamedTuple):
    """A filter of a series' values; both dates are inclusive."""

    start_date: date | None = None
    end_date: date | None = None
    revised: bool = False


class PointPage(NamedTuple):
    """A page of values, newest first, with former ones by date; `before` is the key of the next page."""

    points: Sequence[PointRow]
    former: Mapping[date, list[FormerRow]]
    before: date | None


def point_page(
    track: Track,
    platform: Platform,
    narrow: PointFilter,
    before: date | None = None,
    size: int = PAGE_SIZE,
) -> PointPage:
    """Returns the newest filtered values before `before`."""
    series = {"track_id": track.id, "platform_id": platform.id}
    found = rows(PointRow, "audience_points", **series, **narrow._asdict(), before=before, size=size + 1)
    page = found[:size]
    former: defaultdict[date, list[FormerRow]] = defaultdict(list)
    if page:
        for row in rows(FormerRow, "audience_former", **series, first=page[-1].date, last=page[0].date):
            former[row.date].append(row)
    return PointPage(page, former, page[-1].date if len(found) > size else None)
