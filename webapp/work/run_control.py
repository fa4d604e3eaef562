"""Cancels runs, and retries runs that did not succeed."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from webapp import audit
from webapp.extensions import db
from webapp.models import JobRun
from webapp.queries import rows, statement
from webapp.work import costs
from webapp.work.queue import LiveRun, enqueue, record
from webapp.work.requests import RunRequest

RETRYABLE = ("failed", "dead", "cancelled")
LIVE = ("queued", "running")


class Cancelled(NamedTuple):
    """A cancelled run, and whether it was `queued` or `running`."""

    uuid: UUID
    was: str


class Retry(NamedTuple):
    """A run that did not succeed, and its retry: a new run, or a live one with the same key."""

    former: UUID
    run: LiveRun


def cancel_runs(uuids: Sequence[UUID], actor: str) -> list[Cancelled]:
    """Cancels the runs that are queued or running, by compare-and-set, and commits.

    The worker of a running one notices it at its next heartbeat or page, or when it finishes.
    """
    cancelled = rows(Cancelled, "runs_cancel", uuids=list(uuids), actor=actor)
    for run in cancelled:
        audit.record("run.cancel", f"run {run.uuid}", before={"state": run.was}, after={"state": "cancelled"})
    db.session.commit()
    return cancelled


def retry_runs(uuids: Sequence[UUID], requested_by: int | None, queue: str | None = None) -> list[Retry]:
    """Requests the runs that did not succeed again, with their arguments, and commits.

    They go to `queue`, or by default to their former queue. The rows are locked, so that of two concurrent
    retries the second finds the run of the first.
    """
    former = retryable(uuids, locked=True)
    under_way = _under_way(former)
    others = [run for run in former if run.uuid not in under_way]
    runs = record([_again(run, requested_by, queue) for run in others])
    renewed = under_way | {run.uuid: new for run, new in zip(others, runs, strict=True)}
    retries = [Retry(run.uuid, renewed[run.uuid]) for run in former]
    for run, retry in zip(former, retries, strict=True):
        after = {"run": retry.run.uuid, "state": retry.run.state}
        audit.record("run.retry", f"run {run.uuid}", before={"state": run.state}, after=after)
    pairs = {"former": [retry.former for retry in retries], "new": [retry.run.uuid for retry in retries]}
    db.session.execute(statement("batch_items_retried"), pairs)
    db.session.commit()
    enqueue([retry.run for retry in retries if retry.run.state == "queued"])
    return retries


def retryable(uuids: Sequence[UUID], *, locked: bool = False) -> list[JobRun]:
    """Returns the runs that did not succeed, by number."""
    query = select(JobRun).where(JobRun.uuid.in_(uuids), JobRun.state.in_(RETRYABLE)).order_by(JobRun.number)
    return list(db.session.scalars(query.with_for_update() if locked else query))


def foreseen_calls(run: JobRun) -> int:
    """Returns the calls of a retry: by its arguments, and at least those of the former attempt."""
    return max(_calls_of_args(run), run.calls)


def _calls_of_args(run: JobRun) -> int:
    args = run.args
    if args.get("start") and args.get("end"):
        return costs.range_calls(1, date.fromisoformat(args["start"]), date.fromisoformat(args["end"]))
    if "track_uuids" in args:
        return costs.metadata_calls(len(args["track_uuids"]))
    if "artist_uuids" in args:
        return costs.artists_calls(len(args["artist_uuids"]))
    if run.task == "find_song":
        return costs.find_calls(1)
    return 0 if run.task in ("accept_ranking", "write_table") else 1


def _under_way(former: Sequence[JobRun]) -> dict[UUID, LiveRun]:
    """Returns the live retries of these runs, by the uuid of the former run."""
    uuids = [run.uuid for run in former]
    query = select(JobRun).where(JobRun.parent_uuid.in_(uuids), JobRun.state.in_(LIVE))
    return {
        run.parent_uuid: LiveRun(run.uuid, run.state, run.queue, created=False)
        for run in db.session.scalars(query)
        if run.parent_uuid is not None
    }


def _again(run: JobRun, requested_by: int | None, queue: str | None) -> RunRequest:
    """Returns the request of a retry; a file stays that of the user who exported the table."""
    return RunRequest(
        run.task,
        run.args,
        run.dedupe_key,
        queue=queue or run.queue,
        forced=run.forced,
        requested_by=run.requested_by if run.task == "write_table" else requested_by,
        parent_uuid=run.uuid,
    )
