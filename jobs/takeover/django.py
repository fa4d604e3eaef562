"""Imports the data of the Django system: joins duplicates, and counts the rows that cannot be stored."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import select

from jobs.figures import FigureError, figure_date, figure_value, shown
from jobs.takeover.charts import ChartTakeover
from jobs.takeover.database import BATCH, OldDatabase, Record
from jobs.takeover.tally import Tally
from jobs.upserts import AudienceRow, note_imported, upsert_audience, upsert_platforms
from webapp.connection import lift_decompression_limit
from webapp.dates import latest_date
from webapp.extensions import db
from webapp.lib.isrc import stored_isrc
from webapp.lib.text import search_text
from webapp.models import Artist, Platform, Track, TrackAlias, fold
from webapp.models.platform import IDENTIFIER_KINDS
from webapp.queries import statement

T = TypeVar("T")
Columns = dict[str, Any]

TABLES = ("platforms", "artists", "tracks", "credits", "charts", "rankings", "entries", "audience")
DEFAULT_METRIC = "Listeners"
PLATFORM_TYPES = ("streaming", "social", "radio", "tv", "other")


class Takeover:
    """One import of the old database; `commit` ends a batch, and only flushes in a dry run."""

    def __init__(self, old: OldDatabase, commit: Callable[[], None]) -> None:
        self.old = old
        self.commit = commit
        self.tallies = {name: Tally() for name in TABLES}
        self.joined_platforms: list[str] = []
        self.counts = old.audience_counts()
        self.latest = latest_date()

    def carry_out(self, advance: Callable[[int], None]) -> None:
        """Imports everything, in batches; `advance` receives the number of processed rows of audience."""
        platforms = self._platforms()
        artists = self._described("artists", ARTISTS)
        tracks = self._described("tracks", TRACKS)
        self._credits(tracks, artists)
        ChartTakeover(self.old, self.tallies, self.commit).carry_out(platforms, tracks)
        self._audience(tracks, platforms, advance)

    def _platforms(self) -> dict[int, int]:
        """Imports platforms, of duplicates the one with most audience; returns our id for each old one."""
        tally = self.tallies["platforms"]
        kept: dict[str, Record] = {}
        spelt: list[tuple[Record, str]] = []
        records = list(self.old.records("soundcharts_platform"))
        for record in sorted(records, key=lambda each: (-self.counts.get(each.id, 0), each.id)):
            slug = _slug(record.text("slug")) or _slug(record.text("name"))
            if fold(slug) in IDENTIFIER_KINDS:
                tally.refuse("it is a kind of identifier, not a platform", f"id {record.id}: {slug}")
            elif slug:
                kept.setdefault(fold(slug), record)
                spelt.append((record, slug))
            else:
                tally.refuse("no letter or digit in slug and name", f"id {record.id}")
        known = set(db.session.scalars(select(Platform.id)))
        slugs = {fold(slug): slug for record, slug in spelt if kept[fold(slug)] is record}
        ids = upsert_platforms({slug: kept[key].text("name") for key, slug in slugs.items()})
        ours: dict[int, int] = {}
        for record, slug in spelt:
            platform = db.session.get_one(Platform, ids[slugs[fold(slug)]])
            if platform.id in ours.values():
                tally.joined += 1
                self.joined_platforms.append(f"{record.text('name')} (id {record.id}) joins {platform.name}.")
            else:
                is_new = platform.id not in known
                tally.count(created=is_new, changed=_fill_platform(platform, record, is_new=is_new))
            ours[record.id] = platform.id
        self.commit()
        return ours

    def _described(self, name: str, kind: "Kind") -> dict[int, int]:
        """Imports artists or tracks and joins rows of one uuid, oldest first; returns our id for each."""
        tally = self.tallies[name]
        ours: dict[int, int] = {}
        known: dict[UUID, int] = {}
        own = _own_uuids()
        for batch in _batches(self.old.records(kind.table)):
            read = {record.id: uuid for record in batch if (uuid := _uuid(record, tally)) is not None}
            uuids = {old_id: own.get(uuid, uuid) for old_id, uuid in read.items()}
            rows = _joined((uuids[record.id], kind.columns(record)) for record in batch if record.id in uuids)
            fresh = rows.keys() - known.keys()
            tally.joined += len(uuids) - len(fresh)
            given = [row | {"uuid": str(uuid)} for uuid, row in rows.items()]
            found = db.session.execute(statement(kind.query), {"rows": json.dumps(given)})
            written = {row.uuid: row.created for row in found}
            for uuid in fresh:
                tally.count(created=written.get(uuid, False), changed=uuid in written)
            ids = db.session.execute(select(kind.model.uuid, kind.model.id).where(kind.model.uuid.in_(rows)))
            known.update((row.uuid, row.id) for row in ids)
            ours.update((old_id, known[uuid]) for old_id, uuid in uuids.items())
            self.commit()
        return ours

    def _credits(self, tracks: Mapping[int, int], artists: Mapping[int, int]) -> None:
        tally = self.tallies["credits"]
        for batch in _batches(_credited(self.old.credits(), tracks=tracks, artists=artists, tally=tally)):
            rows = [row._asdict() for credited in batch for row in credited]
            created = len(
                db.session.execute(statement("track_artist_fill"), {"rows": json.dumps(rows)}).all()
            )
            tally.created += created
            tally.unchanged += len(rows) - created
            self.commit()

    def _audience(
        self, tracks: Mapping[int, int], platforms: Mapping[int, int], advance: Callable[[int], None]
    ) -> None:
        """Imports audience by series, so that each version is raised once, and only if its rows changed."""
        waiting = 0
        found = self.old.audience(tracks, platforms)
        for (track, platform), series in groupby(found, key=lambda row: (row.our_track, row.our_platform)):
            before = self.tallies["audience"].read
            self._store_series(track, platform, series)
            done = self.tallies["audience"].read - before
            advance(done)
            waiting += done
            if waiting >= BATCH:
                self.commit()
                waiting = 0
        self.commit()

    def _store_series(self, track: int | None, platform: int | None, series: Iterable[Any]) -> None:
        tally = self.tallies["audience"]
        rows = [row for old in series if (row := _audience_row(old, tally, self.latest)) is not None]
        if track is None or platform is None or not rows:
            return
        lift_decompression_limit()
        counts = upsert_audience(rows)
        tally.created += counts.created
        tally.changed += counts.updated
        tally.unchanged += counts.unchanged
        tally.joined += len(rows) - counts.created - counts.updated - counts.unchanged
        if counts.has_written:
            note_imported([(track, platform)], max(row.fetched_at for row in rows))


class Credit(NamedTuple):
    """An artist's position in the credits of a track, with our ids."""

    track_id: int
    artist_id: int
    position: int


