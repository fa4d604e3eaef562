"""The schedule and its sweeps; each sweep queries a table for what is due.

A sweep that runs twice, late, or after a long stop does no harm, so one scheduler process is enough.
"""

import logging
from collections.abc import Callable, Sequence
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
from webapp.work.queue import enqueue, record
from webapp.work.requests import (
    RunRequest,
    artists_request,
    audience_request,
    metadata_request,
    sync_request,
)

log = logging.getLogger(__name__)

QUEUE_LIMIT = 500
"""The most waiting runs of one task, so that a more urgent one does not wait long."""
METADATA_BATCH = 20


class Tick(NamedTuple):
    """A sweep and its interval in seconds."""

    sweep: Callable[[], int]
    seconds: int


def sweep_runs() -> int:
    """Takes back lost runs and enqueues runs missing from Redis."""
    return reconcile()


def sweep_audience() -> int:
    """Requests the audience of series that are due, oldest first."""
    due = db.session.execute(statement("audience_due"), {"most": _free("fetch_audience")}).all()
    return _submit(
        [
            audience_request(
                db.session.get_one(Track, row.track_id),
                db.session.get_one(Platform, row.platform_id),
                queue="default",
            )
            for row in due
        ]
    )


def sweep_metadata() -> int:
    """Requests the metadata of tracks that are due, in batches."""
    uuids = list(db.session.scalars(statement("metadata_due"), {"most": _free("fetch_metadata")}))
    batches = [uuids[place : place + METADATA_BATCH] for place in range(0, len(uuids), METADATA_BATCH)]
    return _submit([metadata_request(batch, queue="default") for batch in batches])


def sweep_artists() -> int:
    """Requests the metadata of artists that are due, in batches."""
    uuids = list(db.session.scalars(statement("artists_due"), {"most": _free("fetch_artists")}))
    batches = [uuids[place : place + METADATA_BATCH] for place in range(0, len(uuids), METADATA_BATCH)]
    return _submit([artists_request(batch, queue="default") for batch in batches])


def sweep_charts() -> int:
    """Requests the sync of enabled charts that are due."""
    due = db.session.scalars(statement("charts_due"), {"most": QUEUE_LIMIT})
    return _submit([sync_request(db.session.get_one(Chart, each), queue="sync") for each in due.all()])


def sweep_pause() -> int:
    """Checks the free usage endpoint while the quota is spent; lifts the pause if calls are left."""
    due = db.session.execute(statement("api_pause_due"), {"wait": QUOTA_CHECK_SECONDS}).first()
    db.session.commit()
    if due is None:
        return 0
    try:
        left = soundcharts_outside_runs().usage().quota_left
    except SoundChartsError as error:
        log.warning("the API's usage could not be read: %s", error)
        left = 0
    # A response without the quota lifts the pause too: the next call reports it.
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


def _submit(requests: Sequence[RunRequest]) -> int:
    """Records the requests, commits, and enqueues their new runs. Returns the number of runs."""
    runs = record(requests)
    db.session.commit()
    enqueue([run for run in runs if run.created])
    return len(runs)


def _free(task: str) -> int:
    """Returns how many more runs of a task may wait, so that one task's backlog does not block the others."""
    waiting = select(func.count()).select_from(JobRun)
    waiting = waiting.where(JobRun.state == "queued", JobRun.queue == "default", JobRun.task == task)
    return max(0, QUEUE_LIMIT - (db.session.scalar(waiting) or 0))
