"""Platforms: where tracks are streamed, watched and charted. There can be only one row of each."""

import re
from datetime import datetime

from sqlalchemy import Computed, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import db
from webapp.models.base import Model


def fold(spelling: str) -> str:
    """What all spellings of one platform have in common; the same as the database's `platforms.fold`.

    Letters and digits of ASCII in lower case: 'You-Tube', 'you_tube' and 'YouTube' give 'youtube'.
    """
    return re.sub(r"[^A-Za-z0-9]", "", spelling).lower()


IDENTIFIER_KINDS = {"ean", "isni", "isrc", "iswc", "upc"}
"""Folds of what is named in the place of a platform and counts nothing."""


class Platform(Model):
    """A platform, its metric, and what SoundCharts offers of it."""

    __tablename__ = "platforms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    fold: Mapped[str] = mapped_column(
        Computed("regexp_replace(lower(slug COLLATE \"C\"), '[^a-z0-9]', '', 'g')", persisted=True),
        unique=True,
    )
    name: Mapped[str]
    platform_type: Mapped[str]
    audience_metric_name: Mapped[str]
    platform_identifier: Mapped[str]
    plot_rule: Mapped[str]
    has_song_audience: Mapped[bool]
    has_song_charts: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_identifier_kind(self) -> bool:
        """Whether it is a kind of identifier that stands in the place of a platform."""
        return self.fold in IDENTIFIER_KINDS

    @staticmethod
    def find(spelling: str) -> "Platform | None":
        """The platform that `spelling` means, by fold or by alias."""
        key = fold(spelling)
        found = db.session.scalar(select(Platform).where(Platform.fold == key))
        if found is not None:
            return found
        return db.session.scalar(select(Platform).join(PlatformAlias).where(PlatformAlias.fold == key))


class PlatformAlias(Model):
    """A spelling that folding cannot join to its platform, such as 'Twitter' to X."""

    __tablename__ = "platform_aliases"

    fold: Mapped[str] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))


class PlatformDistinction(Model):
    """Two platforms that look like one, and of which somebody said that they are two; the lesser id first."""

    __tablename__ = "platform_distinctions"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
