"""The RQ worker: what jobs need is ready before the fork, and none shares a connection with its parent."""

import gc
from typing import Any

from rq import Worker as RqWorker
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.orm import configure_mappers

import jobs.schedule
import jobs.tasks  # noqa: F401 (imported before the fork, so that no job pays for it)
from webapp import create_app
from webapp.extensions import db


class Worker(RqWorker):
    """`rq worker --worker-class jobs.worker.Worker`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = create_app(worker=True)
        configure_mappers()  # 0.2 seconds, which each job would spend anew at its first query of a model
        gc.collect()
        gc.freeze()  # a collection in a job does not look at, and so copy, what it has from its parent

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Runs in the child: forgets the parent's connections without closing them, then does the job."""
        with self.app.app_context():
            db.engine.dispose(close=False)
            super().main_work_horse(job, queue)
