"""Private and shared lists of tracks and artists."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model, Owned


class UserList(Owned, Model):
    """A list of tracks and artists; the default list of a user holds the starred ones."""

    __tablename__ = "lists"

    keep_fresh: Mapped[bool] = mapped_column(server_default="false")
    is_default: Mapped[bool] = mapped_column(server_default="false")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
