"""Artists, with SoundCharts' metadata."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from webapp.models.base import Described, Model


class Artist(Described, Model):
    """One artist."""

    __tablename__ = "artists"

    slug: Mapped[str]
    country_code: Mapped[str]
    biography: Mapped[str]
    web_url: Mapped[str]
    city_name: Mapped[str]
    gender: Mapped[str]
    artist_type: Mapped[str]
    birth_date: Mapped[date | None]
    career_stage: Mapped[str]
    growth_level: Mapped[str]
    metadata_due_at: Mapped[datetime | None]
