"""The RQ worker: the app is loaded before the fork, and a child executes many jobs one after another."""

import gc
import os
import random
import resource
import socket
from contextlib import suppress
from itertools import count
from types import FrameType
from typing import Any, cast

from rq import Worker as RqWorker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue
from sqlalchemy.orm import configure_mappers

import jobs.schedule
import jobs.tasks  # noqa: F401 (imported before the fork, so that jobs need not import it)
from webapp import create_app
from webapp.extensions import db

MOST_JOBS = 500
"""Jobs of one child, so that nothing that a job leaves behind can add up."""
MOST_MEMORY = 512 * 1024
"""KiB that a child may have used at its highest; above it ends, since Python seldom gives memory back."""
READY = b"ready"
"""The child's answer when it has executed a job and waits for another."""
ENDING = b"ending"
"""The child's answer when it has executed its last job."""


class Worker(RqWorker):
    """`rq worker --worker-class jobs.worker.Worker`.

    Unlike RQ's own worker it keeps its child, whose connections and plans serve the next job. The child is
    replaced after MOST_JOBS jobs, above MOST_MEMORY, and after a job that failed or killed it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.app = create_app(worker=True)
        self._child: tuple[int, socket.socket] | None = None
        configure_mappers()  # takes 0.2 seconds, which each child would spend at its first query of a model
        gc.collect()
        gc.freeze()  # keeps collections in a job from touching, and so copying, the parent's objects

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Requests a stop after the current job.

        RQ stops by an exception, which is lost if the signal comes while a log line is written.
        """
        self._stop_requested = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Passes the job to the child; forks one unless the last one is ready."""
        self._child = self._ready_child() or self._fork()
        self._horse_pid, messages = self._child
        execution = cast("Execution", self.execution)
        with suppress(BrokenPipeError):  # the wait finds out that it is dead
            messages.send(f"{queue.name} {job.id} {execution.id}".encode())

    def wait_for_horse(self) -> tuple[int | None, int | None, Any]:
        """Waits until the child has executed its job, or is dead."""
        if self._child is not None:
            pid, messages = self._child
            # Left where it is, since a signal could come between taking and returning it.
            if _received(messages, socket.MSG_PEEK):
                return pid, os.EX_OK, None
            messages.close()
            self._child = None
        return super().wait_for_horse()

    def _ready_child(self) -> tuple[int, socket.socket] | None:
        if self._child is None:
            return None
        pid, messages = self._child
        is_ready = _received(messages) == READY
        if os.waitpid(pid, os.WNOHANG if is_ready else 0) == (0, 0):
            return self._child
        messages.close()
        return None

    def _fork(self) -> tuple[int, socket.socket]:
        """Returns the pid of a new child, and the socket to it."""
        ours, its = socket.socketpair()
        pid = os.fork()
        if pid:
            its.close()
            return pid, ours
        ours.close()  # so that the child ends when its parent is gone
        os.setpgrp()
        try:
            self._execute_jobs(its)
        except BaseException:
            self.log.exception("Worker %s: its child failed outside of a job", self.name)
            os._exit(os.EX_SOFTWARE)
        os._exit(os.EX_OK)

    def _execute_jobs(self, messages: socket.socket) -> None:
        """Executes the jobs of the parent's messages, as long as this child may go on."""
        random.seed()
        self.setup_work_horse_signals()  # type: ignore[no-untyped-call]
        self._is_horse = True
        with self.app.app_context():
            db.engine.dispose(close=False)  # the parent's connections
        for number in count(1):
            message = _received(messages).decode()
            if not message:  # the parent is gone
                return
            goes_on = self._execute(*message.split()) and number < MOST_JOBS and _memory() < MOST_MEMORY
            with suppress(BrokenPipeError):  # the parent is gone, which the next message shows
                messages.send(READY if goes_on else ENDING)
            if not goes_on:
                return

    def _execute(self, queue_name: str, job_id: str, execution_id: str) -> bool:
        """Executes a job in the child; returns whether it ended without an exception."""
        self.execution = Execution(execution_id, job_id, self.connection)
        job = self.job_class.fetch(job_id, connection=self.connection, serializer=self.serializer)
        job.redis_server_version = self.get_redis_server_version()  # type: ignore[no-untyped-call]
        queue = next(each for each in self.queues if each.name == queue_name)
        with self.app.app_context():
            return self.perform_job(job, queue)


def _received(messages: socket.socket, flags: int = 0) -> bytes:
    """Waits for a message; returns nothing if its sender is gone."""
    try:
        return messages.recv(1024, flags)
    except ConnectionResetError:  # it left a message of ours unread
        return b""


def _memory() -> int:
    """Returns the most memory that this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
