"""The parameters of the list of artists, their labels and URLs."""

from typing import Any, NamedTuple, cast
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.queries.artists.listed import ArtistFilter, Data, Sort, artist_page
from webapp.queries.lists.lists import KnownList
from webapp.queries.platforms.countries import country_names
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.listing import A_TO_Z, BY_AGE, Column, Sorting, chips, filled_url, read_sorting
from webapp.views.shared.parameters import choice, filled, read_uuid

TRACKS = {"": "Any", "1": "1 or more", "2": "2 or more", "5": "5 or more", "10": "10 or more"}
BEST = {"": "Any", "1": "Number 1", "10": "Top 10", "100": "Top 100"}
DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No audience"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("name", "Artist", "asc", A_TO_Z),
    Column("country", "Country", "asc", ("by code, A to Z", "by code, Z to A")),
    Column("stage", "Career stage", "asc", A_TO_Z),
    Column("tracks", "Tracks held", "desc", ("fewest first", "most first"), number=True),
    Column("best", "Best position", "asc", ("best first", "worst first"), number=True),
    Column("newest", "Newest date", "desc", BY_AGE),
)


class ArtistListState(NamedTuple):
    """The parameters of the list; `countries` are names by code."""

    narrow: ArtistFilter
    sorting: Sorting[Sort]
    after: UUID | None
    countries: dict[str, str]
    known: KnownList | None

    def url(self, **other: object) -> str:
        """The URL of the list with overrides; defaults are omitted."""
        narrow = self.narrow
        parameters: dict[str, Any] = {
            "q": narrow.typed,
            "country": narrow.country,
            "stage": narrow.stage,
            "tracks": narrow.tracks,
            "best": narrow.best,
            "data": narrow.data,
            "list": self.known.uuid if self.known else None,
            **self.sorting.parameters(),
        }
        return filled_url("artists.index", parameters | other)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Country: {self.countries.get(narrow.country, narrow.country)}", narrow.country, "country"),
            (f"Career stage: {narrow.stage}", narrow.stage, "stage"),
            (f"Tracks held: {TRACKS[str(narrow.tracks or '')].lower()}", narrow.tracks, "tracks"),
            (f"Best position: {BEST[str(narrow.best or '')].lower()}", narrow.best, "best"),
            (f"Data: {DATA[narrow.data].lower()}", narrow.data, "data"),
            (f"List: {self.known.title if self.known else ''}", self.known, "list"),
        ]
        return chips(found, self.url)


def read_artists(given: MultiDict[str, str], countries: dict[str, str]) -> ArtistListState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    known = read_list_filter(given)
    narrow = ArtistFilter(
        given.get("q", ""),
        given.get("country", ""),
        given.get("stage", ""),
        int(choice(given, "tracks", tuple(TRACKS)) or 0) or None,
        int(choice(given, "best", tuple(BEST)) or 0) or None,
        cast("Data", choice(given, "data", tuple(DATA))),
        known.id if known else None,
    )
    sorting, after = read_sorting(given, COLUMNS), read_uuid(given, "after")
    return ArtistListState(narrow, sorting, after, countries, known)


def listed_artists(given: MultiDict[str, str]) -> dict[str, Any]:
    """Returns the context of the table of artists. Raises BadParameterError."""
    state = read_artists(given, country_names())
    found = artist_page(state.narrow, state.sorting.sort, state.sorting.order, state.after)
    return {"state": state, "found": found}
