"""The list of tracks with one platform's numbers, with sorting, filters and paging by key."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.series import Caveat
from webapp.queries import Order, filled, rows
from webapp.queries.search.pages import Words, list_words
from webapp.queries.tracks.histories import BASE_DAYS, NEW_EDITION, WEEK_DAYS, SeriesHeld

PAGE_SIZE = 50
EXACT_COUNT = 1000

Sort = Literal["title", "artists", "label", "released", "total", "gain", "change", "newest"]
Data = Literal["", "fresh", "stale", "none", "failed"]

# The sort key of each column. Each has an index that ends with the track's id.
KEYS: dict[Sort, tuple[str, str]] = {
    "title": ("lower(tracks.name)", "tracks.id"),
    "artists": ("lower(tracks.credit_name)", "tracks.id"),
    "label": ("lower(tracks.labels -> 0 ->> 'name')", "tracks.id"),
    "released": ("tracks.release_date", "tracks.id"),
    "total": ("states.latest_value", "states.track_id"),
    "gain": ("states.gain_7_days", "states.track_id"),
    "change": ("states.gain_change", "states.track_id"),
    "newest": ("states.last_date", "states.track_id"),
}


# SeriesHeld.missing() in SQL, for gains of the 7 days to the newest whole day.
NOT_REQUESTED_FIRST = f"""ORDER BY
    states.status = 'absent' OR coalesce(
        states.history_from <= greatest(
            states.last_whole_date - {WEEK_DAYS - 1 + BASE_DAYS},
            CASE WHEN states.first_date >= tracks.release_date - {NEW_EDITION.days}
                THEN tracks.release_date - {BASE_DAYS} END
        ),
        false
    ),
    states.latest_value DESC,
    states.track_id"""


class TrackFilter(NamedTuple):
    """A filter of the list; empty means all. `platform_id` is the platform whose numbers are shown.

    `gain_min` is of 7 days, `change_min` a part of 1, `age_max` in days since the release. `position_max`
    is the worst position in the newest ranking of a chart. A track first appeared on a chart on
    `entered_since` or later, and has no value on `stale_since` or later.
    """

    platform_id: int
    typed: str = ""
    artist: UUID | None = None
    label: str = ""
    genre: str = ""
    released_since: date | None = None
    data: Data = ""
    gain_min: int | None = None
    change_min: float | None = None
    total_min: int | None = None
    age_max: int | None = None
    position_max: int | None = None
    entered_since: date | None = None
    stale_since: date | None = None
    list_id: int | None = None


class ListedTrack(NamedTuple):
    """A track with its numbers on the chosen platform; `valued` is false without a value to sort by."""

    id: int
    uuid: UUID
    name: str
    credit_name: str
    label: str | None
    release_date: date | None
    metadata_error: str
    status: str
    latest_value: int | None
    gain_7_days: int | None
    gain_7_days_covers: int | None
    gain_7_days_caveat: Caveat | None
    gain_7_days_before: int | None
    gain_change: float | None
    last_date: date | None
    fetched_at: datetime | None
    valued: bool


class TrackPage(NamedTuple):
    """A page; `after` is the key of the next one, None on the last; `words` are the words of its filter."""

    tracks: Sequence[ListedTrack]
    after: UUID | None
    words: Words


class ListCounts(NamedTuple):
    """The number of filtered tracks: exact to 1,000, then '1,000+'; `unknown` are those of unknown 7 days.

    At most 1,001 are listed: first those whose history was not fetched yet, by their latest value.
    """

    total: str
    unknown: list[SeriesHeld]


class _Spark(NamedTuple):
    track_id: int
    date: date
    audience_value: int


def track_page(
    narrow: TrackFilter, sort: Sort, order: Order, after: UUID | None, *, size: int = PAGE_SIZE
) -> TrackPage:
    """Returns a page of the list; tracks without a value to sort by come last in either order."""
    wanted = size + 1
    words = list_words("track", narrow.typed)
    found: list[ListedTrack] = []
    if after is None or _is_valued(narrow, sort, after):
        found = _part(_parameters(narrow, words, after=after, size=wanted), sort, order, valued=True)
        after = None
    if len(found) < wanted:
        found += _part(
            _parameters(narrow, words, after=after, size=wanted - len(found)), sort, order, valued=False
        )
    page = found[:size]
    return TrackPage(page, page[-1].uuid if len(found) > size else None, words)


def track_count(narrow: TrackFilter) -> str:
    """Returns the number of filtered tracks: exact to 1,000, then '1,000+'."""
    return list_counts(narrow, list_words("track", narrow.typed)).total


def track_total(narrow: TrackFilter, most: int) -> int:
    """Returns the number of filtered tracks, at most `most`."""
    words = list_words("track", narrow.typed)
    every = _subquery("lower(tracks.name)", "true", "")
    query = text(f"SELECT count(*) FROM ({every}) AS every")  # noqa: S608 (ours)
    return int(db.session.scalar(query, _parameters(narrow, words, after=None, size=most)) or 0)


def list_counts(narrow: TrackFilter, words: Words) -> ListCounts:
    """Returns the number of filtered tracks, and those of unknown 7 days; `words` are those of the page."""
    every = _subquery("lower(tracks.name)", "true", "")
    part = "states.gain_7_days IS NULL AND states.last_whole_date IS NOT NULL"
    unknown = _subquery("states.latest_value", part, NOT_REQUESTED_FIRST)
    columns = "unknown.uuid, unknown.release_date, unknown.status, states.first_date, unknown.last_date"
    columns += ", states.last_whole_date"
    query = text(
        f"SELECT counted.total, held.* FROM (SELECT count(*) AS total FROM ({every}) AS every) AS counted"  # noqa: S608 (ours)
        f" LEFT JOIN (SELECT {columns}, states.history_from FROM ({unknown}) AS unknown"
        " JOIN audience_states AS states ON states.track_id = unknown.id"
        " AND states.platform_id = :platform_id) AS held ON true"
    )
    parameters = _parameters(narrow, words, after=None, size=EXACT_COUNT + 1)
    (total, *first), *rest = db.session.execute(query, parameters).all()
    held = [SeriesHeld(*row) for row in (first, *(row[1:] for row in rest)) if row[0]]
    return ListCounts(f"{EXACT_COUNT:,}+" if total > EXACT_COUNT else f"{total:,}", held)


def sparks(track_ids: Sequence[int], platform_id: int) -> dict[int, list[tuple[date, int]]]:
    """Returns the totals of the last 30 days before each series' newest date, oldest first, by track."""
    if not track_ids:
        return {}
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for spark in rows(_Spark, "tracks_sparks", track_ids=list(track_ids), platform_id=platform_id):
        found[spark.track_id].append((spark.date, spark.audience_value))
    return dict(found)


