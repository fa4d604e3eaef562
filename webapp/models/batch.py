"""Batches: requests for many subjects at once, and their results."""

from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Created, Model
from webapp.models.user import User


class Batch(Created, Model):
    """A batch; `action` is fetch, history, artists or import."""

    __tablename__ = "batches"

    uuid: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    number: Mapped[int] = mapped_column(server_default=FetchedValue())
    action: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    requested_by: Mapped[int] = mapped_column(ForeignKey("users.id"))

    requester: Mapped[User] = relationship()


class BatchItem(Model):
    """One subject of a batch; `outcome` is requested, fresh, known or refused."""

    __tablename__ = "batch_items"

    batch_uuid: Mapped[UUID] = mapped_column(ForeignKey("batches.uuid"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    track_uuid: Mapped[UUID | None]
    artist_uuid: Mapped[UUID | None]
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platforms.id"))
    run_uuid: Mapped[UUID | None] = mapped_column(ForeignKey("job_runs.uuid"))
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
