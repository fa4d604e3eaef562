"""The parameters of the list of tracks, their labels and URLs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.lib.sparkline import spark
from webapp.models import Artist
from webapp.queries.lists.lists import KnownList
from webapp.queries.tracks.listed import Data, Sort, TrackFilter, list_counts, sparks, track_page
from webapp.views.shared.history import history_offer
from webapp.views.shared.listing import A_TO_Z, BY_AGE, BY_SIZE, Column
from webapp.views.shared.parameters import day, number_from, percentage, read_uuid, whole_number
from webapp.views.shared.state import PlatformState, SortedState, cursor, one_of, parameter, text, user_list

DATA = {"": "All", "fresh": "Fresh", "stale": "Older than 3 days", "none": "No data", "failed": "Failed"}

MOST_DAYS = 36_500
LAST_POSITION = 10_000
MORE = (
    *("gain_min", "change_min", "total_min", "age_max", "position_max", "entered_since", "stale_since"),
    *("released_since", "label", "genre"),
)
"""The filters that the page keeps behind 'More filters'."""

COLUMNS: tuple[Column[Sort | Literal["spark"]], ...] = (
    Column("title", "Title", "asc", ways=A_TO_Z),
    Column("artists", "Artists", "asc", ways=A_TO_Z, wide=True, extra=True),
    Column("label", "Label", "asc", ways=A_TO_Z, wide=True),
    Column("released", "Released", "desc", ways=BY_AGE, wide=True),
    Column("total", "Total", "desc", ways=BY_SIZE, number=True),
    Column("gain", "7 days", "desc", ways=BY_SIZE, number=True, called="gain of 7 days"),
    Column("change", "Change", "desc", ways=BY_SIZE, number=True, called="change of the gain of 7 days"),
    Column("spark", "30 days", "desc", ways=None, wide=True),
    Column("newest", "Newest date", "desc", ways=BY_AGE, called="date"),
)


@dataclass(frozen=True, kw_only=True)
class TrackListState(SortedState[Sort], PlatformState):
    """The parameters of the list; `on_list` is whether it is on the page of the list `known`."""

    endpoint = "tracks.index"
    columns = COLUMNS
    opens_by = "gain"
    table = "tracks"

    q: str = text("Search: {}")
    artist: UUID | None = parameter(read_uuid, lambda state: f"Artist: {artist_name(state.artist)}")
    label: str = text("Label: {}")
    genre: str = text("Genre: {}")
    released_since: date | None = parameter(day, "Released since {}")
    data: Data = one_of(tuple(DATA), lambda state: f"Data: {DATA[state.data].lower()}")
    gain_min: int | None = parameter(whole_number, lambda state: f"7 days at least {state.gain_min:,}")
    change_min: float | None = parameter(
        percentage,
        lambda state: f"Change at least {state.change_min:,.10g}%",
        write=lambda value: f"{value:.10g}",
    )
    total_min: int | None = parameter(whole_number, lambda state: f"Total at least {state.total_min:,}")
    age_max: int | None = parameter(
        number_from(0, MOST_DAYS), lambda state: f"Age at most {counted(state.age_max, 'day')}"
    )
    position_max: int | None = parameter(number_from(1, LAST_POSITION), "Position at most {}")
    entered_since: date | None = parameter(day, "Entered a chart since {}")
    stale_since: date | None = parameter(day, "No value since {}")
    known: KnownList | None = user_list()
    after: UUID | None = cursor(read_uuid)
    on_list: bool = False

    @property
    def narrow(self) -> TrackFilter:
        """The filter for queries."""
        return self.narrowed(
            TrackFilter,
            platform_id=self.platform.id,
            typed=self.q,
            change_min=None if self.change_min is None else self.change_min / 100,
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
    is_drawn = any(column.sort == "spark" for column in state.shown)
    ids = [track.id for track in found.tracks if is_drawn and track.last_date]
    total, unknown = list_counts(state.narrow, found.words)
    return {
        "state": state,
        "found": found,
        "unknown": unknown,
        "history": history_offer(state.platform.slug, None, unknown, count=len(unknown)),
        "total": total,
        "sparks": {track: spark(totals) for track, totals in sparks(ids, state.platform.id).items()},
        "more_filters": any(getattr(state, name) not in (None, "") for name in MORE),
    }


def artist_name(artist: UUID) -> str:
    """Returns the name of an artist, or the uuid if it is unknown."""
    return db.session.scalar(select(Artist.name).where(Artist.uuid == artist)) or str(artist)
