"""The list of artists, with sorting, filters and paging by key."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause

from webapp.extensions import db
from webapp.lib.clock import today
from webapp.queries import Order, filled, rows
from webapp.queries.search.pages import list_words

PAGE_SIZE = 50

Sort = Literal["name", "gain", "data", "country", "stage", "tracks", "best", "newest"]
Data = Literal["", "fresh", "stale", "none"]

# The sort key of each column, and the substitutes that sort unknown values last: ascending, descending.
KEYS: dict[Sort, tuple[str, str, str]] = {
    "name": ("lower(artists.name)", "''", "''"),
    "gain": ("CAST(heard.gain AS bigint)", "9223372036854775807", "-9223372036854775808"),
    "data": ("heard.with_data", "0", "0"),
    "country": ("nullif(artists.country_code, '')", "'zzzz'", "''"),
    "stage": ("nullif(lower(artists.career_stage), '')", "'zzzz'", "''"),
    "tracks": ("held.tracks", "0", "0"),
    "best": ("best.position", "2147483647", "0"),
    "newest": ("newest.last_date", "DATE 'infinity'", "DATE '-infinity'"),
}
# Each filter and its condition.
CONDITIONS = {
    "words": "search_vector(artists.search_text) @@ CAST(:words AS tsquery)",
    "country": "artists.country_code = :country",
    "stage": "artists.career_stage = :stage",
    "tracks": "held.tracks >= :tracks",
    "best": "best.position <= :best",
    "list_id": "artists.id IN (SELECT artist_id FROM list_artists WHERE list_id = :list_id)",
    "fresh": "newest.last_date >= CAST(:today AS date) - 3",
    "stale": "newest.last_date < CAST(:today AS date) - 3",
    "none": "newest.last_date IS NULL",
}


class ArtistFilter(NamedTuple):
    """A filter of the list; empty means all. `tracks` is the fewest stored tracks, `best` the worst peak.

    `platform_id` is the platform whose numbers are shown; without one there are none.
    """

    typed: str = ""
    country: str = ""
    stage: str = ""
    tracks: int | None = None
    best: int | None = None
    data: Data = ""
    list_id: int | None = None
    platform_id: int | None = None


class ListedArtist(NamedTuple):
    """An artist; `last_date` is the newest date of any audience of its tracks, `found` counts the list.

    Of the tracks `with_data` on the platform, `counted` are in the `gain` of 7 days, and `noted` of those
    have a gain with a note.
    """

    uuid: UUID
    name: str
    country_code: str
    city_name: str
    career_stage: str
    metadata_fetched_at: datetime | None
    metadata_error: str
    tracks: int
    best_position: int | None
    last_date: date | None
    with_data: int
    gain: int | None
    counted: int
    noted: int
    found: int


class ArtistPage(NamedTuple):
    """A page of the list and its total; `after` is the key of the next page.

    `is_near` is as in `Words`.
    """

    artists: Sequence[ListedArtist]
    total: int
    after: UUID | None
    is_near: bool = False


class Choices(NamedTuple):
    """The existing country codes and career stages."""

    countries: list[str]
    stages: list[str]


def artist_page(
    narrow: ArtistFilter, sort: Sort, order: Order, after: UUID | None, *, size: int = PAGE_SIZE
) -> ArtistPage:
    """Returns a page of the list; artists without a value to sort by come last in either order."""
    words = list_words("artist", narrow.typed)
    values = narrow._asdict() | {"today": today(), "after": after, "size": size + 1}
    values["words"] = words.query if narrow.typed.strip() else None
    used = [name for name in ("country", "stage", "tracks", "best", "list_id") if values[name]]
    if values["words"] is not None:
        used.append("words")
    query = _listed(sort, order, (*used, narrow.data) if narrow.data else tuple(used))
    found = [ListedArtist(**row) for row in db.session.execute(query, values).mappings()]
    page = found[:size]
    after = page[-1].uuid if len(found) > size else None
    return ArtistPage(page, total=found[0].found if found else 0, after=after, is_near=words.is_near)


def artist_choices() -> Choices:
    """Returns the choices of the filters."""
    [choices] = rows(Choices, "artist_choices")
    return choices


@cache
def _listed(sort: Sort, order: Order, used: tuple[str, ...]) -> TextClause:
    """Returns the statement for a column, direction and filters."""
    key, last_upward, last_downward = KEYS[sort]
    return filled(
        "artists_listed",
        key=f"coalesce({key}, {last_upward if order == 'asc' else last_downward})",
        filters=" AND ".join(CONDITIONS[name] for name in used) or "true",
        beyond=">" if order == "asc" else "<",
        order=order,
    )
