"""The task of one row of an import: which song an ISRC or the address of a page stands for."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import update

from jobs.api import soundcharts
from jobs.heart import Heart
from jobs.runs import Done, Run, RunError
from jobs.soundcharts import SoundChartsClient
from jobs.upserts import Counts
from webapp.extensions import db
from webapp.models import BatchItem, Track
from webapp.queueing import metadata_asked, record_wishes


def find_song(run: Run, heart: Heart) -> Done:
    """Makes one call. A song that is not held is wished for, and the rows that asked wait for that run."""
    db.session.commit()
    with soundcharts(heart) as client:
        uuid = SEARCHES[run.args["kind"]](client, run.args["term"])
    heart.page()
    items = update(BatchItem).where(BatchItem.run_uuid == run.uuid)
    track = Track.find(UUID(uuid))
    if track is not None:
        db.session.execute(items.values(track_uuid=uuid, outcome="known"))
        return Done(Counts(0, 0, 1), f"{track.name or uuid} is held already.")
    asked = metadata_asked([uuid], run.queue, requested_by=run.requested_by)
    wishes = record_wishes([asked._replace(parent_uuid=run.uuid)])
    db.session.execute(items.values(track_uuid=uuid, run_uuid=wishes[0].uuid))
    return Done(Counts(0, 0, 0), f"It is the song {uuid}.", wishes)


def _by_isrc(client: SoundChartsClient, isrc: str) -> str:
    return client.song_by_isrc(isrc).uuid


def _by_address(client: SoundChartsClient, address: str) -> str:
    link = client.platform_url(address)
    if link.type != "song":
        raise RunError(f"This is the address of another thing ({link.type}), not of a song.")
    return link.uuid


SEARCHES: dict[str, Callable[[SoundChartsClient, str], str]] = {"isrc": _by_isrc, "link": _by_address}
