"""Paused queues."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class QueuePause(Model):
    """A pause of a queue; `kind` is operator, or reserve or share, which the schedule sets and lifts."""

    __tablename__ = "queue_pauses"

    queue: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    paused_at: Mapped[datetime] = mapped_column(server_default=func.now())
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lasts_until: Mapped[datetime | None]
