"""The list of tracks as its address asks for it, in words, and the addresses that ask otherwise."""

import re
from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.models import Artist, Platform
from webapp.queries.track_list import Data, Order, Sort, TrackFilter
from webapp.views.finding import platform_or_404
from webapp.views.parameters import BadParameterError, choice, day

LONGEST = 200
DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No data", "failed": "Failed"}


class Column(NamedTuple):
    """A column that can be sorted by; `first` is its order when it is chosen."""

    sort: Sort
    label: str
    first: Order
    number: bool = False


COLUMNS = (
    Column("title", "Title", "asc"),
    Column("artists", "Artists", "asc"),
    Column("label", "Label", "asc"),
    Column("released", "Released", "desc"),
    Column("total", "Total", "desc", number=True),
    Column("gain", "7 days", "desc", number=True),
    Column("change", "Change", "desc", number=True),
    Column("newest", "Newest date", "desc"),
)
SORTS = tuple(column.sort for column in COLUMNS)


class ListState(NamedTuple):
    """What an address of the list asks for; `platforms` are those whose numbers can be shown."""

    platforms: list[Platform]
    platform: Platform
    narrow: TrackFilter
    sort: Sort
    order: Order
    after: UUID | None
    artist_name: str

    def address(self, **other: object) -> str:
        """The address of the same list with something else; what is as at first is left out."""
        said: dict[str, Any] = {
            "platform": self.platform.slug if self.platform is not self.platforms[0] else None,
            "q": self.narrow.typed,
            "artist": self.narrow.artist,
            "label": self.narrow.label,
            "genre": self.narrow.genre,
            "released_since": self.narrow.released_since,
            "data": self.narrow.data,
            "sort": self.sort if self.sort != "title" else None,
            "order": self.order if self.order != _first_order(self.sort) else None,
        }
        return url_for("tracks.index", **{name: value for name, value in (said | other).items() if value})

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
            (f"Artist: {self.artist_name}", narrow.artist, "artist"),
            (f"Label: {narrow.label}", narrow.label, "label"),
            (f"Genre: {narrow.genre}", narrow.genre, "genre"),
            (f"Released since {narrow.released_since}", narrow.released_since, "released_since"),
            (f"Data: {DATA[narrow.data].lower()}", narrow.data, "data"),
        ]
        return [(words, self.address(**{name: None})) for words, value, name in found if value]

    @property
    def sorted_by(self) -> str:
        """'by title, A to Z': the order in words."""
        column = next(column for column in COLUMNS if column.sort == self.sort)
        ways = {"title": ("A to Z", "Z to A"), "artists": ("A to Z", "Z to A"), "label": ("A to Z", "Z to A")}
        ways |= {"released": ("oldest first", "newest first"), "newest": ("oldest first", "newest first")}
        upward, downward = ways.get(self.sort, ("smallest first", "largest first"))
        return f"by {column.label.lower()}, {upward if self.order == 'asc' else downward}"

    def _heading(self, column: Column) -> dict[str, object]:
        heading: dict[str, object] = {"label": column.label, "number": column.number}
        chosen = column.sort == self.sort
        order = ("desc" if self.order == "asc" else "asc") if chosen else column.first
        heading["href"] = self.address(
            sort=column.sort if column.sort != "title" else None,
            order=order if order != column.first else None,
        )
        if chosen:
            heading["sort"] = "ascending" if self.order == "asc" else "descending"
        return heading


def read_list(given: MultiDict[str, str]) -> ListState:
    """What an address asks for; a field left empty counts as not given. Raises BadParameterError."""
    filled = MultiDict((name, clean(value)) for name, value in given.items() if clean(value))
    platforms = listable_platforms()
    platform = platform_or_404(filled["platform"]) if "platform" in filled else platforms[0]
    sort = cast("Sort", choice(filled, "sort", SORTS))
    order = choice(filled, "order", ("asc", "desc")) if "order" in filled else _first_order(sort)
    artist = read_uuid(filled, "artist")
    narrow = TrackFilter(
        platform.id,
        filled.get("q", ""),
        artist,
        filled.get("label", ""),
        filled.get("genre", ""),
        day(filled, "released_since"),
        cast("Data", choice(filled, "data", tuple(DATA))),
    )
    after, name = read_uuid(filled, "after"), _artist_name(artist)
    return ListState(platforms, platform, narrow, sort, cast("Order", order), after, name)


def listable_platforms() -> list[Platform]:
    """The platforms whose numbers can be shown; the first is chosen unless another is."""
    query = select(Platform).where(Platform.has_song_audience).order_by(Platform.id)
    found = list(db.session.scalars(query))
    if not found:
        raise BadParameterError("No platform has an audience of songs, so there is nothing to list.")
    return found


def _first_order(sort: Sort) -> Order:
    return next(column.first for column in COLUMNS if column.sort == sort)


def _artist_name(artist: UUID | None) -> str:
    if artist is None:
        return ""
    return db.session.scalar(select(Artist.name).where(Artist.uuid == artist)) or str(artist)


def clean(value: str) -> str:
    """A field of a form, fit for the database and no longer than anybody types."""
    return re.sub(r"\0", "", value).strip()[:LONGEST]


def read_uuid(given: MultiDict[str, str], name: str) -> UUID | None:
    """A uuid, or None where it is not given."""
    if name not in given:
        return None
    try:
        return UUID(given[name])
    except ValueError as error:
        raise BadParameterError(f"{name} must be a uuid, not {given[name][:40]!r}.") from error
