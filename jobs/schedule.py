"""What is due when, as data, and the sweeps themselves: each asks a table what is due.

Firing twice, late, or after a long stop does no harm: one scheduler process is enough, and none is precious.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import func, select

from jobs.api import soundcharts_outside_runs
from jobs.quota import settle_pauses
from jobs.refresher import refresh_aggregates
from jobs.retention import forget_old
from jobs.runs import QUOTA_CHECK_SECONDS, reconcile
from jobs.soundcharts import SoundChartsError
from webapp.extensions import db
from webapp.models import Chart, JobRun, Platform, Track
from webapp.queries import statement
from webapp.work.queueing import artists_wish, audience_wish, enqueue, metadata_wish, sync_wish

log = logging.getLogger(__name__)

QUEUE_LIMIT = 500
"""No more wishes of one kind wait at once: who comes later with a better claim should not wait long."""
METADATA_BATCH = 20


class Tick(NamedTuple):
    """A sweep and the seconds between two of its calls."""

    sweep: Callable[[], int]
    seconds: int


def sweep_runs() -> int:
    """Takes back lost runs and puts what is missing into Redis."""
    return reconcile()


def sweep_audience() -> int:
    """Wishes for the audience of series that are due, oldest first."""
    due = db.session.execute(statement("audience_due"), {"most": _room("fetch_audience")}).all()
    wishes = [
        audience_wish(
            db.session.get_one(Track, row.track_id),
            db.session.get_one(Platform, row.platform_id),
            queue="default",
        )
        for row in due
    ]
    db.session.commit()
    enqueue([wish for wish in wishes if wish.created])
    return len(wishes)


def sweep_metadata() -> int:
    """Wishes for the metadata of tracks that are due, in batches."""
    uuids = list(db.session.scalars(statement("metadata_due"), {"most": _room("fetch_metadata")}))
    batches = [uuids[place : place + METADATA_BATCH] for place in range(0, len(uuids), METADATA_BATCH)]
    wishes = [metadata_wish(batch) for batch in batches]
    db.session.commit()
    enqueue([wish for wish in wishes if wish.created])
    return len(wishes)


def sweep_artists() -> int:
    """Wishes for the metadata of artists that are due, in batches."""
    uuids = list(db.session.scalars(statement("artists_due"), {"most": _room("fetch_artists")}))
    batches = [uuids[place : place + METADATA_BATCH] for place in range(0, len(uuids), METADATA_BATCH)]
    wishes = [artists_wish(batch) for batch in batches]
    db.session.commit()
    enqueue([wish for wish in wishes if wish.created])
    return len(wishes)


def sweep_charts() -> int:
    """Wishes for the sync of enabled charts that are due."""
    due = db.session.scalars(statement("charts_due"), {"most": QUEUE_LIMIT})
    wishes = [sync_wish(db.session.get_one(Chart, chart_id), queue="sync") for chart_id in due.all()]
    db.session.commit()
    enqueue([wish for wish in wishes if wish.created])
    return len(wishes)


def sweep_pause() -> int:
    """While the quota is spent, asks now and then for the free usage; lifts the pause when calls are left."""
    due = db.session.execute(statement("api_pause_due"), {"wait": QUOTA_CHECK_SECONDS}).first()
    db.session.commit()
    if due is None:
        return 0
    try:
        with soundcharts_outside_runs() as client:
            left = client.usage().quota_left
    except SoundChartsError as error:
        log.warning("the API's usage could not be read: %s", error)
        left = 0
    # An answer that does not say what is left lifts the pause too: the next call will tell.
    lifted = left is None or left > 0
    if lifted:
        db.session.execute(statement("api_pause_lift"))
    db.session.commit()
    return int(lifted)


SCHEDULE = (
    Tick(sweep_runs, 10),
    Tick(sweep_audience, 30),
    Tick(sweep_metadata, 60),
    Tick(sweep_artists, 60),
    Tick(sweep_charts, 30),
    Tick(sweep_pause, 60),
    Tick(settle_pauses, 30),
    Tick(refresh_aggregates, 60),
    Tick(forget_old, 24 * 60 * 60),
)


def _room(task: str) -> int:
    """How many more wishes of this kind may wait; a backlog of one kind does not keep the others out."""
    waiting = select(func.count()).select_from(JobRun)
    waiting = waiting.where(JobRun.state == "queued", JobRun.queue == "default", JobRun.task == task)
    return max(0, QUEUE_LIMIT - (db.session.scalar(waiting) or 0))
