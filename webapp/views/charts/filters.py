"""The parameters of the list of charts, their labels and URLs."""

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from webapp.queries.charts.listed import ChartFilter, Health, Sort, chart_choices
from webapp.queries.lists.lists import KnownList
from webapp.views.shared.listing import A_TO_Z, BY_AGE, Column
from webapp.views.shared.state import SortedState, cursor, one_of, switch, text, user_list

HEALTH = {"": "Any", "healthy": "Healthy", "late": "Late", "failing": "Failing", "idle": "Idle"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("name", "Chart", "asc", ways=A_TO_Z, called="name"),
    Column("platform", "Platform", "asc", ways=A_TO_Z, wide=True),
    Column("place", "Place", "asc", ways=A_TO_Z, wide=True),
    Column("frequency", "Frequency", "asc", ways=("most frequent first", "least frequent first"), wide=True),
    Column("newest", "Newest ranking", "desc", ways=BY_AGE, called="date of the ranking"),
    Column("entries", "Entries", "desc", ways=("fewest first", "most first"), number=True),
    Column("health", "Health", "asc", ways=("failing first", "healthy first")),
)


@dataclass(frozen=True, kw_only=True)
class ChartListState(SortedState[Sort]):
    """The parameters of the list; `choices` are values and names by filter."""

    endpoint = "charts.index"
    columns = COLUMNS
    opens_by = "newest"

    q: str = text("Search: {}")
    platform: str = text(lambda state: f"Platform: {state.named('platform')}")
    country: str = text(lambda state: f"Country: {state.named('country')}")
    frequency: str = text("Frequency: {}")
    health: Health = one_of(tuple(HEALTH), "Health: {}")
    active: bool = switch("Active")
    known: KnownList | None = user_list()
    after: str | None = cursor(lambda given, name: given[name])
    choices: dict[str, list[tuple[str, str]]]

    @property
    def narrow(self) -> ChartFilter:
        """The filter for queries."""
        return self.narrowed(ChartFilter, typed=self.q, list_id=self.known.id if self.known else None)

    def named(self, name: str) -> str:
        """Returns the name of a filter's value."""
        value: str = getattr(self, name)
        return dict(self.choices.get(name, [])).get(value, value)


def read_charts(given: MultiDict[str, str]) -> ChartListState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    return ChartListState.read(given, choices=chart_choices())
