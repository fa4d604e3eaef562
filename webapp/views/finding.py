"""Rows named in an address, or 404 with a sentence that names them."""

from uuid import UUID

from flask import abort
from sqlalchemy import select

from webapp.extensions import db
from webapp.models import Artist, Chart, Platform, Track
from webapp.queries.runs import RunRow, find_run


def track_or_404(uuid: UUID | str) -> Track:
    """The track with this SoundCharts uuid."""
    try:
        track = Track.find(UUID(str(uuid)))
    except ValueError:
        track = None
    return track or abort(404, f"There is no track {uuid}.")


def artist_or_404(uuid: UUID) -> Artist:
    """The artist with this SoundCharts uuid."""
    found = db.session.scalar(select(Artist).where(Artist.uuid == uuid))
    return found or abort(404, f"There is no artist {uuid}.")


def chart_or_404(slug: str) -> Chart:
    """The chart with this slug."""
    return Chart.find(slug) or abort(404, f"There is no chart {slug[:80]}.")


def platform_or_404(spelling: str) -> Platform:
    """The platform that `spelling` means: any that folds to it will do."""
    return Platform.find(spelling) or abort(404, f"There is no platform {spelling}.")


def run_or_404(uuid: UUID) -> RunRow:
    """The run with this uuid."""
    return find_run(uuid) or abort(404, f"There is no run {uuid}.")
