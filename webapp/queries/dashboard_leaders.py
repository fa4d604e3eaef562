"""Which tracks gained most on a platform over a window that ends at the newest date known of it."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from webapp.queries import rows
from webapp.queries.dashboard import ROWS_SHOWN, Narrow, Window


class AudiencePlatform(NamedTuple):
    """A platform with audience, and the newest date of any track there."""

    id: int
    slug: str
    name: str
    metric_name: str
    newest_date: date


class Leader(NamedTuple):
    """A track's gain over a window, and its change on the window before, a share of that one's gain.

    `last_date` is before the window's end where the track's own newest value is older. `by_gain` and
    `by_change` are its places; None where it is not among the first.
    """

    uuid: UUID
    name: str
    credit_name: str
    last_date: date
    total: int
    gain: int
    gain_before: int | None
    change: float | None
    by_gain: int | None
    by_change: int | None


def audience_platforms(platform_id: int | None) -> list[AudiencePlatform]:
    """The platforms with audience (or that one, if it has any), each with its newest date."""
    return rows(AudiencePlatform, "dashboard_audience_platforms", platform_id=platform_id)


def leaders_window(platform: AudiencePlatform, window: Window) -> Window:
    """As many days as `window` has, to the platform's newest date or the end of `window`, the earlier."""
    end = min(platform.newest_date, window.end)
    return Window(end - (window.end - window.start), end)


def audience_leaders(
    platform: AudiencePlatform, window: Window, narrow: Narrow, released_since: date | None
) -> list[Leader]:
    """The first by gain and the first by change; of a country's charts, where one is given."""
    return rows(
        Leader,
        "dashboard_leaders",
        platform_id=platform.id,
        end=window.end,
        days=window.days,
        country=narrow.country,
        list_id=narrow.list_id,
        released_since=released_since,
        size=ROWS_SHOWN,
    )