def _subquery(key: str, part: str, sorting: str) -> str:
    return filled("tracks_listed", key=key, part=part, sorting=sorting).text.rstrip().rstrip(";")


def _part(parameters: dict[str, Any], sort: Sort, order: Order, *, valued: bool) -> list[ListedTrack]:
    query = _listed(sort, order, valued=valued, anchored=parameters["after"] is not None)
    found = db.session.execute(query, parameters).mappings()
    return [ListedTrack(**row) for row in found]


def _is_valued(narrow: TrackFilter, sort: Sort, track: UUID) -> bool:
    """Returns whether `track` has a value to sort by, so that the next page begins among those with one."""
    key, _tie = KEYS[sort]
    query = text(
        f"SELECT {key} IS NOT NULL FROM tracks LEFT JOIN audience_states AS states"  # noqa: S608 (ours)
        " ON states.track_id = tracks.id AND states.platform_id = :platform_id"
        " WHERE tracks.id = (SELECT track_id FROM track_uuids WHERE uuid = :track)"
    )
    return bool(db.session.scalar(query, {"platform_id": narrow.platform_id, "track": track}))


@cache
def _listed(sort: Sort, order: Order, *, valued: bool, anchored: bool) -> TextClause:
    """Returns the statement for a column and direction."""
    key, tie = KEYS[sort]
    sign = ">" if order == "asc" else "<"
    if valued:
        part = f"{key} IS NOT NULL"
        last = "((SELECT anchor.key FROM anchor), (SELECT anchor.id FROM anchor))"
        beyond = f"({key}, {tie}) {sign} {last}"
        sorting = f"ORDER BY {key} {order}, {tie} {order}"
    else:
        part = f"{key} IS NULL"
        beyond = "tracks.id > (SELECT anchor.id FROM anchor)"
        sorting = "ORDER BY tracks.id"
    if anchored:
        part += f" AND {beyond}"
    return filled("tracks_listed", key=key, part=part, sorting=sorting)


def _parameters(narrow: TrackFilter, words: Words, *, after: UUID | None, size: int) -> dict[str, Any]:
    return {
        "platform_id": narrow.platform_id,
        "words": words.query if narrow.typed.strip() else None,
        "artist": narrow.artist,
        "label": narrow.label or None,
        "genre": narrow.genre or None,
        "released_since": narrow.released_since,
        "data": narrow.data or None,
        "gain_min": narrow.gain_min,
        "change_min": narrow.change_min,
        "total_min": narrow.total_min,
        "age_max": narrow.age_max,
        "position_max": narrow.position_max,
        "entered_since": narrow.entered_since,
        "stale_since": narrow.stale_since,
        "list_id": narrow.list_id,
        "today": today(),
        "after": after,
        "size": size,
    }
