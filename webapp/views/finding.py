"""Rows named in an address, or 404 with a sentence that names them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import abort
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.models import Artist, Batch, Chart, Platform, Track
from webapp.queries.runs import RunRow, find_run
from webapp.views.parameters import BadParameterError, day


def track_or_404(uuid: UUID | str) -> Track:
    """The track with this SoundCharts uuid."""
    try:
        track = Track.find(UUID(str(uuid)))
    except ValueError:
        track = None
    return track or abort(404, f"There is no track {uuid}.")


def tracks_or_404(uuids: Sequence[UUID]) -> list[Track]:
    """The tracks with these SoundCharts uuids, in their order."""
    found = {track.uuid: track for track in db.session.scalars(select(Track).where(Track.uuid.in_(uuids)))}
    return [found.get(uuid) or abort(404, f"There is no track {uuid}.") for uuid in uuids]


def artists_or_404(uuids: Sequence[UUID]) -> list[Artist]:
    """The artists with these SoundCharts uuids, in their order."""
    found = {
        artist.uuid: artist for artist in db.session.scalars(select(Artist).where(Artist.uuid.in_(uuids)))
    }
    return [found.get(uuid) or abort(404, f"There is no artist {uuid}.") for uuid in uuids]


def batch_or_404(uuid: UUID) -> Batch:
    """The batch with this uuid."""
    return db.session.get(Batch, uuid) or abort(404, f"There is no batch {uuid}.")


def artist_or_404(uuid: UUID) -> Artist:
    """The artist with this SoundCharts uuid."""
    found = db.session.scalar(select(Artist).where(Artist.uuid == uuid))
    return found or abort(404, f"There is no artist {uuid}.")


def chart_or_404(slug: str) -> Chart:
    """The chart with this slug."""
    found = Chart.find(slug) if "\0" not in slug else None
    return found or abort(404, f"There is no chart {slug[:80]}.")


def date_or_404(written: str) -> date:
    """The date of a ranking's address, written YYYY-MM-DD."""
    try:
        found = day(MultiDict({"date": written}), "date")
    except BadParameterError:
        found = None
    return found or abort(404, f"{written[:40]!r} is no date: a ranking's is written YYYY-MM-DD.")


def platform_or_404(spelling: str) -> Platform:
    """The platform that `spelling` means: any that folds to it will do."""
    return Platform.find(spelling) or abort(404, f"There is no platform {spelling}.")


def run_or_404(uuid: UUID) -> RunRow:
    """The run with this uuid."""
    return find_run(uuid) or abort(404, f"There is no run {uuid}.")
