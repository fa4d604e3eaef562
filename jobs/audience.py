"""AudienceDataProcessor: fetches and stores audience in this process, with the same runs as the workers."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NotRequired, TypedDict
from uuid import UUID

from jobs.contract import RunError
from jobs.runs import carry_out, take
from jobs.tasks.audience import find_series
from webapp.app_settings import is_fresh
from webapp.extensions import db
from webapp.lib.formats import age
from webapp.models import AudienceState, JobRun, Platform, Track
from webapp.work.queue import record
from webapp.work.requests import audience_request

PATIENCE_SECONDS = 120
"""How long to wait for a worker that is already running the same fetch."""


class AudienceResult(TypedDict):
    """The result for one track and platform; the three counts are numbers of dates."""

    success: bool
    track_uuid: str
    platform_slug: str
    records_created: int
    records_updated: int
    records_unchanged: int
    message: NotRequired[str]
    error: NotRequired[str]


class AudienceDataProcessor:
    """The seeds' interface to ingestion. Needs an app context; every fetch is an ordinary run."""

    def process_and_store_audience_data(
        self,
        track_uuid: str,
        platform_slug: str,
        force_refresh: bool = False,  # noqa: FBT001, FBT002 (the seeds')
    ) -> AudienceResult:
        """Fetches and stores the new values of one track on one platform.

        Fresh data cause no call, unless `force_refresh` fetches the last 90 days again. Errors of the API or
        the arguments are not raised: `error` holds one sentence.
        """
        try:
            track, platform = find_series(track_uuid, platform_slug)
        except RunError as error:
            return _result(track_uuid, platform_slug, error=str(error))
        state = db.session.get(AudienceState, (track.id, platform.id))
        fetched_at = state.fetched_at if state else None
        if fetched_at is not None and is_fresh(fetched_at) and not force_refresh:
            return _result(track_uuid, platform.slug, message=f"Already fetched {age(fetched_at)}.")
        run = self._carry_out(track, platform, forced=force_refresh)
        return _result_of(run, track_uuid, platform.slug)

    def bulk_process_audience_data(
        self,
        pairs: Iterable[tuple[str, str]],
        force_refresh: bool = False,  # noqa: FBT001, FBT002 (the seeds')
    ) -> list[AudienceResult]:
        """Processes each (track uuid, platform slug) in order; a failure does not stop the others."""
        return [self.process_and_store_audience_data(*pair, force_refresh) for pair in pairs]

    def _carry_out(self, track: Track, platform: Platform, *, forced: bool) -> JobRun:
        """Requests and takes a run in one transaction, so that no worker can take it in between."""
        [live] = record([audience_request(track, platform, forced=forced)])
        run = take(live.uuid)
        db.session.commit()
        if run is not None:
            carry_out(run)
        elif live.state == "running":
            _wait_for(live.uuid)
        return db.session.get_one(JobRun, live.uuid)


def _wait_for(uuid: UUID) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        live = db.session.get_one(JobRun, uuid).is_live
        db.session.rollback()
        if not live:
            return
        time.sleep(0.5)


def _result_of(run: JobRun, track_uuid: str, platform_slug: str) -> AudienceResult:
    if run.state != "succeeded":
        return _result(track_uuid, platform_slug, error=_failure(run))
    result = _result(track_uuid, platform_slug, message=run.message)
    result["records_created"] = run.records_created
    result["records_updated"] = run.records_updated
    result["records_unchanged"] = run.records_unchanged
    return result


def _failure(run: JobRun) -> str:
    sentence = run.error or f"Run {run.uuid} is still {run.state}."
    if run.state == "queued" and run.run_after > datetime.now(UTC):
        sentence += f" It will be retried after {run.run_after:%Y-%m-%d %H:%M:%S} UTC."
    return sentence


def _result(track_uuid: str, platform_slug: str, *, message: str = "", error: str = "") -> AudienceResult:
    result = AudienceResult(
        success=not error,
        track_uuid=track_uuid,
        platform_slug=platform_slug,
        records_created=0,
        records_updated=0,
        records_unchanged=0,
    )
    if error:
        result["error"] = error
    else:
        result["message"] = message
    return result
