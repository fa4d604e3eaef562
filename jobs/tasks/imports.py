"""The task of one row of an import: finds the song of an ISRC or of a page's URL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from jobs.api import soundcharts
from jobs.contract import Done, RetryLaterError, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import NotFound, SoundChartsClient
from jobs.upserts import Counts
from webapp.extensions import db
from webapp.lib.formats import moment
from webapp.lib.pasted import read_pasted
from webapp.models import BatchItem, Track
from webapp.queries import one
from webapp.work.queue import record
from webapp.work.requests import How, metadata_request

RETRIED_AFTER = (2 * 3600, 24 * 3600)
"""Seconds after the first attempt: SoundCharts adds a song within 2 hours, and its data within 24."""


class _Waiting(NamedTuple):
    seconds: float


def find_song(run: Run, heartbeat: Heartbeat) -> Done:
    """Makes one call. A song that is not stored is requested, and its rows then wait for that run.

    A song that SoundCharts does not know yet is looked up again, at the times of RETRIED_AFTER.
    """
    db.session.commit()
    try:
        uuid = SEARCHES[run.args["kind"]](soundcharts(heartbeat), run.args["term"])
    except NotFound as error:
        raise _not_known_yet(run) or error from error
    heartbeat.page()
    items = update(BatchItem).where(BatchItem.run_uuid == run.uuid)
    track = Track.find(UUID(uuid))
    if track is not None and track.with_audience:
        db.session.execute(items.values(track_uuid=uuid, outcome="known"))
        return Done(Counts(0, 0, 1), f"{track.name or uuid} is already stored.")
    how: How = {"queue": run.queue, "requested_by": run.requested_by, "parent_uuid": run.uuid}
    children = record([metadata_request([uuid], with_audience=True, **how)])
    db.session.execute(items.values(track_uuid=uuid, run_uuid=children[0].uuid))
    return Done(Counts(0, 0, 0), f"Found song {uuid}.", children)


def _not_known_yet(run: Run) -> RetryLaterError | None:
    """Returns the error that schedules the next lookup; None if all times of RETRIED_AFTER have passed."""
    waiting = one(_Waiting, "run_waiting", uuid=run.uuid)
    waits = [each - waiting.seconds for each in RETRIED_AFTER if each > waiting.seconds] if waiting else []
    if not waits:
        return None
    again = datetime.now(UTC) + timedelta(seconds=waits[0])
    return RetryLaterError(f"SoundCharts does not know it yet; next try at {moment(again)}.", waits[0])


def _by_isrc(client: SoundChartsClient, isrc: str) -> str:
    return client.song_by_isrc(isrc).uuid


def _by_url(client: SoundChartsClient, url: str) -> str:
    """Looks up the page's URL, and if that is unknown, the platform's identifier in it.

    The second call costs nothing if it fails, and only it makes SoundCharts import the song.
    """
    try:
        link = client.platform_url(url)
    except NotFound:
        pasted = read_pasted(url)
        if pasted is None or not pasted.platforms or not pasted.identifiers:
            raise
        return client.song_by_platform(pasted.platforms[0], pasted.identifiers[-1], fresh=True).uuid
    if link.type != "song":
        raise RunError(f"This URL is of the type {link.type!r}, not of a song.")
    return link.uuid


SEARCHES: dict[str, Callable[[SoundChartsClient, str], str]] = {"isrc": _by_isrc, "link": _by_url}