def _credited(
    found: Iterable[tuple[int, int]], *, tracks: Mapping[int, int], artists: Mapping[int, int], tally: Tally
) -> Iterator[list[Credit]]:
    """Yields the credits of each of our tracks, once."""
    seen: set[int] = set()
    for old_track, rows in groupby(found, key=lambda row: row[0]):
        named = []
        for _, old_artist in rows:
            if old_track in tracks and old_artist in artists:
                named.append(artists[old_artist])
            else:
                tally.refuse("unknown track or artist", f"track {old_track}, artist {old_artist}")
        placed = list(dict.fromkeys(named)) if tracks.get(old_track) not in seen else []
        tally.joined += len(named) - len(placed)
        if placed:
            seen.add(tracks[old_track])
            yield [Credit(tracks[old_track], artist, place) for place, artist in enumerate(placed, start=1)]


def _audience_row(old: Any, tally: Tally, latest: date) -> AudienceRow | None:
    """Returns a row as it is stored, or None if it is refused."""
    try:
        day, value = _checked(old, latest)
    except FigureError as error:
        where = f"id {old.id} (track {old.track_id}, platform {old.platform_id}, {old.date}, {old.value})"
        tally.refuse(error.reason, where)
        return None
    return AudienceRow(
        track_id=old.our_track,
        platform_id=old.our_platform,
        date=day,
        audience_value=value,
        platform_identifier=old.identifier,
        fetched_at=old.fetched_at,
        api_data=old.api_data,
    )


