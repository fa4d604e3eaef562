"""AudienceDataProcessor: fetches and stores audience here and now, by the runs that workers carry out."""

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
"""How long to wait for a worker that carries out the same fetch already."""


class AudienceResult(TypedDict):
    """What became of one track and platform; the three counts are dates."""

    success: bool
    track_uuid: str
    platform_slug: str
    records_created: int
    records_updated: int
    records_unchanged: int
    message: NotRequired[str]
    error: NotRequired[str]


class AudienceDataProcessor:
    """The seeds' door to ingestion. Needs an app context; every fetch is a run like any other."""

    def process_and_store_audience_data(
        self,
        track_uuid: str,
        platform_slug: str,
        force_refresh: bool = False,  # noqa: FBT001, FBT002 (the seeds')
    ) -> AudienceResult:
        """Fetches what is new of one track on one platform and stores it.

        Fresh data are left alone, without a call, unless `force_refresh` asks for the last 90 days again.
        Never raises for what the API or the arguments did: `error` says it in one sentence.
        """
        try:
            track, platform = find_series(track_uuid, platform_slug)
        except RunError as error:
            return _result(track_uuid, platform_slug, error=str(error))
        state = db.session.get(AudienceState, (track.id, platform.id))
        fetched_at = state.fetched_at if state else None
        if fetched_at is not None and is_fresh(fetched_at) and not force_refresh:
            return _result(track_uuid, platform.slug, message=f"Fetched {age(fetched_at)}; nothing asked.")
        run = self._carry_out(track, platform, forced=force_refresh)
        return _result_of(run, track_uuid, platform.slug)

    def bulk_process_audience_data(
        self,
        pairs: Iterable[tuple[str, str]],
        force_refresh: bool = False,  # noqa: FBT001, FBT002 (the seeds')
    ) -> list[AudienceResult]:
        """The same for each (track uuid, platform slug), in order; one that fails stops no other."""
        return [self.process_and_store_audience_data(*pair, force_refresh) for pair in pairs]

    def _carry_out(self, track: Track, platform: Platform, *, forced: bool) -> JobRun:
        """Requests and takes in one transaction, so that no worker comes between."""
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
        sentence += f" It will be tried again after {run.run_after:%Y-%m-%d %H:%M:%S} UTC."
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
