"""Artists, with SoundCharts' metadata."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class Artist(Model):
    """One artist; `genres` are strings or `{root, sub}` objects, as received."""

    __tablename__ = "artists"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str]
    slug: Mapped[str]
    image_url: Mapped[str]
    app_url: Mapped[str]
    country_code: Mapped[str]
    genres: Mapped[list[Any]] = mapped_column(JSONB)
    biography: Mapped[str]
    web_url: Mapped[str]
    city_name: Mapped[str]
    gender: Mapped[str]
    artist_type: Mapped[str]
    birth_date: Mapped[date | None]
    career_stage: Mapped[str]
    growth_level: Mapped[str]
    search_text: Mapped[str]
    metadata_fetched_at: Mapped[datetime | None]
    metadata_error: Mapped[str]
    metadata_due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
