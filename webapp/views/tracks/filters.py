"""The parameters of the list of tracks, their labels and URLs."""

from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.lib.sparkline import spark
from webapp.models import Artist, Platform
from webapp.queries.lists.lists import KnownList
from webapp.queries.tracks.listed import Data, Sort, TrackFilter, list_counts, sparks, track_page
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.history import history_offer
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.listing import A_TO_Z, BY_AGE, BY_SIZE, Column, Sorting, chips, read_sorting
from webapp.views.shared.parameters import BadParameterError, choice, day, filled, read_uuid

DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No data", "failed": "Failed"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("title", "Title", "asc", A_TO_Z),
    Column("artists", "Artists", "asc", A_TO_Z),
    Column("label", "Label", "asc", A_TO_Z),
    Column("released", "Released", "desc", BY_AGE),
    Column("total", "Total", "desc", BY_SIZE, number=True),
    Column("gain", "7 days", "desc", BY_SIZE, number=True),
    Column("change", "Change", "desc", BY_SIZE, number=True),
    Column("newest", "Newest date", "desc", BY_AGE),
)


class ListState(NamedTuple):
    """The parameters of the list; `platforms` are those with song audience.

    `known` is the user's list that filters it; `on_list` whether it is on that list's page.
    """

    platforms: list[Platform]
    platform: Platform
    narrow: TrackFilter
    sorting: Sorting[Sort]
    after: UUID | None
    artist_name: str
    known: KnownList | None
    on_list: bool = False

    def url(self, **other: object) -> str:
        """The URL of the list with overrides; defaults are omitted."""
        parameters: dict[str, Any] = {
            "platform": self.platform.slug if self.platform is not self.platforms[0] else None,
            "q": self.narrow.typed,
            "artist": self.narrow.artist,
            "label": self.narrow.label,
            "genre": self.narrow.genre,
            "released_since": self.narrow.released_since,
            "data": self.narrow.data,
            "list": self.known.uuid if self.known else None,
            **self.sorting.parameters(),
        }
        wanted = {name: value for name, value in (parameters | other).items() if value}
        if self.on_list and "list" in wanted:
            return url_for("lists.page", uuid=wanted.pop("list"), **wanted)
        return url_for("tracks.index", **wanted)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Artist: {self.artist_name}", narrow.artist, "artist"),
            (f"Label: {narrow.label}", narrow.label, "label"),
            (f"Genre: {narrow.genre}", narrow.genre, "genre"),
            (f"Released since {narrow.released_since}", narrow.released_since, "released_since"),
            (f"Data: {DATA[narrow.data].lower()}", narrow.data, "data"),
            (f"List: {self.known.title if self.known else ''}", self.known, "list"),
        ]
        return chips(found, self.url)


def read_list(given: MultiDict[str, str]) -> ListState:
    """Reads the parameters; an empty field counts as missing. Raises BadParameterError."""
    given = filled(given)
    platforms = listable_platforms()
    platform = platform_or_404(given["platform"]) if "platform" in given else platforms[0]
    artist, known = read_uuid(given, "artist"), read_list_filter(given)
    narrow = TrackFilter(
        platform.id,
        given.get("q", ""),
        artist,
        given.get("label", ""),
        given.get("genre", ""),
        day(given, "released_since"),
        cast("Data", choice(given, "data", tuple(DATA))),
        known.id if known else None,
    )
    sorting, after = read_sorting(given, COLUMNS), read_uuid(given, "after")
    return ListState(platforms, platform, narrow, sorting, after, _artist_name(artist), known)


def listed_tracks(given: MultiDict[str, str], *, on_list: bool = False) -> dict[str, Any]:
    """Returns the context of the table of tracks. Raises BadParameterError."""
    state = read_list(given)._replace(on_list=on_list)
    found = track_page(state.narrow, state.sorting.sort, state.sorting.order, state.after)
    ids = [track.id for track in found.tracks]
    total, unknown = list_counts(state.narrow, found.words)
    return {
        "state": state,
        "found": found,
        "unknown": unknown,
        "history": history_offer(state.platform.slug, None, unknown, len(unknown)),
        "total": total,
        "sparks": {track: spark(totals) for track, totals in sparks(ids, state.platform.id).items()},
    }


def listable_platforms() -> list[Platform]:
    """Returns the platforms with song audience; the first is the default."""
    query = select(Platform).where(Platform.has_song_audience).order_by(Platform.id)
    found = list(db.session.scalars(query))
    if not found:
        raise BadParameterError("No platform has song audience.")
    return found


def _artist_name(artist: UUID | None) -> str:
    if artist is None:
        return ""
    return db.session.scalar(select(Artist.name).where(Artist.uuid == artist)) or str(artist)
