"""What sorted and narrowed lists have in common: columns, headings, chips and the order in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

from flask import Response, make_response, render_template, url_for
from werkzeug.datastructures import MultiDict

from webapp.access.requests import wants_fragment
from webapp.queries import Order
from webapp.views.shared.parameters import choice

S = TypeVar("S", bound=str)

Address = Callable[..., str]
"""The address of the same list with other parameters; None leaves one out."""

A_TO_Z = ("A to Z", "Z to A")
BY_AGE = ("oldest first", "newest first")
BY_SIZE = ("smallest first", "largest first")


class Column(NamedTuple, Generic[S]):
    """A column that can be sorted by; `first` is its order when it is chosen, `ways` both orders in words."""

    sort: S
    label: str
    first: Order
    ways: tuple[str, str]
    number: bool = False


class Sorting(NamedTuple, Generic[S]):
    """The columns of a list and the chosen one; the first is chosen unless another is."""

    columns: Sequence[Column[S]]
    chosen: Column[S]
    order: Order

    @property
    def sort(self) -> S:
        """What is sorted by."""
        return self.chosen.sort

    def said(self) -> dict[str, Any]:
        """`sort` and `order` for an address, None where they are as at first."""
        return self._parameters(self.chosen, self.order)

    def words(self) -> str:
        """'by title, A to Z'."""
        return f"by {self.chosen.label.lower()}, {self.chosen.ways[self.order == 'desc']}"

    def headings(self, address: Address) -> list[dict[str, object]]:
        """The columns as the table macro takes them; choosing the sorted one turns it round."""
        return [self._heading(column, address) for column in self.columns]

    def _heading(self, column: Column[S], address: Address) -> dict[str, object]:
        heading: dict[str, object] = {"label": column.label, "number": column.number}
        order = column.first
        if column is self.chosen:
            order = "desc" if self.order == "asc" else "asc"
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading | {"href": address(**self._parameters(column, order))}

    def _parameters(self, column: Column[S], order: Order) -> dict[str, Any]:
        return {
            "sort": column.sort if column is not self.columns[0] else None,
            "order": order if order != column.first else None,
        }


def read_sorting(given: MultiDict[str, str], columns: Sequence[Column[S]]) -> Sorting[S]:
    """The column and order that an address asks for. Raises BadParameterError."""
    sort = choice(given, "sort", tuple(column.sort for column in columns))
    chosen = next(column for column in columns if column.sort == sort)
    order = choice(given, "order", ("asc", "desc")) if "order" in given else chosen.first
    return Sorting(columns, chosen, cast("Order", order))


def filled_address(endpoint: str, said: Mapping[str, Any]) -> str:
    """The address with what is said; what is empty, as it is at first, is left out."""
    return url_for(endpoint, **{name: value for name, value in said.items() if value})


def chips(filters: Iterable[tuple[str, object, str]], address: Address) -> list[tuple[str, str]]:
    """Each filter that is set, in words, with the address that drops it.

    `filters` are words, value and the name of the parameter.
    """
    return [(words, address(**{name: None})) for words, value, name in filters if value]


def list_response(fragment: str, page: str, address: str, **shown: object) -> Response:
    """The list alone for HTMX, or the page around it; `address` is the short form of what its fields said."""
    if not wants_fragment():
        return make_response(render_template(page, **shown))
    response = make_response(render_template(fragment, **shown))
    response.headers["HX-Push-Url"] = address
    return response
