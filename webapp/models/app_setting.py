"""Settings changed at run time by admins; webapp/app_settings.py defines them."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model
from webapp.models.user import User


class AppSetting(Model):
    """A setting that overrides its default, and the admin who changed it."""

    __tablename__ = "app_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    changer: Mapped[User | None] = relationship()
