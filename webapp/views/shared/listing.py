"""Shared parts of sorted and filtered lists: columns, headings, chips and the order in words."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

from flask import Response, make_response, render_template
from werkzeug.datastructures import MultiDict

from webapp.access.requests import wants_fragment
from webapp.queries import Order
from webapp.views.shared.parameters import choice

S = TypeVar("S", bound=str)

UrlBuilder = Callable[..., str]
"""Builds the URL of the list with overrides; None omits a parameter."""

A_TO_Z = ("A to Z", "Z to A")
BY_AGE = ("oldest first", "newest first")
BY_SIZE = ("smallest first", "largest first")


class Column(NamedTuple, Generic[S]):
    """A sortable column; `first` is its initial order, `ways` are both orders in words."""

    sort: S
    label: str
    first: Order
    ways: tuple[str, str]
    number: bool = False


class Sorting(NamedTuple, Generic[S]):
    """The columns of a list and the sorted one, by default the first."""

    columns: Sequence[Column[S]]
    chosen: Column[S]
    order: Order

    @property
    def sort(self) -> S:
        """The name of the sorted column."""
        return self.chosen.sort

    def parameters(self) -> dict[str, Any]:
        """Returns `sort` and `order` for a URL; None for defaults."""
        return self._parameters(self.chosen, self.order)

    def words(self) -> str:
        """Returns 'by title, A to Z'."""
        return f"by {self.chosen.label.lower()}, {self.chosen.ways[self.order == 'desc']}"

    def headings(self, url: UrlBuilder) -> list[dict[str, object]]:
        """Returns the columns for the table macro; clicking the sorted column reverses the order."""
        return [self._heading(column, url) for column in self.columns]

    def _heading(self, column: Column[S], url: UrlBuilder) -> dict[str, object]:
        heading: dict[str, object] = {"label": column.label, "number": column.number}
        order = column.first
        if column is self.chosen:
            order = "desc" if self.order == "asc" else "asc"
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading | {"href": url(**self._parameters(column, order))}

    def _parameters(self, column: Column[S], order: Order) -> dict[str, Any]:
        return {
            "sort": column.sort if column is not self.columns[0] else None,
            "order": order if order != column.first else None,
        }


def read_sorting(given: MultiDict[str, str], columns: Sequence[Column[S]]) -> Sorting[S]:
    """Reads `sort` and `order`. Raises BadParameterError."""
    sort = choice(given, "sort", tuple(column.sort for column in columns))
    chosen = next(column for column in columns if column.sort == sort)
    order = choice(given, "order", ("asc", "desc")) if "order" in given else chosen.first
    return Sorting(columns, chosen, cast("Order", order))


def list_response(fragment: str, page: str, url: str, **shown: object) -> Response:
    """Returns the list alone for HTMX, otherwise the page; `url` is the shortest URL of its filters."""
    if not wants_fragment():
        return make_response(render_template(page, **shown))
    response = make_response(render_template(fragment, **shown))
    response.headers["HX-Push-Url"] = url
    return response
