"""The RQ worker: the app is loaded before the fork, and no job shares a connection with its parent."""

import gc
from types import FrameType
from typing import Any

from rq import Worker as RqWorker
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.orm import configure_mappers

import jobs.schedule
import jobs.tasks  # noqa: F401 (imported before the fork, so that jobs need not import it)
from webapp import create_app
from webapp.extensions import db


class Worker(RqWorker):
    """`rq worker --worker-class jobs.worker.Worker`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = create_app(worker=True)
        configure_mappers()  # takes 0.2 seconds, which each job would spend at its first query of a model
        gc.collect()
        gc.freeze()  # keeps collections in a job from touching, and so copying, the parent's objects

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Requests a stop after the current job.

        RQ stops by an exception, which is lost if the signal comes while a log line is written.
        """
        self._stop_requested = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Runs in the child: drops the parent's connections without closing them, then runs the job."""
        with self.app.app_context():
            db.engine.dispose(close=False)
            super().main_work_horse(job, queue)
