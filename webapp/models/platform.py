"""Platforms, on which tracks are streamed, watched and charted; each has exactly one row."""

import re
from datetime import datetime

from sqlalchemy import Computed, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model, first_found


def fold(spelling: str) -> str:
    """Returns the folded spelling of a platform, equal to the database's `platforms.fold`.

    It has only ASCII letters and digits, in lower case: 'You-Tube' and 'you_tube' become 'youtube'.
    """
    return re.sub(r"[^A-Za-z0-9]", "", spelling).lower()


IDENTIFIER_KINDS = {"ean", "isni", "isrc", "iswc", "upc"}
"""Folds of identifier kinds that the API lists as platforms but that have no figures."""


METRIC_KINDS = {
    "streams": "streams",
    "plays": "streams",
    "views": "views",
    "shorts": "creations",
    "videos": "creations",
    "reels": "creations",
}
"""The kind of a metric by its name; totals of one kind may be added over platforms."""


def metric_kind(metric_name: str, platform_type: str) -> str | None:
    """Returns the kind of a platform's metric; None if no other platform's totals may be added to its own.

    Plays count as streams on streaming platforms only: Last.fm's repeat those of others.
    """
    kind = METRIC_KINDS.get(metric_name.lower())
    return kind if kind != "streams" or platform_type == "streaming" else None


class Platform(Model):
    """A platform, its metric, and which data SoundCharts has."""

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
        """Whether it is a kind of identifier, not a real platform."""
        return self.fold in IDENTIFIER_KINDS

    @property
    def metric_kind(self) -> str | None:
        """The kind of its metric, see metric_kind()."""
        return metric_kind(self.audience_metric_name, self.platform_type)

    @staticmethod
    def find(spelling: str) -> "Platform | None":
        """Returns the platform with this spelling, by fold or by alias."""
        key = fold(spelling)
        return first_found(
            select(Platform).where(Platform.fold == key),
            select(Platform).join(PlatformAlias).where(PlatformAlias.fold == key),
        )


class PlatformAlias(Model):
    """A spelling whose fold differs from its platform's, such as 'Twitter' for X."""

    __tablename__ = "platform_aliases"

    fold: Mapped[str] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))


class PlatformDistinction(Model):
    """Two similar platforms that somebody marked as distinct; the lower id first."""

    __tablename__ = "platform_distinctions"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
