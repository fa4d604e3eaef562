"""Rows named in an address, or 404 with a sentence that names them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from flask import abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.models import Artist, Batch, Chart, Platform, Track, TrackAlias
from webapp.queries.ops.runs import RunRow, find_run
from webapp.views.shared.parameters import BadParameterError, day


def track_or_404(uuid: UUID | str) -> Track:
    """The track with this SoundCharts uuid; a URL that names it by an alias leads to the one with its own."""
    try:
        track = Track.find(UUID(str(uuid)))
    except ValueError:
        track = None
    if track is None:
        abort(404, f"There is no track {uuid}.")
    if track.uuid != UUID(str(uuid)) and uuid in (request.view_args or {}).values():
        _redirect(uuid, track.uuid)
    return track


def tracks_or_404(uuids: Sequence[UUID]) -> list[Track]:
    """The tracks with these SoundCharts uuids or aliases, in their order, each once."""
    query = select(TrackAlias.uuid, Track).join(Track, Track.id == TrackAlias.track_id)
    found = {track.uuid: track for track in db.session.scalars(select(Track).where(Track.uuid.in_(uuids)))}
    aliases = db.session.execute(query.where(TrackAlias.uuid.in_(uuids)))
    found |= {row[0]: row[1] for row in aliases}
    return list(dict.fromkeys(found.get(uuid) or abort(404, f"There is no track {uuid}.") for uuid in uuids))


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
    """The chart with this slug; a URL that names it by an alias leads to the one with its own."""
    found = Chart.find(slug) if "\0" not in slug else None
    if found is None:
        abort(404, f"There is no chart {slug[:80]}.")
    if found.slug != slug and (request.view_args or {}).get("slug") == slug:
        _redirect(slug, found.slug)
    return found


def _redirect(alias: UUID | str, own: UUID | str) -> NoReturn:
    """Leads to the same URL under the row's own name, for good and with the same method."""
    given = request.view_args or {}
    values: dict[str, Any] = {name: own if value == alias else value for name, value in given.items()}
    url = url_for(str(request.endpoint), **values)
    query = request.query_string.decode()
    abort(redirect(f"{url}?{query}" if query else url, 301 if request.method in ("GET", "HEAD") else 308))


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
