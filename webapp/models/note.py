"""Notes about tracks and artists."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.artist import Artist
from webapp.models.base import Created, Model
from webapp.models.track import Track


class Note(Created, Model):
    """A dated note about either a track or an artist."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, server_default=func.gen_random_uuid())
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    artist_id: Mapped[int | None] = mapped_column(ForeignKey("artists.id"))
    noted_on: Mapped[date]
    text: Mapped[str]
    search_text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    track: Mapped[Track | None] = relationship()
    artist: Mapped[Artist | None] = relationship()
