"""The scheduler process: `python -m jobs.cron` enqueues the sweeps of jobs/schedule.py when they are due.

RQ's cron with one difference: it enqueues JSON, the only format our workers read.
"""

import logging

from redis import Redis
from rq import Queue
from rq.cron import CronJob, CronScheduler
from rq.serializers import JSONSerializer
from rq.utils import now

from jobs.schedule import SCHEDULE
from webapp import logs
from webapp.config import load_settings


class JsonCronScheduler(CronScheduler):
    """RQ's scheduler, but jobs are enqueued by name and as JSON."""

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueues the ticks that are due; a tick expires if no worker takes it before the next one."""
        due = [job for job in self.get_jobs() if job.should_run()]
        time = now()
        for job in due:
            queue = Queue(job.queue_name, connection=self.connection, serializer=JSONSerializer)
            queue.enqueue(job.func_name, **job.job_options)
            job.set_enqueue_time(time)
        return due


def main() -> None:
    """Runs the scheduler until SIGTERM."""
    settings = load_settings()
    logs.guard(settings)
    logging.basicConfig(level=settings.log_level)
    scheduler = JsonCronScheduler(Redis.from_url(settings.redis_url), logging_level=settings.log_level)
    for tick in SCHEDULE:
        scheduler.register(
            tick.sweep,
            "interactive",
            interval=tick.seconds,
            ttl=tick.seconds,
            result_ttl=0,
            failure_ttl=0,
            job_timeout=600,
        )
    scheduler.start()


if __name__ == "__main__":
    main()
