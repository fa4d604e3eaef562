"""The list of tracks, and the page of one track."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access import limits
from webapp.access.requests import safe_next
from webapp.extensions import db
from webapp.lib.covers import cover_url
from webapp.queries.tracks.pages import track_links, track_platforms
from webapp.views.shared.columns import keep_columns
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.listing import list_response
from webapp.views.tracks.filters import DATA, TrackListState, listed_tracks
from webapp.views.tracks.panel import PanelState
from webapp.views.tracks.positions import PositionState
from webapp.views.tracks.preferences import with_own_range

blueprint = Blueprint("tracks", __name__)
blueprint.add_app_template_global(cover_url)


@blueprint.get("/tracks/")
def index() -> Response:
    """The list on one platform; the URL has sort order, filters and the last track of the previous page."""
    listed = listed_tracks(request.args)
    state: TrackListState = listed["state"]
    return list_response(
        "tracks",
        **listed,
        platforms=[(platform.slug, platform.name) for platform in state.platforms],
        data_choices=list(DATA.items()),
    )


@blueprint.post("/tracks/columns/")
@limits.changes
def columns() -> ResponseReturnValue:
    """Keeps the user's choice of the list's columns."""
    keep_columns(TrackListState.table, TrackListState.columns, request.form)
    db.session.commit()
    return redirect(safe_next(request.form.get("next")), 303)


@blueprint.get("/tracks/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """One track; the URL also has the state of its panels."""
    track = track_or_404(uuid)
    state = with_own_range(PanelState.read(request.args), request.args)
    positions = PositionState.read(request.args)
    links = track_links(track.id)
    return render_template(
        "tracks/page.html",
        track=track,
        state=state,
        positions=positions,
        links=[link for link in links if link.url and link.slug != "isrc"],
        isrcs=list(dict.fromkeys([track.isrc, *(link.identifier for link in links if link.slug == "isrc")])),
        platforms=track_platforms(track.id),
    )
