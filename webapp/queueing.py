"""The only door to the queues: a wish is a row of job_runs first, then a job in Redis that carries its id.

Losing Redis loses nothing: the sweep enqueues whatever is queued in PostgreSQL and not in Redis.
"""

import json
import logging
from collections.abc import Sequence
from datetime import date
from secrets import token_hex
from typing import Any, NamedTuple
from uuid import UUID

from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.queries import one

QUEUES = ("interactive", "sync", "default", "backfill")
TASKS = ("fetch_audience", "backfill_audience", "fetch_metadata")
EXECUTE = "jobs.runs.execute"
JOB_TIMEOUT = 900
"""Seconds after which RQ ends a job; the longest, a back-fill of three years, takes a tenth of it."""

log = logging.getLogger(__name__)


class Wish(NamedTuple):
    """The run that a wish led to: a new one, or the live one of the same subject."""

    uuid: UUID
    state: str
    queue: str
    created: bool


def fetch_audience(
    track: Track,
    platform: Platform,
    *,
    forced: bool = False,
    requested_by: int | None = None,
    queue: str = "interactive",
) -> Wish:
    """Wishes for the audience of a track on a platform: new dates, or if `forced` the last 90 days again."""
    return _send(audience_wish(track, platform, forced=forced, requested_by=requested_by, queue=queue))


def audience_wish(
    track: Track,
    platform: Platform,
    *,
    forced: bool = False,
    start: date | None = None,
    end: date | None = None,
    requested_by: int | None = None,
    queue: str = "interactive",
    parent: UUID | None = None,
) -> Wish:
    """The same, or a range read again, written in the transaction under way and not yet sent."""
    args = {
        "track_uuid": str(track.uuid),
        "platform": platform.slug,
        "start": start and start.isoformat(),
        "end": end and end.isoformat(),
    }
    key = f"audience:{track.id}:{platform.id}"
    return record_wish(
        "fetch_audience", args, key, queue, forced=forced, requested_by=requested_by, parent=parent
    )


def fetch_metadata(uuids: Sequence[str], *, requested_by: int | None = None, queue: str = "default") -> Wish:
    """Wishes for the metadata and identifiers of a batch of songs; unknown tracks are created."""
    return _send(metadata_wish(uuids, requested_by=requested_by, queue=queue))


def metadata_wish(uuids: Sequence[str], *, requested_by: int | None = None, queue: str = "default") -> Wish:
    """The same, written in the transaction under way and not yet sent."""
    key = "metadata:" + ",".join(sorted(uuids))
    return record_wish("fetch_metadata", {"track_uuids": list(uuids)}, key, queue, requested_by=requested_by)


def _send(wish: Wish) -> Wish:
    db.session.commit()
    if wish.state == "queued":
        enqueue([wish])
    return wish


def record_wish(
    task: str,
    args: dict[str, Any],
    key: str,
    queue: str,
    *,
    forced: bool = False,
    requested_by: int | None = None,
    parent: UUID | None = None,
) -> Wish:
    """Writes the row, in the transaction under way; whoever commits it calls `enqueue()` after."""
    wish = one(
        Wish,
        "run_wish",
        task=task,
        args=json.dumps(args),
        dedupe_key=key,
        queue=queue,
        forced=forced,
        requested_by=requested_by,
        parent_uuid=parent,
    )
    if wish is None:
        raise LookupError(f"the wish for {key} returned no run")
    return wish


def enqueue(wishes: Sequence[Wish]) -> None:
    """Puts queued runs into Redis. Without Redis they wait for the sweep: the wish is kept either way."""
    connection: Redis = current_app.extensions["redis"]
    try:
        for wish in wishes:
            send(connection, wish.queue, wish.uuid)
    except RedisError as error:
        log.warning("Redis is away; %d runs wait for the sweep: %s", len(wishes), type(error).__name__)


def send(connection: Redis, queue: str, uuid: UUID) -> None:
    """One RQ job whose only argument is the run's id; running it twice is harmless.

    Each sending has a job id of its own: two jobs of one id would end each other's record in Redis, and leave
    a key there for ever.
    """
    Queue(queue, connection=connection, serializer=JSONSerializer).enqueue(
        EXECUTE,
        str(uuid),
        job_id=f"{uuid}_{token_hex(4)}",
        result_ttl=0,
        failure_ttl=0,
        job_timeout=JOB_TIMEOUT,
    )


def queued_ids() -> set[str]:
    """The runs that wait in Redis, by uuid; raises RedisError where it is away."""
    connection: Redis = current_app.extensions["redis"]
    jobs = [job for name in QUEUES for job in Queue(name, connection=connection).get_job_ids()]
    return {job.partition("_")[0] for job in jobs}
