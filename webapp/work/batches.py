"""Batches: requests for many subjects at once, written in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import insert, select

from webapp import audit
from webapp.app_settings import is_fresh
from webapp.extensions import db
from webapp.lib.formats import moment
from webapp.models import Artist, AudienceState, Batch, BatchItem, JobRun, Platform, Track
from webapp.queries.tracks.histories import missing_ranges, series_held
from webapp.work.costs import BATCH_SIZE, audience_calls, metadata_calls, range_calls
from webapp.work.queue import LiveRun, enqueue, record
from webapp.work.requests import RunRequest, artists_request, audience_request, metadata_request
from webapp.work.run_control import RETRYABLE

T = TypeVar("T")
MOST_TRACKS = 100
FEW = 20
"""A batch with at most this many runs uses the interactive queue; a larger one would block it."""

Key = tuple[UUID, int | None]
"""A track and a platform's id; None means the song's metadata."""


class Item(NamedTuple):
    """A subject of a batch, to be written."""

    subject: str
    outcome: str
    note: str = ""
    request: RunRequest | None = None
    track_uuid: UUID | None = None
    artist_uuid: UUID | None = None
    platform_id: int | None = None


class Plan(NamedTuple):
    """The data to fetch: the audience on `platforms` and the metadata, except what is `fresh`.

    `first` is the number of series fetched for the first time; their history follows.
    """

    tracks: list[Track]
    platforms: list[Platform]
    details: bool
    forced: bool
    fresh: Mapping[Key, datetime]
    first: int

    @property
    def series(self) -> list[tuple[Track, Platform]]:
        """The series to fetch."""
        pairs = [(track, platform) for track in self.tracks for platform in self.platforms]
        return [(track, platform) for track, platform in pairs if (track.uuid, platform.id) not in self.fresh]

    @property
    def songs(self) -> list[Track]:
        """The songs whose metadata is to be fetched."""
        wanted = self.tracks if self.details else []
        return [track for track in wanted if (track.uuid, None) not in self.fresh]

    @property
    def calls(self) -> int:
        """Calls to SoundCharts in all."""
        return audience_calls(len(self.series)) + (metadata_calls(len(self.songs)) if self.songs else 0)


def plan_fetch(
    tracks: Sequence[Track], platforms: Sequence[Platform], *, details: bool, forced: bool
) -> Plan:
    """Returns the plan of fetching these data for tracks now."""
    states = select(Track.uuid, AudienceState.platform_id, AudienceState.fetched_at).where(
        AudienceState.track_id == Track.id,
        AudienceState.track_id.in_([track.id for track in tracks]),
        AudienceState.platform_id.in_([platform.id for platform in platforms]),
    )
    fetched: dict[Key, datetime | None] = {(track.uuid, None): track.metadata_fetched_at for track in tracks}
    fetched |= {(uuid, platform): at for uuid, platform, at in db.session.execute(states)}
    fresh = {key: at for key, at in fetched.items() if not forced and at is not None and is_fresh(at)}
    first = sum(fetched.get((track.uuid, platform.id)) is None for track in tracks for platform in platforms)
    return Plan(list(tracks), list(platforms), details=details, forced=forced, fresh=fresh, first=first)


def start_fetch(plan: Plan, requested_by: int) -> Batch:
    """Writes the batch with its requests and enqueues their runs."""
    queue = queue_for(len(plan.series) + len(groups(plan.songs)))
    requests: dict[Key, RunRequest] = {
        (track.uuid, platform.id): audience_request(
            track, platform, forced=plan.forced, queue=queue, requested_by=requested_by
        )
        for track, platform in plan.series
    }
    requests |= {
        (track.uuid, None): metadata_request(
            [str(one.uuid) for one in group], queue=queue, requested_by=requested_by
        )
        for group in groups(plan.songs)
        for track in group
    }
    columns = [None] * plan.details + [platform.id for platform in plan.platforms]
    items = [
        _fetched_item(track, platform, requests=requests, fresh=plan.fresh)
        for track in plan.tracks
        for platform in columns
    ]
    args = {
        "platforms": [platform.name for platform in plan.platforms],
        "details": plan.details,
        "forced": plan.forced,
        "tracks": len(plan.tracks),
    }
    return start("fetch", args, items, requested_by=requested_by)


class History(NamedTuple):
    """The missing days that gains from `start` on need: a range for each track.

    Without `start` the gains are of the 7 days to each track's newest value. SoundCharts has no earlier
    value of `without_data` tracks.
    """

    platform: Platform
    start: date | None
    ranges: list[tuple[Track, date, date]]
    without_data: int

    @property
    def calls(self) -> int:
        """Calls to SoundCharts in all."""
        return sum(range_calls(1, first, last) for _track, first, last in self.ranges)


def plan_history(tracks: Sequence[Track], platform: Platform, start: date | None) -> History:
    """Returns the days before the first stored value of each track that have not been requested yet."""
    by_uuid = {track.uuid: track for track in tracks}
    held = series_held(platform.id, list(by_uuid))
    ranges = [(by_uuid[uuid], first, last) for uuid, first, last in missing_ranges(held, start)]
    return History(platform, start, ranges=ranges, without_data=len(held) - len(ranges))


def start_history(plan: History, requested_by: int) -> Batch:
    """Writes the batch that fetches these days and enqueues its runs."""
    queue = queue_for(len(plan.ranges))
    items = [
        Item(
            track.name or str(track.uuid),
            "requested",
            request=audience_request(
                track,
                plan.platform,
                start=first,
                end=last,
                forced=True,
                queue=queue,
                requested_by=requested_by,
            ),
            track_uuid=track.uuid,
            platform_id=plan.platform.id,
        )
        for track, first, last in plan.ranges
    ]
    before = plan.start.isoformat() if plan.start else "the last 7 days"
    args = {"platform": plan.platform.name, "tracks": len(items), "before": before}
    return start("history", args, items, requested_by=requested_by)


def start_artists(artists: Sequence[Artist], requested_by: int) -> Batch:
    """Writes the batch that fetches the metadata of artists and enqueues its runs."""
    parts = groups(artists)
    queue = queue_for(len(parts))
    items = [
        Item(
            artist.name,
            "requested",
            request=artists_request([str(one.uuid) for one in part], queue=queue, requested_by=requested_by),
            artist_uuid=artist.uuid,
        )
        for part in parts
        for artist in part
    ]
    return start("artists", {"artists": len(artists)}, items, requested_by=requested_by)


def _fetched_item(
    track: Track,
    platform_id: int | None,
    *,
    requests: Mapping[Key, RunRequest],
    fresh: Mapping[Key, datetime],
) -> Item:
    key = (track.uuid, platform_id)
    subject = track.name or str(track.uuid)
    if key in fresh:
        note = f"Fetched {moment(fresh[key])}"
        return Item(subject, "fresh", note, track_uuid=track.uuid, platform_id=platform_id)
    return Item(subject, "requested", request=requests[key], track_uuid=track.uuid, platform_id=platform_id)


def start(action: str, args: Mapping[str, Any], items: Sequence[Item], *, requested_by: int) -> Batch:
    """Writes a batch, its items and their runs in one transaction, records it, and enqueues the runs."""
    batch = Batch(action=action, args=dict(args), requested_by=requested_by)
    db.session.add(batch)
    db.session.flush()
    requests = [item.request for item in items if item.request is not None]
    runs = {request.key: run for request, run in zip(requests, record(requests), strict=True)}
    db.session.execute(
        insert(BatchItem),
        [_columns(batch, place, item=item, runs=runs) for place, item in enumerate(items, start=1)],
    )
    outcomes = [item.outcome for item in items]
    counts = {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}
    done = "import.create" if action == "import" else "batch.create"
    audit.record(done, f"batch {batch.uuid}", after={**args, **counts})
    db.session.commit()
    enqueue([run for run in runs.values() if run.state == "queued"])
    return batch


def _columns(batch: Batch, place: int, *, item: Item, runs: Mapping[str, LiveRun]) -> dict[str, Any]:
    return {
        "batch_uuid": batch.uuid,
        "position": place,
        "subject": item.subject,
        "track_uuid": item.track_uuid,
        "artist_uuid": item.artist_uuid,
        "platform_id": item.platform_id,
        "run_uuid": runs[item.request.key].uuid if item.request else None,
        "outcome": item.outcome,
        "note": item.note,
    }


def failed_runs(batch: Batch) -> list[JobRun]:
    """Returns the runs of a batch that did not succeed and are not retried automatically."""
    query = select(JobRun).join(BatchItem, BatchItem.run_uuid == JobRun.uuid).distinct()
    query = query.where(BatchItem.batch_uuid == batch.uuid, BatchItem.outcome == "requested")
    return list(db.session.scalars(query.where(JobRun.state.in_(RETRYABLE))))


def queue_for(runs: int) -> str:
    """Returns the queue for a batch with this many runs."""
    return "interactive" if runs <= FEW else "default"


def groups(wanted: Sequence[T]) -> list[Sequence[T]]:
    """Returns groups of songs or artists, each fetched by one call."""
    return [wanted[first : first + BATCH_SIZE] for first in range(0, len(wanted), BATCH_SIZE)]
