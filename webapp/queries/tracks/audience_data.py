"""The stored values of one series as they stand in the table, and what they were before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from webapp.models import Platform, Track
from webapp.queries import rows

PAGE_SIZE = 50
MOST_POINTS = 10_000
"""Of a file; 27 years of days."""


class Identifier(NamedTuple):
    """What one identifier of the platform contributed to a value; None where the API gave it no value."""

    name: str
    value: int | None


class PointRow(NamedTuple):
    """A stored value; `gain` is since the last earlier one, `covers` days before.

    The run is the one whose answer it is, where that is known.
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
        """The identifiers in what was received; none where it came otherwise than from the API."""
        plots = self.api_data.get("plots") if isinstance(self.api_data, dict) else None
        return [
            Identifier(str(plot.get("identifier") or ""), plot.get("value"))
            for plot in plots or []
            if isinstance(plot, dict)
        ]


class FormerRow(NamedTuple):
    """What a value was until `revised_at`, and the run that changed it, where that is still known."""

    date: date
    former_value: int
    former_fetched_at: datetime
    revised_at: datetime
    run_uuid: UUID | None
    run_number: int | None


class PointFilter(NamedTuple):
    """Which values of a series are shown; both dates are included."""

    start_date: date | None = None
    end_date: date | None = None
    revised: bool = False


class PointPage(NamedTuple):
    """A page of values, newest first, with the former ones by date; `before` leads to the next page."""

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
    """The newest values that the filter leaves, older than `before`."""
    series = {"track_id": track.id, "platform_id": platform.id}
    found = rows(PointRow, "audience_points", **series, **narrow._asdict(), before=before, size=size + 1)
    page = found[:size]
    former: defaultdict[date, list[FormerRow]] = defaultdict(list)
    if page:
        for row in rows(FormerRow, "audience_former", **series, first=page[-1].date, last=page[0].date):
            former[row.date].append(row)
    return PointPage(page, former, page[-1].date if len(found) > size else None)
