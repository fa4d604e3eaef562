"""Charts and their rankings."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, select
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import db
from webapp.models.base import Created, Model, first_found
from webapp.models.platform import Platform


class Chart(Model):
    """A chart of a platform, identified by the API's opaque `slug`; `country_code` is "" worldwide.

    `place` is its location: 'Paris, France', 'France' or 'Worldwide'.
    """

    __tablename__ = "charts"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    country_code: Mapped[str]
    country_name: Mapped[str]
    city_name: Mapped[str]
    country: Mapped[str] = mapped_column(FetchedValue())
    place: Mapped[str] = mapped_column(FetchedValue())
    frequency: Mapped[str]
    max_entries: Mapped[int | None]
    metric_name: Mapped[str]
    web_url: Mapped[str]
    search_text: Mapped[str]
    sync_enabled: Mapped[bool]
    sync_hours: Mapped[int | None]
    next_sync_at: Mapped[datetime | None]
    history_from: Mapped[date | None]
    with_metadata: Mapped[bool]
    with_artists: Mapped[bool]
    with_audience: Mapped[bool]
    last_ranked_on: Mapped[date | None]
    last_synced_at: Mapped[datetime | None]
    sync_failed_at: Mapped[datetime | None]
    sync_error: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    platform: Mapped[Platform] = relationship(lazy="joined", innerjoin=True)

    @staticmethod
    def find(slug: str) -> "Chart | None":
        """Returns the chart with this slug, its own or an alias."""
        return first_found(
            select(Chart).where(Chart.slug == slug),
            select(Chart).join(ChartAlias).where(ChartAlias.slug == slug),
        )


class ChartAlias(Created, Model):
    """A former slug of a chart, which the API renamed."""

    __tablename__ = "chart_aliases"

    slug: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[int] = mapped_column(ForeignKey("charts.id"))


class ChartRanking(Model):
    """A stored ranking of a chart; `fetched_at` is its first receipt, `ranked_at` its date as received.

    `missing_positions` are those before the last that have no song, `refused_rows` counts received rows that
    could not be stored. If it `is_whole`, a song that is not in it was not in the ranking.
    """

    __tablename__ = "chart_rankings"

    chart_id: Mapped[int] = mapped_column(ForeignKey("charts.id"), primary_key=True)
    ranked_on: Mapped[date] = mapped_column(primary_key=True)
    ranked_at: Mapped[str]
    entry_count: Mapped[int]
    missing_positions: Mapped[Sequence[Range[int]]] = mapped_column(INT8MULTIRANGE)
    refused_rows: Mapped[int]
    fetched_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    run_uuid: Mapped[UUID | None]
    is_whole: Mapped[bool] = mapped_column(FetchedValue())

    @staticmethod
    def find(chart: Chart, ranked_on: date) -> "ChartRanking | None":
        """Returns the ranking of a chart of that date."""
        return db.session.get(ChartRanking, (chart.id, ranked_on))


class ChartRankingEntry(Model):
    """A track's entry in a ranking, as received; movements are derived (`ranking_movements`).

    `ordinal` numbers the songs at one position, from 1.
    """

    __tablename__ = "chart_ranking_entries"

    chart_id: Mapped[int] = mapped_column(ForeignKey("charts.id"), primary_key=True)
    ranked_on: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id"))
    previous_position: Mapped[int | None]
    evolution: Mapped[int | None]
    metric: Mapped[int | None]
    entry_date: Mapped[date | None]
    time_on_chart: Mapped[int | None]
    time_on_chart_unit: Mapped[str]
    repeats: Mapped[bool]
