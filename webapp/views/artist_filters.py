"""The list of artists as its address asks for it, in words, and the addresses that ask otherwise."""

from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.queries.artist_list import ArtistFilter, Data, Order, Sort
from webapp.views.parameters import choice
from webapp.views.track_filters import clean, read_uuid

TRACKS = {"": "Any", "1": "1 or more", "2": "2 or more", "5": "5 or more", "10": "10 or more"}
BEST = {"": "Any", "1": "Number 1", "10": "Top 10", "100": "Top 100"}
DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No audience"}


class Column(NamedTuple):
    """A column that can be sorted by; `first` is its order when it is chosen, `ways` both orders in words."""

    sort: Sort
    label: str
    first: Order
    ways: tuple[str, str]
    number: bool = False


COLUMNS = (
    Column("name", "Artist", "asc", ("A to Z", "Z to A")),
    Column("country", "Country", "asc", ("by code, A to Z", "by code, Z to A")),
    Column("stage", "Career stage", "asc", ("A to Z", "Z to A")),
    Column("tracks", "Tracks held", "desc", ("fewest first", "most first"), number=True),
    Column("best", "Best position", "asc", ("best first", "worst first"), number=True),
    Column("newest", "Newest date", "desc", ("oldest first", "newest first")),
)
BY_SORT = {column.sort: column for column in COLUMNS}


class ArtistListState(NamedTuple):
    """What an address of the list asks for; `countries` are names by code."""

    narrow: ArtistFilter
    sort: Sort
    order: Order
    after: UUID | None
    countries: dict[str, str]

    def address(self, **other: object) -> str:
        """The address of the same list with something else; what is as at first is left out."""
        narrow = self.narrow
        said: dict[str, Any] = {
            "q": narrow.typed,
            "country": narrow.country,
            "stage": narrow.stage,
            "tracks": narrow.tracks,
            "best": narrow.best,
            "data": narrow.data,
            "sort": self.sort if self.sort != "name" else None,
            "order": self.order if self.order != BY_SORT[self.sort].first else None,
        }
        return url_for("artists.index", **{name: value for name, value in (said | other).items() if value})

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, with the address that drops it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Country: {self.countries.get(narrow.country, narrow.country)}", narrow.country, "country"),
            (f"Career stage: {narrow.stage}", narrow.stage, "stage"),
            (f"Tracks held: {TRACKS[str(narrow.tracks or '')].lower()}", narrow.tracks, "tracks"),
            (f"Best position: {BEST[str(narrow.best or '')].lower()}", narrow.best, "best"),
            (f"Data: {DATA[narrow.data].lower()}", narrow.data, "data"),
        ]
        return [(words, self.address(**{name: None})) for words, value, name in found if value]

    @property
    def sorted_by(self) -> str:
        """'by artist, A to Z': the order in words."""
        column = BY_SORT[self.sort]
        return f"by {column.label.lower()}, {column.ways[self.order == 'desc']}"

    @property
    def headings(self) -> list[dict[str, object]]:
        """The columns as the table macro takes them; choosing the sorted one turns it round."""
        return [self._heading(column) for column in COLUMNS]

    def _heading(self, column: Column) -> dict[str, object]:
        heading: dict[str, object] = {"label": column.label, "number": column.number}
        chosen = column.sort == self.sort
        order = ("desc" if self.order == "asc" else "asc") if chosen else column.first
        heading["href"] = self.address(
            sort=column.sort if column.sort != "name" else None,
            order=order if order != column.first else None,
        )
        if chosen:
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading


def read_artists(given: MultiDict[str, str], countries: dict[str, str]) -> ArtistListState:
    """What an address asks for; a field left empty counts as not given. Raises BadParameterError."""
    filled = MultiDict((name, clean(value)) for name, value in given.items() if clean(value))
    sort = cast("Sort", choice(filled, "sort", tuple(BY_SORT)))
    order = choice(filled, "order", ("asc", "desc")) if "order" in filled else BY_SORT[sort].first
    narrow = ArtistFilter(
        filled.get("q", ""),
        filled.get("country", ""),
        filled.get("stage", ""),
        int(choice(filled, "tracks", tuple(TRACKS)) or 0) or None,
        int(choice(filled, "best", tuple(BEST)) or 0) or None,
        cast("Data", choice(filled, "data", tuple(DATA))),
    )
    return ArtistListState(narrow, sort, cast("Order", order), read_uuid(filled, "after"), countries)
