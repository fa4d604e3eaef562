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

from webapp.command_line import command_line_user
from webapp.extensions import db
from webapp.models import Chart, Platform, Track
from webapp.queries import statement

QUEUES = ("interactive", "sync", "default", "backfill")
TASKS = (
    "fetch_audience",
    "backfill_audience",
    "fetch_metadata",
    "fetch_artists",
    "discover_charts",
    "sync_chart",
    "fetch_ranking",
    "accept_ranking",
    "search_soundcharts",
    "find_song",
)
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


class Asked(NamedTuple):
    """What a wish asks for. Of one `key` there is one live run; a forced wish reaches it too."""

    task: str
    args: dict[str, Any]
    key: str
    queue: str
    forced: bool = False
    requested_by: int | None = None
    parent_uuid: UUID | None = None


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
    asked = audience_asked(track, platform, queue, start=start, end=end)
    asked = asked._replace(forced=forced, requested_by=requested_by, parent_uuid=parent)
    [wish] = record_wishes([asked])
    return wish


def audience_asked(
    track: Track,
    platform: Platform,
    queue: str,
    *,
    forced: bool = False,
    requested_by: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Asked:
    """The same, for `record_wishes()`."""
    args = {
        "track_uuid": str(track.uuid),
        "platform": platform.slug,
        "start": start and start.isoformat(),
        "end": end and end.isoformat(),
    }
    key = f"audience:{track.id}:{platform.id}"
    return Asked("fetch_audience", args, key, queue, forced=forced, requested_by=requested_by)


def fetch_metadata(
    uuids: Sequence[str],
    *,
    requested_by: int | None = None,
    queue: str = "default",
    with_audience: bool = False,
) -> Wish:
    """Enqueues the metadata and identifiers of a batch of songs; unknown tracks are created.

    With `with_audience` their audience follows, whatever the charts that brought them want.
    """
    return _send(metadata_wish(uuids, requested_by=requested_by, queue=queue, with_audience=with_audience))


def metadata_wish(
    uuids: Sequence[str],
    *,
    requested_by: int | None = None,
    queue: str = "default",
    with_audience: bool = False,
) -> Wish:
    """The same, written in the transaction under way and not yet sent."""
    asked = metadata_asked(uuids, queue, requested_by=requested_by, with_audience=with_audience)
    [wish] = record_wishes([asked])
    return wish


def metadata_asked(
    uuids: Sequence[str], queue: str, *, requested_by: int | None = None, with_audience: bool = False
) -> Asked:
    """The same, for `record_wishes()`."""
    key = "metadata:" + ",".join(sorted(uuids))
    args = {"track_uuids": list(uuids)} | ({"with_audience": True} if with_audience else {})
    return Asked("fetch_metadata", args, key, queue, requested_by=requested_by)


def fetch_artists(uuids: Sequence[str], *, requested_by: int | None = None) -> Wish:
    """Wishes for the metadata of a batch of artists at once; unknown artists are created."""
    return _send(artists_wish(uuids, requested_by=requested_by, queue="interactive"))


def artists_wish(uuids: Sequence[str], *, requested_by: int | None = None, queue: str = "default") -> Wish:
    """The same, not yet sent."""
    [wish] = record_wishes([artists_asked(uuids, queue, requested_by=requested_by)])
    return wish


def artists_asked(uuids: Sequence[str], queue: str, *, requested_by: int | None = None) -> Asked:
    """The same, for `record_wishes()`."""
    key = "artists:" + ",".join(sorted(uuids))
    return Asked("fetch_artists", {"artist_uuids": list(uuids)}, key, queue, requested_by=requested_by)


def song_asked(kind: str, term: str, queue: str, *, requested_by: int | None = None) -> Asked:
    """Asks for the song of an ISRC or of a page's address (`kind` is isrc or link); a new one is imported."""
    return Asked(
        "find_song", {"kind": kind, "term": term}, f"song:{kind}:{term}", queue, requested_by=requested_by
    )


def search_soundcharts(kind: str, term: str, *, requested_by: int | None = None) -> Wish:
    """Wishes for a search at SoundCharts: `kind` is song, artist, or link for the address of a page."""
    key = f"search:{kind}:{term}"
    return _send(
        record_wish(
            "search_soundcharts", {"kind": kind, "term": term}, key, "interactive", requested_by=requested_by
        )
    )


def discover_charts(
    platform: Platform | None, *, requested_by: int | None = None, queue: str = "interactive"
) -> Wish:
    """Wishes for the list of a platform's charts; without a platform, for those of all that have some."""
    return _send(discover_wish(platform, requested_by=requested_by, queue=queue))


def discover_wish(
    platform: Platform | None,
    *,
    requested_by: int | None = None,
    queue: str = "interactive",
    parent: UUID | None = None,
) -> Wish:
    """The same, not yet sent."""
    key = f"charts:{platform.id}" if platform else "charts"
    args = {"platform": platform.slug if platform else ""}
    return record_wish("discover_charts", args, key, queue, requested_by=requested_by, parent=parent)


def sync_chart(
    chart: Chart, *, since: date | None = None, requested_by: int | None = None, queue: str = "interactive"
) -> Wish:
    """Wishes for the latest ranking of a chart and what is missing; with `since`, from that date on."""
    return _send(sync_wish(chart, since=since, requested_by=requested_by, queue=queue))


def sync_wish(
    chart: Chart, *, since: date | None = None, requested_by: int | None = None, queue: str = "interactive"
) -> Wish:
    """The same, not yet sent."""
    args = _chart_args(chart) | {"since": since and since.isoformat()}
    key = f"chart:{chart.id}"
    # A date to begin at must reach a run that waits already.
    forced = since is not None
    return record_wish("sync_chart", args, key, queue, forced=forced, requested_by=requested_by)


def fetch_ranking(
    chart: Chart,
    ranked_on: date,
    ranked_at: str,
    *,
    requested_by: int | None = None,
    queue: str = "interactive",
) -> Wish:
    """Wishes for one ranking of a chart; `ranked_at` is its date as the API writes it."""
    return _send(ranking_wish(chart, ranked_on, ranked_at, requested_by=requested_by, queue=queue))


def ranking_wish(
    chart: Chart,
    ranked_on: date,
    ranked_at: str,
    *,
    requested_by: int | None = None,
    queue: str = "interactive",
    parent: UUID | None = None,
) -> Wish:
    """The same, not yet sent."""
    args = _chart_args(chart) | {"ranked_on": ranked_on.isoformat(), "ranked_at": ranked_at}
    key = f"ranking:{chart.id}:{ranked_on}"
    return record_wish("fetch_ranking", args, key, queue, requested_by=requested_by, parent=parent)


def accept_ranking(chart: Chart, ranked_on: date, *, requested_by: int | None = None) -> Wish:
    """Wishes that a ranking that was set aside is stored after all."""
    args = _chart_args(chart) | {"ranked_on": ranked_on.isoformat()}
    key = f"accept:{chart.id}:{ranked_on}"
    return _send(record_wish("accept_ranking", args, key, "interactive", requested_by=requested_by))


def _chart_args(chart: Chart) -> dict[str, str | None]:
    return {"chart": chart.slug, "platform": chart.platform.slug}


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
    [wish] = record_wishes([Asked(task, args, key, queue, forced, requested_by, parent)])
    return wish


def record_wishes(asked: Sequence[Asked]) -> list[Wish]:
    """The same for many, by one statement; a wish for each of `asked`, in their order."""
    # In the order of their keys: two who wish for the same would otherwise wait for each other in a circle.
    by_key = {one.key: one for one in sorted(asked, key=lambda one: one.key)}
    wishes = json.dumps([one._asdict() for one in by_key.values()], default=str)
    given = {"wishes": wishes, "command_line_user": command_line_user()}
    found = db.session.execute(statement("run_wish"), given).mappings()
    made = {row["key"]: Wish(row["uuid"], row["state"], row["queue"], row["created"]) for row in found}
    return [made[one.key] for one in asked]


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
