"""Several tracks on one platform, by date or by day since their release."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

from webapp.dates import FIRST_DATE
from webapp.queries import rows
from webapp.queries.audience import RangeGain
from webapp.series import Caveat

By = Literal["date", "release"]


class ComparedPoint(NamedTuple):
    """A track's value on a date; `day` counts from its release (day 0), None where that is not known.

    `gain` is the difference to the last earlier total, `covers` days before; `range_gain` that of the range.
    """

    track_id: int
    date: dt.date
    day: int | None
    total: int
    gain: int | None
    covers: int | None
    identifiers_changed: bool
    fetched_at: dt.datetime
    range_base_date: dt.date | None
    range_gain: int | None
    range_caveat: Caveat | None


def compared(
    track_ids: Sequence[int], platform_id: int, by: By, days: int | None
) -> dict[int, list[ComparedPoint]]:
    """The points by track, oldest first; tracks without any are left out.

    `days` keeps the last days up to the newest date of all, or the first days since each release; None keeps
    everything. By release, tracks without a release date have no points.
    """
    found: defaultdict[int, list[ComparedPoint]] = defaultdict(list)
    for point in rows(
        ComparedPoint,
        "tracks_compared",
        track_ids=list(track_ids),
        platform_id=platform_id,
        by=by,
        days=days,
        first_date=FIRST_DATE,
    ):
        found[point.track_id].append(point)
    return dict(found)


def range_gain(points: Sequence[ComparedPoint]) -> RangeGain:
    """What the points of one track come to."""
    first, last = points[0], points[-1]
    return RangeGain(
        last.date,
        last.total,
        last.range_base_date,
        last.range_gain,
        first.date,
        first.total,
        last.range_caveat,
    )
