"""A list in figures: totals by platform, what moves, where its tracks are charted, and how fresh it is."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from webapp.lib.clock import today
from webapp.queries import one, rows

MOST = 5


class Overview(NamedTuple):
    """A list's own tracks and artists, and of `all_tracks` with those of its artists: freshness and charts.

    `charted` tracks have `appearances` in the newest rankings of `charts`; `best` is the best position.
    """

    tracks: int
    artists: int
    all_tracks: int
    fresh: int
    without_data: int
    charted: int
    appearances: int
    charts: int
    best: int | None

    @property
    def older(self) -> int:
        """The number of tracks with data that is older than 3 days."""
        return self.all_tracks - self.fresh - self.without_data


class ListPlatform(NamedTuple):
    """The audience on a platform: of the tracks `with_data`, `counted` are in the `gain` of 7 days.

    `noted` of those have a gain with a note.
    """

    slug: str
    name: str
    metric_name: str
    with_data: int
    total: int
    gain: int | None
    counted: int
    noted: int
    last_date: date


class Highlight(NamedTuple):
    """A track of a list: `kind` is up or down by the change of its 7 days, or charted at `position`."""

    kind: str
    uuid: UUID
    name: str
    credit_name: str
    gain_7_days: int | None
    gain_change: float | None
    position: int | None
    chart_slug: str | None
    chart_name: str | None
    chart_place: str | None
    platform_name: str | None


def list_overview(list_id: int) -> Overview:
    """Returns the sizes of a list, the freshness of its tracks and their current chart positions."""
    found = one(Overview, "list_overview", list_id=list_id, today=today())
    if found is None:
        raise LookupError("a count returned no row")
    return found


def list_platforms(list_id: int) -> Sequence[ListPlatform]:
    """Returns the audience of a list's tracks by platform, those with most tracks first."""
    return rows(ListPlatform, "list_platforms", list_id=list_id, today=today())


def list_highlights(list_id: int, platform: str) -> dict[str, list[Highlight]]:
    """Returns at most 5 tracks each of 'up' and 'down' on a platform, and of 'charted'."""
    found = rows(Highlight, "list_highlights", list_id=list_id, platform=platform, today=today(), size=MOST)
    return {kind: [row for row in found if row.kind == kind] for kind in ("up", "down", "charted")}
