"""The parameters of the list of artists, their labels and URLs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from webapp.queries.artists.listed import ArtistFilter, Data, Sort, artist_page
from webapp.queries.lists.lists import KnownList
from webapp.queries.platforms.countries import country_names
from webapp.views.shared.listing import A_TO_Z, BY_AGE, BY_SIZE, Column
from webapp.views.shared.parameters import choice, read_uuid
from webapp.views.shared.state import PlatformState, SortedState, cursor, one_of, parameter, text, user_list

TRACKS = {"": "Any", "1": "1 or more", "2": "2 or more", "5": "5 or more", "10": "10 or more"}
BEST = {"": "Any", "1": "Number 1", "10": "Top 10", "100": "Top 100"}
DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No audience"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("name", "Artist", "asc", ways=A_TO_Z, called="name"),
    Column("gain", "7 days", "desc", ways=BY_SIZE, number=True, called="gain of 7 days"),
    Column(
        "data",
        "With data",
        "desc",
        ways=("fewest first", "most first"),
        number=True,
        called="tracks with data",
    ),
    Column("country", "Country", "asc", ways=A_TO_Z, called="country code", wide=True),
    Column("stage", "Career stage", "asc", ways=A_TO_Z, wide=True),
    Column("tracks", "Tracks", "desc", ways=("fewest first", "most first"), number=True, wide=True),
    Column(
        "best", "Best position", "asc", ways=("best first", "worst first"), number=True, called="position"
    ),
    Column("newest", "Newest date", "desc", ways=BY_AGE, called="date"),
)


def _fewest(given: MultiDict[str, str], name: str) -> int:
    return int(choice(given, name, tuple(TRACKS)))


def _worst(given: MultiDict[str, str], name: str) -> int:
    return int(choice(given, name, tuple(BEST)))


@dataclass(frozen=True, kw_only=True)
class ArtistListState(SortedState[Sort], PlatformState):
    """The parameters of the list; `countries` are names by code."""

    endpoint = "artists.index"
    columns = COLUMNS
    opens_by = "gain"

    q: str = text("Search: {}")
    country: str = text(lambda state: f"Country: {state.countries.get(state.country, state.country)}")
    stage: str = text("Career stage: {}")
    tracks: int | None = parameter(_fewest, lambda state: f"Tracks: {TRACKS[str(state.tracks)].lower()}")
    best: int | None = parameter(_worst, lambda state: f"Best position: {BEST[str(state.best)].lower()}")
    data: Data = one_of(tuple(DATA), lambda state: f"Data: {DATA[state.data].lower()}")
    known: KnownList | None = user_list()
    after: UUID | None = cursor(read_uuid)
    countries: dict[str, str]

    @property
    def narrow(self) -> ArtistFilter:
        """The filter for queries."""
        list_id = self.known.id if self.known else None
        return self.narrowed(ArtistFilter, typed=self.q, list_id=list_id, platform_id=self.platform.id)


def listed_artists(given: MultiDict[str, str]) -> dict[str, Any]:
    """Returns the context of the table of artists. Raises BadParameterError."""
    state = ArtistListState.read(given, countries=country_names())
    found = artist_page(state.narrow, state.sorting.sort, state.sorting.order, after=state.after)
    return {"state": state, "found": found}
