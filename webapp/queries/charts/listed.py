"""The list of charts, with sorting, filters and paging by key."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Literal, NamedTuple

from sqlalchemy import TextClause

from webapp.extensions import db
from webapp.queries import Order, filled, rows
from webapp.queries.search.pages import list_words

PAGE_SIZE = 50

Sort = Literal["name", "platform", "place", "frequency", "newest", "entries", "health"]
Health = Literal["", "healthy", "late", "failing", "idle"]

KEYS: dict[Sort, str] = {
    "name": "lower(listed.name)",
    "platform": "lower(listed.platform_name)",
    "place": "lower(listed.place)",
    "frequency": "chart_period(listed.frequency)",
    "newest": "listed.last_ranked_on",
    "entries": "listed.entry_count",
    "health": "array_position(ARRAY['failing', 'late', 'healthy', 'idle'], listed.health)",
}


class ChartFilter(NamedTuple):
    """A filter of the list; empty means all. `country` is a code, '-' worldwide."""

    typed: str = ""
    platform: str = ""
    country: str = ""
    frequency: str = ""
    health: Health = ""
    active: bool = False
    list_id: int | None = None


class ListedChart(NamedTuple):
    """A chart with its health and its newest ranking, if it has one."""

    id: int
    slug: str
    name: str
    platform_slug: str
    platform_name: str
    place: str
    frequency: str
    sync_error: str
    last_ranked_on: date | None
    last_synced_at: datetime | None
    health: str
    is_active: bool
    entry_count: int | None


class ChartPage(NamedTuple):
    """A page; `after` is the key of the next one. `total` counts the filtered charts, `idle` disabled ones.

    `is_near` is as in `Words`.
    """

    charts: Sequence[ListedChart]
    after: str | None
    total: int
    idle: int
    is_near: bool = False


class _Choice(NamedTuple):
    filter: str
    value: str
    name: str


def chart_page(
    narrow: ChartFilter, sort: Sort, order: Order, after: str | None, *, size: int = PAGE_SIZE
) -> ChartPage:
    """Returns a page of the list: enabled charts come first, and in each part those without a value last."""
    words = list_words("chart", narrow.typed)
    parameters = {
        "words": words.query if narrow.typed.strip() else None,
        "platform": narrow.platform or None,
        "country": narrow.country or None,
        "frequency": narrow.frequency or None,
        "health": narrow.health or None,
        "active": narrow.active,
        "list_id": narrow.list_id,
        "after": after,
        "size": size + 1,
    }
    found = db.session.execute(_listed(sort, order), parameters).mappings().all()
    charts = [ListedChart(**{name: row[name] for name in ListedChart._fields}) for row in found]
    page = charts[:size]
    total, idle = (found[0]["total"], found[0]["idle"]) if found else (0, 0)
    return ChartPage(
        page,
        after=page[-1].slug if len(charts) > size else None,
        total=total,
        idle=idle,
        is_near=words.is_near,
    )


def chart_choices() -> dict[str, list[tuple[str, str]]]:
    """Returns value and name of every platform, country and frequency of charts."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for choice in rows(_Choice, "charts_choices"):
        found[choice.filter].append((choice.value, choice.name))
    return found


@cache
def _listed(sort: Sort, order: Order) -> TextClause:
    """Returns the statement for a column and direction."""
    return filled("charts_listed", key=KEYS[sort], order=order, sign=">" if order == "asc" else "<")
