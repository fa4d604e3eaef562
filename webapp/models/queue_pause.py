"""Queues that take no run for now."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class QueuePause(Model):
    """Why a queue waits; `kind` is operator, or reserve and share, which the schedule puts and lifts."""

    __tablename__ = "queue_pauses"

    queue: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    paused_at: Mapped[datetime] = mapped_column(server_default=func.now())
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lasts_until: Mapped[datetime | None]
