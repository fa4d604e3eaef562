"""The list of tracks, and the page of one track."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for

from webapp.lib.text import fold_text
from webapp.models import Track
from webapp.queries.tracks.pages import track_links, track_platforms
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.listing import list_response
from webapp.views.tracks.filters import DATA, ListState, listed_tracks
from webapp.views.tracks.panel import read_state
from webapp.views.tracks.positions import read_positions
from webapp.views.tracks.preferences import with_own_range

blueprint = Blueprint("tracks", __name__)


@blueprint.get("/tracks/")
def index() -> Response:
    """The list on one platform; sort, filters and the last track of the page before are in the address."""
    listed = listed_tracks(request.args)
    state: ListState = listed["state"]
    return list_response(
        "tracks/_list.html",
        "tracks/index.html",
        state.address(),
        **listed,
        platforms=[(platform.slug, platform.name) for platform in state.platforms],
        data_choices=list(DATA.items()),
    )


@blueprint.get("/tracks/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """One track; the address also holds what its panels show."""
    track = track_or_404(uuid)
    state = with_own_range(read_state(request.args), request.args)
    positions = read_positions(request.args)
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


@blueprint.get("/tracks/<uuid:uuid>/cover.svg")
def cover(uuid: UUID) -> Response:
    """A drawn cover: two colours that the uuid decides, and the title's initials."""
    track = track_or_404(uuid)
    hue = int.from_bytes(sha256(uuid.bytes).digest()[:2]) % 360
    response = make_response(render_template("tracks/cover.svg", hue=hue, initials=initials(track)))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@blueprint.app_template_global()
def cover_url(uuid: UUID, name: str) -> str:
    """The address of a cover; it changes with the name, so that the picture can be kept."""
    return url_for("tracks.cover", uuid=uuid, v=sha256(name.encode()).hexdigest()[:8])


def initials(track: Track) -> str:
    """The first letters of the first two words of the title; '?' while there is none."""
    return "".join(word[0] for word in fold_text(track.name).upper().split()[:2]) or "?"
