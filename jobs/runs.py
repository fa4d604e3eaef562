"""Runs: taken by compare-and-set, carried out, and finished in the transaction that writes their data.

PostgreSQL is the truth and Redis only carries. A run that is executed twice, late, or by a worker that dies
half-way leaves the rows that one undisturbed execution leaves.
"""

import logging
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError

from jobs.contract import AskAgainError, Done, Run, RunError
from jobs.heart import STALE_SECONDS, Heart, LostRunError
from jobs.soundcharts import QuotaSpent, SoundChartsError, TransientError
from jobs.tasks import TASKS
from jobs.telling import telling
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
"""So long a wish may be on its way to Redis before the sweep thinks that it was lost."""
FIRST_DELAY_SECONDS = 10
LONGEST_DELAY_SECONDS = 900

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Again:
    again: dict[str, Any] | None


def execute(run_uuid: str) -> None:
    """What every RQ job calls: carries out a run, or does nothing where it is not this worker's to take."""
    try:
        run = take(UUID(run_uuid))
        db.session.commit()
        if run is not None:
            carry_out(run)
    finally:
        db.session.remove()


def take(uuid: UUID) -> Run | None:
    """Takes a queued run in the transaction under way, or None where somebody else has it."""
    return one(Run, "run_take", uuid=uuid)


def carry_out(run: Run) -> None:
    """Runs the task of a taken run and settles what became of it; errors end in the run's row."""
    logs.mark(f"run {run.uuid}")
    try:
        platform = run.args.get("platform", "")
        with Heart(db.engine, run.uuid, run.attempt, platform) as heart, telling(heart):
            log.info("Attempt %d begins.", run.attempt)
            done = TASKS[run.task](run, heart)
            log.info("Written, to be committed: %d new, %d changed, %d unchanged.", *done.counts[:3])
        _finish(run, done)
    except LostRunError as error:
        db.session.rollback()
        log.warning("%s", error)
    except QuotaSpent as error:
        _pause(error)
        _put_back(run, error, delay=0, refund=1)
    except AskAgainError as error:
        _put_back(run, error, delay=error.delay, refund=1)
    except TransientError as error:
        _put_back(run, error, delay=error.retry_after or _delay(run), refund=0)
    except (OperationalError, IntegrityError) as error:
        # A deadlock, a time-out, a restart of the database, or a platform that was merged meanwhile: the next
        # attempt finds it by its alias. Where the database stays away, the sweep finds the run.
        db.session.rollback()
        log.warning("run %s: %s", run.uuid, error)
        _put_back(run, RunError(f"The database refused: {type(error.orig).__name__}."), _delay(run), refund=0)
    except (SoundChartsError, RunError) as error:
        _fail(run, str(error))
    except Exception as error:
        db.session.rollback()
        log.exception("run %s failed", run.uuid)
        _fail(run, f"Unexpected {type(error).__name__}; the worker's log has the details.")
        raise


def run_here(uuid: UUID) -> JobRun:
    """Carries out a run in this process, unless a worker has it already; the run as it then is."""
    run = take(uuid)
    db.session.commit()
    if run is not None:
        carry_out(run)
    return db.session.get_one(JobRun, uuid, populate_existing=True)


def reconcile(most: int = 1000) -> int:
    """Takes back runs whose worker is gone, and puts what is due and missing into Redis. Returns how many."""
    db.session.execute(statement("runs_lost"), {"stale_seconds": STALE_SECONDS})
    # Read before the rows: what a worker takes from Redis in between is then missing from the rows.
    waiting = queued_ids()
    due = db.session.execute(statement("runs_due"), {"most": most, "settled": SENDING_SECONDS}).all()
    db.session.commit()
    missing = [
        LiveRun(row.uuid, "queued", row.queue, created=False) for row in due if str(row.uuid) not in waiting
    ]
    enqueue(missing)
    return len(missing)


def _finish(run: Run, done: Done) -> None:
    """One short transaction: it holds only if the attempt is still this one's."""
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
    """Writes the end of an attempt with what its task noted of the failure, if the run is still its own."""
    key = {"uuid": run.uuid, "attempt": run.attempt}
    held = db.session.execute(statement(name), key | parameters).first()
    if held is None:
        db.session.rollback()
    db.session.commit()


def _delay(run: Run) -> float:
    """Seconds until the next attempt: doubling, with jitter to spread load."""
    longest: float = min(FIRST_DELAY_SECONDS * 2 ** (run.attempt - 1), LONGEST_DELAY_SECONDS)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load; nothing secret)
