"""Runs: taken by compare-and-set, executed, and finished in the transaction that writes their data.

PostgreSQL is the source of truth and Redis only transports. A run that is executed twice, late, or by a
worker that dies half-way leaves the same rows as a single undisturbed execution.
"""

import logging
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError

from jobs.contract import Done, RetryLaterError, Run, RunError
from jobs.heartbeat import STALE_SECONDS, Heartbeat, LostRunError
from jobs.reporting import reporting
from jobs.soundcharts import QuotaSpent, SoundChartsError, TransientError
from jobs.tasks import TASKS
from webapp import logs
from webapp.extensions import db
from webapp.lib.masking import mask
from webapp.models import JobRun
from webapp.queries import one, statement
from webapp.work.billing import billing_period
from webapp.work.queue import LiveRun, enqueue, queued_ids, record
from webapp.work.requests import RunRequest

QUOTA_CHECK_SECONDS = 600
SENDING_SECONDS = 15
"""How long a request may take to reach Redis before the sweep considers it lost."""
FIRST_DELAY_SECONDS = 10
LONGEST_DELAY_SECONDS = 900

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Again:
    again: dict[str, Any] | None


def execute(run_uuid: str) -> None:
    """Executes a run; does nothing if this worker cannot take it. Every RQ job calls this function."""
    try:
        run = take(UUID(run_uuid))
        db.session.commit()
        if run is not None:
            carry_out(run)
    finally:
        db.session.remove()


def take(uuid: UUID) -> Run | None:
    """Takes a queued run in the current transaction; None if another process has it."""
    return one(Run, "run_take", uuid=uuid)


def carry_out(run: Run) -> None:
    """Runs the task of a taken run and stores the result; errors are stored in the run's row."""
    logs.mark(f"run {run.uuid}")
    try:
        platform = run.args.get("platform", "")
        with (
            Heartbeat(db.engine, run.uuid, run.attempt, platform=platform) as heartbeat,
            reporting(heartbeat),
        ):
            log.info("Attempt %d started.", run.attempt)
            done = TASKS[run.task](run, heartbeat)
            log.info("Written, not yet committed: %d new, %d changed, %d unchanged.", *done.counts[:3])
        _finish(run, done)
    except LostRunError as error:
        db.session.rollback()
        log.warning("%s", error)
    except QuotaSpent as error:
        _pause(error)
        _put_back(run, error, delay=0, refund=1)
    except RetryLaterError as error:
        _put_back(run, error, delay=error.delay, refund=1)
    except TransientError as error:
        _put_back(run, error, delay=error.retry_after or _delay(run), refund=0)
    except (OperationalError, IntegrityError) as error:
        # A deadlock, a timeout, a restart of the database, or a platform merged in the meantime: the next
        # attempt finds it by its alias. If the database stays away, the sweep finds the run.
        db.session.rollback()
        log.warning("run %s: %s", run.uuid, error)
        _put_back(run, RunError(f"Database error: {type(error.orig).__name__}."), _delay(run), refund=0)
    except (SoundChartsError, RunError) as error:
        _fail(run, str(error))
    except Exception as error:
        db.session.rollback()
        log.exception("run %s failed", run.uuid)
        _fail(run, f"Unexpected {type(error).__name__}; see the worker's log.")
        raise


def run_here(uuid: UUID) -> JobRun:
    """Executes a run in this process, unless a worker has it already; returns its new state."""
    run = take(uuid)
    db.session.commit()
    if run is not None:
        carry_out(run)
    return db.session.get_one(JobRun, uuid, populate_existing=True)


def reconcile(most: int = 1000) -> int:
    """Takes back runs whose worker is gone, and enqueues due runs missing from Redis. Returns how many."""
    db.session.execute(statement("runs_lost"), {"stale_seconds": STALE_SECONDS})
    # Read before the rows: a run that a worker takes from Redis in between is no longer among the rows.
    waiting = queued_ids()
    due = db.session.execute(statement("runs_due"), {"most": most, "settled": SENDING_SECONDS}).all()
    db.session.commit()
    missing = [
        LiveRun(row.uuid, "queued", row.queue, created=False) for row in due if str(row.uuid) not in waiting
    ]
    enqueue(missing)
    return len(missing)


def _finish(run: Run, done: Done) -> None:
    """Finishes a run in one short transaction. Raises LostRunError if the attempt no longer owns the run."""
    finished = one(
        _Again,
        "run_finish",
        uuid=run.uuid,
        attempt=run.attempt,
        message=done.message,
        **done.counts._asdict(),
    )
    if finished is None:
        raise LostRunError(f"run {run.uuid} was taken back before attempt {run.attempt} could finish")
    children = list(done.children)
    if finished.again is not None:
        again = RunRequest(
            run.task,
            finished.again,
            run.dedupe_key,
            forced=True,
            requested_by=run.requested_by,
            parent_uuid=run.uuid,
        )
        children += record([again])
    db.session.commit()
    enqueue(children)


def _pause(error: QuotaSpent) -> None:
    pause = {"reason": mask(str(error)), "wait": QUOTA_CHECK_SECONDS, "lasts_until": billing_period().ends_at}
    db.session.execute(statement("api_pause"), pause)


def _put_back(run: Run, error: Exception, delay: float, refund: int) -> None:
    parameters = {"delay": delay, "refund": refund, "error": mask(str(error))}
    _settle(run, "run_put_back", parameters)


def _fail(run: Run, sentence: str) -> None:
    _settle(run, "run_fail", {"error": mask(sentence)})


def _settle(run: Run, name: str, parameters: dict[str, Any]) -> None:
    """Writes the end of a failed attempt with its task's notes, if the attempt still owns the run."""
    key = {"uuid": run.uuid, "attempt": run.attempt}
    held = db.session.execute(statement(name), key | parameters).first()
    if held is None:
        db.session.rollback()
    db.session.commit()


def _delay(run: Run) -> float:
    """Returns the seconds until the next attempt: doubling, with jitter to spread load."""
    longest: float = min(FIRST_DELAY_SECONDS * 2 ** (run.attempt - 1), LONGEST_DELAY_SECONDS)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load; nothing secret)
