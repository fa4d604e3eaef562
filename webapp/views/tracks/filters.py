"""The parameters of the list of tracks, their labels and URLs."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.lib.sparkline import spark
from webapp.models import Artist
from webapp.queries.lists.lists import KnownList
from webapp.queries.tracks.listed import Data, Sort, TrackFilter, list_counts, sparks, track_page
from webapp.views.shared.history import history_offer
from webapp.views.shared.listing import A_TO_Z, BY_AGE, BY_SIZE, Column
from webapp.views.shared.parameters import day, read_uuid
from webapp.views.shared.state import PlatformState, SortedState, cursor, one_of, parameter, text, user_list

DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No data", "failed": "Failed"}

COLUMNS: tuple[Column[Sort], ...] = (
    Column("title", "Title", "asc", ways=A_TO_Z),
    Column("artists", "Artists", "asc", ways=A_TO_Z),
    Column("label", "Label", "asc", ways=A_TO_Z),
    Column("released", "Released", "desc", ways=BY_AGE),
    Column("total", "Total", "desc", ways=BY_SIZE, number=True),
    Column("gain", "7 days", "desc", ways=BY_SIZE, number=True),
    Column("change", "Change", "desc", ways=BY_SIZE, number=True),
    Column("newest", "Newest date", "desc", ways=BY_AGE),
)


@dataclass(frozen=True, kw_only=True)
class TrackListState(SortedState[Sort], PlatformState):
    """The parameters of the list; `on_list` is whether it is on the page of the list `known`."""

    endpoint = "tracks.index"
    columns = COLUMNS

    q: str = text("Search: {}")
    artist: UUID | None = parameter(read_uuid, lambda state: f"Artist: {artist_name(state.artist)}")
    label: str = text("Label: {}")
    genre: str = text("Genre: {}")
    released_since: date | None = parameter(day, "Released since {}")
    data: Data = one_of(tuple(DATA), lambda state: f"Data: {DATA[state.data].lower()}")
    known: KnownList | None = user_list()
    after: UUID | None = cursor(read_uuid)
    on_list: bool = False

    @property
    def narrow(self) -> TrackFilter:
        """The filter for queries."""
        return TrackFilter(
            self.platform.id,
            typed=self.q,
            artist=self.artist,
            label=self.label,
            genre=self.genre,
            released_since=self.released_since,
            data=self.data,
            list_id=self.known.id if self.known else None,
        )

    def url(self, **other: object) -> str:
        """Returns the URL of the list with overrides; defaults are omitted."""
        arguments = self.arguments(**other)
        if self.on_list and "list" in arguments:
            return url_for("lists.page", uuid=arguments.pop("list"), **arguments)
        return url_for(self.endpoint, **arguments)


def listed_tracks(given: MultiDict[str, str], *, on_list: bool = False) -> dict[str, Any]:
    """Returns the context of the table of tracks. Raises BadParameterError."""
    state = TrackListState.read(given, on_list=on_list)
    found = track_page(state.narrow, state.sorting.sort, state.sorting.order, after=state.after)
    ids = [track.id for track in found.tracks]
    total, unknown = list_counts(state.narrow, found.words)
    return {
        "state": state,
        "found": found,
        "unknown": unknown,
        "history": history_offer(state.platform.slug, None, unknown, count=len(unknown)),
        "total": total,
        "sparks": {track: spark(totals) for track, totals in sparks(ids, state.platform.id).items()},
    }


def artist_name(artist: UUID) -> str:
    """Returns the name of an artist, or the uuid if it is unknown."""
    return db.session.scalar(select(Artist.name).where(Artist.uuid == artist)) or str(artist)
