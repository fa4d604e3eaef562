"""Pauses of queues by operators: a paused queue starts no run until somebody resumes it."""

from webapp import audit
from webapp.extensions import db
from webapp.models import QueuePause


def pause_queue(queue: str, reason: str, user_id: int) -> bool:
    """Pauses a queue in the current transaction; returns False if an operator has already."""
    if db.session.get(QueuePause, (queue, "operator")) is not None:
        return False
    db.session.add(QueuePause(queue=queue, kind="operator", reason=reason, paused_by=user_id))
    audit.record("queue.pause", f"queue {queue}", after={"reason": reason})
    return True


def resume_queue(queue: str) -> bool:
    """Lifts an operator's pause in the current transaction; returns False if there is none.

    The sweep enqueues the waiting runs. Other pauses of the queue, by share or reserve, continue.
    """
    pause = db.session.get(QueuePause, (queue, "operator"))
    if pause is None:
        return False
    db.session.delete(pause)
    audit.record("queue.resume", f"queue {queue}", before={"reason": pause.reason})
    return True
