"""The queues: a requested run is a row of job_runs first, then a job in Redis that carries its id.

Losing Redis loses nothing: the sweep enqueues whatever is queued in PostgreSQL and not in Redis.
"""

import json
import logging
from collections.abc import Sequence
from secrets import token_hex
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from webapp.command_line import command_line_user
from webapp.extensions import db
from webapp.queries import statement
from webapp.work.requests import RunRequest


class QueueFacts(NamedTuple):
    """The label of a queue on pages and its colour in drawings."""

    label: str
    colour: str


QUEUES = {
    "interactive": QueueFacts("Requests by people", "#3b82f6"),
    "sync": QueueFacts("Chart syncs", "#10b981"),
    "default": QueueFacts("Scheduled fetches", "#f59e0b"),
    "backfill": QueueFacts("Back-fills", "#8b5cf6"),
}
"""By name, the most urgent first, as queue_rank() in SQL ranks them."""
EXECUTE = "jobs.runs.execute"
JOB_TIMEOUT = 900
"""Seconds after which RQ ends a job; the longest one, a back-fill of three years, takes a tenth."""

log = logging.getLogger(__name__)


class LiveRun(NamedTuple):
    """The run of a request: a new one, or the live one with its key."""

    uuid: UUID
    state: str
    queue: str
    created: bool


def submit(request: RunRequest) -> LiveRun:
    """Records one request, commits, and puts its run into Redis."""
    [run] = record([request])
    db.session.commit()
    if run.state == "queued":
        enqueue([run])
    return run


def record(requests: Sequence[RunRequest]) -> list[LiveRun]:
    """Writes the runs of requests by one statement, in the current transaction; call `enqueue()` after it.

    Returns a run for each request, in their order.
    """
    # In the order of their keys, since two concurrent requests could otherwise deadlock.
    by_key = {one.key: one for one in sorted(requests, key=lambda one: one.key)}
    rows = json.dumps([one._asdict() for one in by_key.values()], default=str)
    given = {"requests": rows, "command_line_user": command_line_user()}
    found = db.session.execute(statement("run_request"), given).mappings()
    runs = {
        row["key"]: LiveRun(row["uuid"], state=row["state"], queue=row["queue"], created=row["created"])
        for row in found
    }
    return [runs[one.key] for one in requests]


def enqueue(runs: Sequence[LiveRun]) -> None:
    """Puts queued runs into Redis; if Redis is unavailable, the sweep does it later."""
    connection: Redis = current_app.extensions["redis"]
    try:
        for run in runs:
            send(connection, run.queue, run.uuid)
    except RedisError as error:
        log.warning("Redis is unavailable; %d runs wait for the sweep: %s", len(runs), type(error).__name__)


def send(connection: Redis, queue: str, uuid: UUID) -> None:
    """Enqueues an RQ job whose only argument is the run's id; running it twice is harmless.

    Each job has a new id: two jobs with one id would delete each other's record in Redis, and leave a key
    there for ever.
    """
    Queue(queue, connection=connection, serializer=JSONSerializer).enqueue(
        EXECUTE,
        str(uuid),
        job_id=f"{uuid}_{token_hex(4)}",
        result_ttl=0,
        failure_ttl=0,
        job_timeout=JOB_TIMEOUT,
    )


def queued_ids() -> set[str]:
    """Returns the uuids of the runs that wait in Redis. Raises RedisError if it is unavailable."""
    connection: Redis = current_app.extensions["redis"]
    jobs = [job for name in QUEUES for job in Queue(name, connection=connection).get_job_ids()]
    return {job.partition("_")[0] for job in jobs}
