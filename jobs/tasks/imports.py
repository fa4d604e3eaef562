"""The task of one row of an import: which song an ISRC or the address of a page stands for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from jobs.api import soundcharts
from jobs.contract import AskAgainError, Done, Run, RunError
from jobs.heart import Heart
from jobs.soundcharts import NotFound, SoundChartsClient
from jobs.upserts import Counts
from webapp.extensions import db
from webapp.lib.formats import moment
from webapp.lib.pasted import read_pasted
from webapp.models import BatchItem, Track
from webapp.queries import one
from webapp.work.queue import record
from webapp.work.requests import How, metadata_request

ASKED_AGAIN = (2 * 3600, 24 * 3600)
"""Seconds after the first time: SoundCharts adds a song within 2 hours, and its data within 24."""


class _Asking(NamedTuple):
    seconds: float


def find_song(run: Run, heart: Heart) -> Done:
    """Makes one call. A song that is not held is requested, and the rows that named it wait for that run.

    One that SoundCharts does not know yet is asked for again, at the times of ASKED_AGAIN.
    """
    db.session.commit()
    try:
        with soundcharts(heart) as client:
            uuid = SEARCHES[run.args["kind"]](client, run.args["term"])
    except NotFound as error:
        raise _not_known_yet(run) or error from error
    heart.page()
    items = update(BatchItem).where(BatchItem.run_uuid == run.uuid)
    track = Track.find(UUID(uuid))
    if track is not None and track.with_audience:
        db.session.execute(items.values(track_uuid=uuid, outcome="known"))
        return Done(Counts(0, 0, 1), f"{track.name or uuid} is held already.")
    how: How = {"queue": run.queue, "requested_by": run.requested_by, "parent_uuid": run.uuid}
    children = record([metadata_request([uuid], with_audience=True, **how)])
    db.session.execute(items.values(track_uuid=uuid, run_uuid=children[0].uuid))
    return Done(Counts(0, 0, 0), f"It is the song {uuid}.", children)


def _not_known_yet(run: Run) -> AskAgainError | None:
    """When to ask again; None where all times have passed."""
    asking = one(_Asking, "run_asking", uuid=run.uuid)
    waits = [each - asking.seconds for each in ASKED_AGAIN if each > asking.seconds] if asking else []
    if not waits:
        return None
    again = datetime.now(UTC) + timedelta(seconds=waits[0])
    return AskAgainError(f"SoundCharts does not know it yet; asked again at {moment(again)}.", waits[0])


def _by_isrc(client: SoundChartsClient, isrc: str) -> str:
    return client.song_by_isrc(isrc).uuid


def _by_address(client: SoundChartsClient, address: str) -> str:
    """Asks by the page's address, and where that is not known, by what names the song in it.

    The second question costs nothing where it fails, and alone makes SoundCharts import the song.
    """
    try:
        link = client.platform_url(address)
    except NotFound:
        pasted = read_pasted(address)
        if pasted is None or not pasted.platforms or not pasted.identifiers:
            raise
        return client.song_by_platform(pasted.platforms[0], pasted.identifiers[-1], fresh=True).uuid
    if link.type != "song":
        raise RunError(f"This is the address of another thing ({link.type}), not of a song.")
    return link.uuid


SEARCHES: dict[str, Callable[[SoundChartsClient, str], str]] = {"isrc": _by_isrc, "link": _by_address}
