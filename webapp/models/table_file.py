"""Files of large tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class TableFilePart(Model):
    """A part of the file that a run has made."""

    __tablename__ = "table_file_parts"

    run_uuid: Mapped[UUID] = mapped_column(ForeignKey("job_runs.uuid"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
