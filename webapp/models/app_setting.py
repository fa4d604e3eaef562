"""What an admin set at run time; webapp/app_settings.py says what there is to set."""

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Model
from webapp.models.user import User


class AppSetting(Model):
    """A setting that is not at its default, and who made it so."""

    __tablename__ = "app_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    changer: Mapped[User | None] = relationship()
