"""Saved views: pages with their filters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class SavedView(Model):
    """A named page with its filters; `url` is its path and query."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, server_default=func.gen_random_uuid())
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    url: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
