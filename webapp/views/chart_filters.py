"""The list of charts as its address asks for it, in words, and the addresses that ask otherwise."""

from typing import Any, NamedTuple, cast

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.queries.chart_list import ChartFilter, Health, Order, Sort, chart_choices
from webapp.views.parameters import choice, flag
from webapp.views.track_filters import clean

HEALTH = {"": "Any", "healthy": "Healthy", "late": "Late", "failing": "Failing", "idle": "Idle"}


class Column(NamedTuple):
    """A column that can be sorted by; `first` is its order when it is chosen, `ways` both orders in words."""

    sort: Sort
    label: str
    first: Order
    ways: tuple[str, str]
    number: bool = False


COLUMNS = (
    Column("name", "Chart", "asc", ("A to Z", "Z to A")),
    Column("platform", "Platform", "asc", ("A to Z", "Z to A")),
    Column("place", "Place", "asc", ("A to Z", "Z to A")),
    Column("frequency", "Frequency", "asc", ("most frequent first", "least frequent first")),
    Column("newest", "Newest ranking", "desc", ("oldest first", "newest first")),
    Column("entries", "Entries", "desc", ("fewest first", "most first"), number=True),
    Column("health", "Health", "asc", ("failing first", "healthy first")),
)
BY_SORT = {column.sort: column for column in COLUMNS}


class ChartListState(NamedTuple):
    """What an address of the list asks for; `choices` are values and names by filter."""

    narrow: ChartFilter
    sort: Sort
    order: Order
    after: str | None
    choices: dict[str, list[tuple[str, str]]]

    def address(self, **other: object) -> str:
        """The address of the same list with something else; what is as at first is left out."""
        said: dict[str, Any] = {
            "q": self.narrow.typed,
            "platform": self.narrow.platform,
            "country": self.narrow.country,
            "frequency": self.narrow.frequency,
            "health": self.narrow.health,
            "active": "1" if self.narrow.active else None,
            "sort": self.sort if self.sort != "name" else None,
            "order": self.order if self.order != BY_SORT[self.sort].first else None,
        }
        return url_for("charts.index", **{name: value for name, value in (said | other).items() if value})

    @property
    def headings(self) -> list[dict[str, object]]:
        """The columns as the table macro takes them; choosing the sorted one turns it round."""
        return [self._heading(column) for column in COLUMNS]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, with the address that drops it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Platform: {self._named('platform', narrow.platform)}", narrow.platform, "platform"),
            (f"Country: {self._named('country', narrow.country)}", narrow.country, "country"),
            (f"Frequency: {narrow.frequency}", narrow.frequency, "frequency"),
            (f"Health: {narrow.health}", narrow.health, "health"),
            ("Active", narrow.active, "active"),
        ]
        return [(words, self.address(**{name: None})) for words, value, name in found if value]

    @property
    def sorted_by(self) -> str:
        """'by chart, A to Z': the order in words."""
        column = BY_SORT[self.sort]
        return f"by {column.label.lower()}, {column.ways[self.order == 'desc']}"

    def _named(self, name: str, value: str) -> str:
        return dict(self.choices.get(name, [])).get(value, value)

    def _heading(self, column: Column) -> dict[str, object]:
        chosen = column.sort == self.sort
        order = ("desc" if self.order == "asc" else "asc") if chosen else column.first
        heading: dict[str, object] = {
            "label": column.label,
            "number": column.number,
            "href": self.address(
                sort=column.sort if column.sort != "name" else None,
                order=order if order != column.first else None,
            ),
        }
        if chosen:
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading


def read_charts(given: MultiDict[str, str]) -> ChartListState:
    """What an address asks for; a field left empty counts as not given. Raises BadParameterError."""
    filled = MultiDict((name, clean(value)) for name, value in given.items() if clean(value))
    sort = cast("Sort", choice(filled, "sort", tuple(BY_SORT)))
    first = BY_SORT[sort].first
    narrow = ChartFilter(
        filled.get("q", ""),
        filled.get("platform", ""),
        filled.get("country", ""),
        filled.get("frequency", ""),
        cast("Health", choice(filled, "health", tuple(HEALTH))),
        flag(filled, "active"),
    )
    order = choice(filled, "order", ("asc", "desc")) if "order" in filled else first
    return ChartListState(narrow, sort, cast("Order", order), filled.get("after"), chart_choices())
