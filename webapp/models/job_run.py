"""Runs: all requested jobs and their results."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model
from webapp.models.user import User


class JobRun(Model):
    """A requested job and its result; `state` is queued, running, succeeded, failed, dead or cancelled."""

    __tablename__ = "job_runs"

    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    task: Mapped[str]
    args: Mapped[dict[str, Any]] = mapped_column(JSONB)
    queue: Mapped[str]
    dedupe_key: Mapped[str]
    state: Mapped[str]
    forced: Mapped[bool]
    again: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    attempt: Mapped[int]
    max_attempts: Mapped[int]
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    command_line_user: Mapped[str] = mapped_column(server_default="")
    parent_uuid: Mapped[UUID | None]
    run_after: Mapped[datetime]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    pages: Mapped[int]
    calls: Mapped[int]
    records_created: Mapped[int]
    records_updated: Mapped[int]
    records_unchanged: Mapped[int]
    message: Mapped[str]
    error: Mapped[str]

    requester: Mapped[User | None] = relationship()

    @property
    def is_live(self) -> bool:
        """Whether the run is queued or running."""
        return self.state in ("queued", "running")