def _checked(old: Any, latest: date) -> tuple[date, int]:
    """Returns the date and value of a row. Raises FigureError if it cannot be stored."""
    for name, value in (("track", old.our_track), ("platform", old.our_platform)):
        if value is None:
            raise FigureError(f"the {name} is unknown")
    for name, value in (("date", old.date), ("value", old.value), ("fetched_at", old.fetched_at)):
        if value is None:
            raise FigureError(f"{name} is missing")
    if old.fetched_at > datetime.now(UTC):
        raise FigureError("fetched_at is in the future")
    return figure_date(old.date, latest), figure_value(old.value)


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    found = iter(rows)
    while batch := list(islice(found, BATCH)):
        yield batch


def _uuid(record: Record, tally: Tally) -> UUID | None:
    text = record.text("uuid")
    try:
        return UUID(text)
    except ValueError:
        tally.refuse("uuid is not valid", f"id {record.id}: {shown(text)}")
        return None


def _own_uuids() -> dict[UUID, UUID]:
    """Returns the uuid of a track by each of its aliases."""
    found = db.session.execute(
        select(TrackAlias.uuid, Track.uuid).join(Track, Track.id == TrackAlias.track_id)
    )
    return {row[0]: row[1] for row in found}


def _joined(rows: Iterable[tuple[UUID, Columns]]) -> dict[UUID, Columns]:
    """Returns one row per uuid; later rows fill the empty columns of the first."""
    joined: dict[UUID, Columns] = {}
    for uuid, row in rows:
        first = joined.setdefault(uuid, row)
        joined[uuid] = {name: first[name] or value for name, value in row.items()}
    return joined


def _slug(text: str) -> str:
    """Returns `text` as a slug; empty if it has no letter or digit."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _fill_platform(platform: Platform, record: Record, *, is_new: bool) -> bool:
    """Copies the metric over a default one, and a new platform's type and code; returns if any changed."""
    metric, kind = record.text("audience_metric_name"), record.text("platform_type")
    if metric and platform.audience_metric_name == DEFAULT_METRIC:
        platform.audience_metric_name = metric
    if is_new and kind in PLATFORM_TYPES:
        platform.platform_type = kind
    if is_new and record.text("platform_identifier"):
        platform.platform_identifier = record.text("platform_identifier")
    return db.session.is_modified(platform)


def _artist(record: Record) -> Columns:
    texts = {name: record.text(name) for name in ("name", "slug", "image_url", "app_url", "country_code")}
    return texts | {"search_text": search_text(texts["name"])}


def _track(record: Record) -> Columns:
    name, credit, isrc = record.text("name"), record.text("credit_name"), stored_isrc(record.text("isrc"))
    label = record.text("label")
    return {
        "name": name,
        "credit_name": credit,
        "isrc": isrc,
        "release_date": _release_date(record.text("release_date")),
        "image_url": record.text("image_url"),
        "labels": [{"name": label, "type": ""}] if label else [],
        "search_text": search_text(name, credit, isrc),
    }


def _release_date(text: str) -> str | None:
    """Returns a date, also a future one; None for an invalid one, which is no reason to refuse a track."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return None


class Kind(NamedTuple):
    """Artists or tracks: the old table, the model, the query that stores them and the columns to store."""

    table: str
    model: type[Artist | Track]
    query: str
    columns: Callable[[Record], Columns]


ARTISTS = Kind("soundcharts_artist", Artist, query="artist_fill", columns=_artist)
TRACKS = Kind("soundcharts_track", Track, query="track_fill", columns=_track)
