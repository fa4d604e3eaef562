"""The parameters of the list of charts, their labels and URLs."""

from typing import Any, NamedTuple, cast

from werkzeug.datastructures import MultiDict

from webapp.queries.charts.listed import ChartFilter, Health, Sort, chart_choices
from webapp.queries.lists.lists import KnownList
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.listing import A_TO_Z, BY_AGE, Column, Sorting, chips, filled_url, read_sorting
from webapp.views.shared.parameters import choice, filled, flag

HEALTH = {"": "Any", "healthy": "Healthy", "late": "Late", "failing": "Failing", "idle": "Idle"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("name", "Chart", "asc", A_TO_Z),
    Column("platform", "Platform", "asc", A_TO_Z),
    Column("place", "Place", "asc", A_TO_Z),
    Column("frequency", "Frequency", "asc", ("most frequent first", "least frequent first")),
    Column("newest", "Newest ranking", "desc", BY_AGE),
    Column("entries", "Entries", "desc", ("fewest first", "most first"), number=True),
    Column("health", "Health", "asc", ("failing first", "healthy first")),
)


class ChartListState(NamedTuple):
    """The parameters of the list; `choices` are values and names by filter."""

    narrow: ChartFilter
    sorting: Sorting[Sort]
    after: str | None
    choices: dict[str, list[tuple[str, str]]]
    known: KnownList | None

    def url(self, **other: object) -> str:
        """The URL of the list with overrides; defaults are omitted."""
        parameters: dict[str, Any] = {
            "q": self.narrow.typed,
            "platform": self.narrow.platform,
            "country": self.narrow.country,
            "frequency": self.narrow.frequency,
            "health": self.narrow.health,
            "active": "1" if self.narrow.active else None,
            "list": self.known.uuid if self.known else None,
            **self.sorting.parameters(),
        }
        return filled_url("charts.index", parameters | other)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Platform: {self._named('platform', narrow.platform)}", narrow.platform, "platform"),
            (f"Country: {self._named('country', narrow.country)}", narrow.country, "country"),
            (f"Frequency: {narrow.frequency}", narrow.frequency, "frequency"),
            (f"Health: {narrow.health}", narrow.health, "health"),
            ("Active", narrow.active, "active"),
            (f"List: {self.known.title if self.known else ''}", self.known, "list"),
        ]
        return chips(found, self.url)

    def _named(self, name: str, value: str) -> str:
        return dict(self.choices.get(name, [])).get(value, value)


def read_charts(given: MultiDict[str, str]) -> ChartListState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    known = read_list_filter(given)
    narrow = ChartFilter(
        given.get("q", ""),
        given.get("platform", ""),
        given.get("country", ""),
        given.get("frequency", ""),
        cast("Health", choice(given, "health", tuple(HEALTH))),
        flag(given, "active"),
        known.id if known else None,
    )
    sorting = read_sorting(given, COLUMNS)
    return ChartListState(narrow, sorting, given.get("after"), chart_choices(), known)
