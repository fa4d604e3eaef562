"""Audience: the time series, its revisions, and the state of each series."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Model


class TrackAudienceTimeSeries(Model):
    """One value per track, platform and date; a hypertable if TimescaleDB is loaded."""

    __tablename__ = "track_audience_time_series"

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    audience_value: Mapped[int]
    platform_identifier: Mapped[str]
    fetched_at: Mapped[dt.datetime]
    api_data: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AudienceRevision(Model):
    """A former value, and the run whose upsert changed it."""

    __tablename__ = "audience_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    date: Mapped[dt.date]
    former_value: Mapped[int]
    former_identifier: Mapped[str]
    former_api_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    former_fetched_at: Mapped[dt.datetime]
    audience_value: Mapped[int]
    revised_at: Mapped[dt.datetime]
    run_uuid: Mapped[UUID | None]


class AudienceSetAside(Model):
    """A value that was stored for an invalid date."""

    __tablename__ = "audience_set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    track_uuid: Mapped[UUID]
    platform: Mapped[str]
    date: Mapped[dt.date]
    audience_value: Mapped[int]
    platform_identifier: Mapped[str]
    fetched_at: Mapped[dt.datetime]
    api_data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    set_aside_at: Mapped[dt.datetime]


class AudienceState(Model):
    """The freshness of one series: its last fetch, the result, and when it is due again."""

    __tablename__ = "audience_states"

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"), primary_key=True)
    status: Mapped[str]
    error: Mapped[str]
    looked_at: Mapped[dt.datetime | None]
    fetched_at: Mapped[dt.datetime | None]
    first_date: Mapped[dt.date | None]
    last_date: Mapped[dt.date | None]
    latest_value: Mapped[int | None]
    last_whole_date: Mapped[dt.date | None]
    last_whole_value: Mapped[int | None]
    fell_on: Mapped[dt.date | None]
    gain_7_days: Mapped[int | None]
    gain_7_days_base: Mapped[dt.date | None]
    gain_7_days_covers: Mapped[int | None]
    gain_7_days_caveat: Mapped[str | None]
    gain_7_days_before: Mapped[int | None]
    gain_change: Mapped[float | None] = mapped_column(
        Computed(
            "CASE WHEN gain_7_days_before >= 1000"
            " THEN (gain_7_days - gain_7_days_before)::double precision / gain_7_days_before END",
            persisted=True,
        )
    )
    history_from: Mapped[dt.date | None]
    due_at: Mapped[dt.datetime | None]
    version: Mapped[int]
    run_uuid: Mapped[UUID | None]
