"""Tracks, their artists, and their identifiers on platforms."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.artist import Artist
from webapp.models.base import Created, Described, Model, first_found
from webapp.models.platform import Platform
from webapp.queries.audience import ChartQuery, comparison_chart, single_chart


class TrackArtist(Model):
    """An artist's position in a track's credits."""

    __tablename__ = "track_artists"

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artists.id"), primary_key=True)
    position: Mapped[int]


class TrackIdentifier(Model):
    """A platform's identifier of a track: an id, a video, a sound, an ISRC."""

    __tablename__ = "track_identifiers"

    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))
    is_default: Mapped[bool]
    url: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    platform: Mapped[Platform] = relationship()


class TrackAlias(Created, Model):
    """A former uuid of a track in the API."""

    __tablename__ = "track_aliases"

    uuid: Mapped[UUID] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))


class Track(Described, Model):
    """One recording with its SoundCharts metadata; `duration` is in seconds."""

    __tablename__ = "tracks"

    credit_name: Mapped[str]
    isrc: Mapped[str]
    release_date: Mapped[date | None]
    duration: Mapped[int | None]
    explicit: Mapped[bool]
    labels: Mapped[list[Any]] = mapped_column(JSONB)
    composers: Mapped[list[Any]] = mapped_column(JSONB)
    producers: Mapped[list[Any]] = mapped_column(JSONB)
    audio: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    copyright: Mapped[str]
    distributor: Mapped[str]
    language_code: Mapped[str]
    metadata_due_at: Mapped[datetime]
    with_metadata: Mapped[bool]
    with_artists: Mapped[bool]
    with_audience: Mapped[bool]

    artists: Mapped[list[Artist]] = relationship(
        secondary="track_artists", order_by="TrackArtist.position", viewonly=True
    )
    identifiers: Mapped[list[TrackIdentifier]] = relationship(
        order_by="TrackIdentifier.identifier", viewonly=True
    )

    @staticmethod
    def find(uuid: UUID) -> "Track | None":
        """Returns the track with this SoundCharts uuid, its own or an alias."""
        return first_found(
            select(Track).where(Track.uuid == uuid),
            select(Track).join(TrackAlias).where(TrackAlias.uuid == uuid),
        )

    def get_audience_chart_data(
        self,
        platform: Platform,
        start_date: date | None = None,
        end_date: date | None = None,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """Returns `labels` and one dataset of running totals on `platform`, like the JSON endpoint.

        Both dates are inclusive; `limit` keeps the most recent N labels, oldest first.
        """
        return single_chart(self, platform, ChartQuery(start_date, end_date, limit))

    def get_platform_audience_comparison(
        self,
        platforms: Sequence[Platform],
        start_date: date | None = None,
        end_date: date | None = None,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """Returns `labels`, the union of dates, and a dataset per platform, in the given order.

        A dataset is null on dates without a value.
        """
        return comparison_chart(self, platforms, ChartQuery(start_date, end_date, limit))
