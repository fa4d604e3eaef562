"""Rows named in a URL, or 404 with a sentence that names them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from flask import abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from webapp.extensions import db
from webapp.models import Artist, Batch, Chart, Platform, Track, TrackAlias
from webapp.queries.ops.runs import RunRow, find_run
from webapp.queries.platforms.combined import Combination, Member, combination_named
from webapp.queries.tracks.combined import Drawable
from webapp.queries.tracks.pages import Series
from webapp.views.shared.parameters import BadParameterError, day


def listable_platforms() -> list[Platform]:
    """Returns the platforms with song audience; the first is the default. Raises BadParameterError."""
    query = select(Platform).where(Platform.has_song_audience).order_by(Platform.id)
    found = list(db.session.scalars(query))
    if not found:
        raise BadParameterError("No platform has song audience.")
    return found


def audience_platform_or_404(name: str) -> Platform:
    """Returns the platform with this spelling; 409 if SoundCharts has no song audience for it."""
    platform = platform_or_404(name)
    if not platform.has_song_audience:
        abort(409, f"SoundCharts has no song audience for {platform.name}.")
    return platform


def track_or_404(uuid: UUID | str) -> Track:
    """Returns the track with this SoundCharts uuid; redirects a URL with an alias."""
    try:
        track = Track.find(UUID(str(uuid)))
    except ValueError:
        track = None
    if track is None:
        abort(404, f"Track {uuid} not found.")
    if track.uuid != UUID(str(uuid)) and uuid in (request.view_args or {}).values():
        _redirect(uuid, track.uuid)
    return track


def tracks_or_404(uuids: Sequence[UUID]) -> list[Track]:
    """Returns the tracks with these SoundCharts uuids or aliases, in order, each once."""
    query = select(TrackAlias.uuid, Track).join(Track, Track.id == TrackAlias.track_id)
    found = {track.uuid: track for track in db.session.scalars(select(Track).where(Track.uuid.in_(uuids)))}
    aliases = db.session.execute(query.where(TrackAlias.uuid.in_(uuids)))
    found |= {row[0]: row[1] for row in aliases}
    return list(dict.fromkeys(found.get(uuid) or abort(404, f"Track {uuid} not found.") for uuid in uuids))


def artists_or_404(uuids: Sequence[UUID]) -> list[Artist]:
    """Returns the artists with these SoundCharts uuids, in order."""
    found = {
        artist.uuid: artist for artist in db.session.scalars(select(Artist).where(Artist.uuid.in_(uuids)))
    }
    return [found.get(uuid) or abort(404, f"Artist {uuid} not found.") for uuid in uuids]


def batch_or_404(uuid: UUID) -> Batch:
    """Returns the batch with this uuid."""
    return db.session.get(Batch, uuid) or abort(404, f"Batch {uuid} not found.")


def artist_or_404(uuid: UUID) -> Artist:
    """Returns the artist with this SoundCharts uuid."""
    found = db.session.scalar(select(Artist).where(Artist.uuid == uuid))
    return found or abort(404, f"Artist {uuid} not found.")


def chart_or_404(slug: str) -> Chart:
    """Returns the chart with this slug; redirects a URL with an alias."""
    found = Chart.find(slug) if "\0" not in slug else None
    if found is None:
        abort(404, f"Chart {slug[:80]} not found.")
    if found.slug != slug and (request.view_args or {}).get("slug") == slug:
        _redirect(slug, found.slug)
    return found


def _redirect(alias: UUID | str, own: UUID | str) -> NoReturn:
    """Redirects permanently to the same URL with the row's own name, keeping the method."""
    given = request.view_args or {}
    values: dict[str, Any] = {name: own if value == alias else value for name, value in given.items()}
    url = url_for(str(request.endpoint), **values)
    query = request.query_string.decode()
    abort(redirect(f"{url}?{query}" if query else url, 301 if request.method in ("GET", "HEAD") else 308))


def date_or_404(written: str) -> date:
    """Reads the date of a ranking's URL, as YYYY-MM-DD."""
    try:
        found = day(MultiDict({"date": written}), "date")
    except BadParameterError:
        found = None
    return found or abort(404, f"{written[:40]!r} is not a date; use YYYY-MM-DD.")


def platform_or_404(spelling: str) -> Platform:
    """Returns the platform of a spelling or alias."""
    return Platform.find(spelling) or abort(404, f"Platform {spelling} not found.")


def platforms_with_data(held: Sequence[Series]) -> list[Platform]:
    """Returns the platforms of the series of a track, by id."""
    ids = [series.platform_id for series in held]
    return list(db.session.scalars(select(Platform).where(Platform.id.in_(ids)).order_by(Platform.id)))


def drawables_or_404(names: Iterable[str], with_data: Sequence[Platform]) -> list[Drawable]:
    """Returns the named platforms and combinations of those with data, in order, each once."""
    known = {each.slug: each for each in with_data}
    found = (
        known.get(each) or combination_or_404(each, with_data) or platform_or_404(each) for each in names
    )
    return list(dict.fromkeys(found))


def combination_or_404(name: str, with_data: Sequence[Member]) -> Combination | None:
    """Returns the named combination of platforms with data; None if no combination has the name."""
    found = combination_named(name, with_data)
    return abort(404, found.why_not) if found and not found.is_sum else found


def run_or_404(uuid: UUID) -> RunRow:
    """Returns the run with this uuid."""
    return find_run(uuid) or abort(404, f"Run {uuid} not found.")
