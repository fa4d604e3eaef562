"""Shared parts of sorted and filtered lists: columns, headings, chips and the order in words."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

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
    """A column; `first` is its initial order, `ways` are both orders in words, none if it does not sort.

    A `wide` column is not shown on a phone. An `extra` one is not shown until a user chooses it. `called` is
    what it sorts by, where its label does not say that.
    """

    sort: S
    label: str
    first: Order
    ways: tuple[str, str] | None
    number: bool = False
    wide: bool = False
    extra: bool = False
    called: str = ""


class Sorting(NamedTuple, Generic[S]):
    """The columns of a list and the sorted one; `initial` is the one that a list opens with."""

    columns: Sequence[Column[S]]
    chosen: Column[S]
    order: Order
    initial: Column[S]

    @property
    def sort(self) -> S:
        """The name of the sorted column."""
        return self.chosen.sort

    def parameters(self) -> dict[str, Any]:
        """Returns `sort` and `order` for a URL; None for defaults."""
        return self._parameters(self.chosen, self.order)

    def words(self) -> str:
        """Returns 'by title, A to Z'."""
        ways = self.chosen.ways or ("", "")
        return f"by {self.chosen.called or self.chosen.label.lower()}, {ways[self.order == 'desc']}"

    def headings(
        self, url: UrlBuilder, columns: Sequence[Column[S]] | None = None
    ) -> list[dict[str, object]]:
        """Returns the columns for the table macro; clicking the sorted column reverses the order."""
        return [self._heading(column, url) for column in columns or self.columns]

    def _heading(self, column: Column[S], url: UrlBuilder) -> dict[str, object]:
        heading: dict[str, object] = {"label": column.label, "number": column.number, "wide": column.wide}
        if column.ways is None:
            return heading
        order = column.first
        if column is self.chosen:
            order = "desc" if self.order == "asc" else "asc"
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading | {"href": url(**self._parameters(column, order))}

    def _parameters(self, column: Column[S], order: Order) -> dict[str, Any]:
        return {
            "sort": column.sort if column is not self.initial else None,
            "order": order if order != column.first else None,
        }


def read_sorting(given: MultiDict[str, str], columns: Sequence[Column[S]], opens_by: str = "") -> Sorting[S]:
    """Reads `sort` and `order`; without them a list opens by `opens_by`, else by its first column.

    Raises BadParameterError.
    """
    named = {str(column.sort): column for column in columns if column.ways}
    initial = named[opens_by] if opens_by else columns[0]
    chosen = named[choice({"sort": initial.sort} | given.to_dict(), "sort", tuple(named))]
    order = choice(given, "order", ("asc", "desc")) if "order" in given else chosen.first
    return Sorting(columns, chosen, cast("Order", order), initial=initial)


class Located(Protocol):
    """The state of a page."""

    def url(self) -> str: ...


def list_response(folder: str, state: Located, *, url: str = "", **shown: object) -> Response:
    """Returns the page of a folder of templates; for HTMX its list, with the URL, by default the state's."""
    if not wants_fragment():
        return make_response(render_template(f"{folder}/index.html", state=state, **shown))
    body = render_template(f"{folder}/_list.html", state=state, **shown, is_fragment=True)
    response = make_response(body)
    response.headers["HX-Push-Url"] = url or state.url()
    return response
