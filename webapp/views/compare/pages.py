"""The comparisons of two to six tracks, or artists, on one platform."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access.requests import wants_fragment
from webapp.views.compare.artists import ArtistComparison, ArtistsState, compare_artists
from webapp.views.compare.artists import drawing as artists_drawing
from webapp.views.compare.comparison import Comparison, ComparisonState, compare, drawing
from webapp.views.compare.scale import FEWEST, MOST
from webapp.views.shared.tables import FILE, Sheet, table_file

CSV_HEADER = (
    "track",
    "uuid",
    "date",
    "day",
    "platform",
    "metric",
    "total",
    "index",
    "gain",
    "days_covered",
    "fetched_at",
    "former_value",
    "revised_at",
)

ARTISTS_CSV_HEADER = (
    "artist",
    "uuid",
    "date",
    "platform",
    "metric",
    "total",
    "index",
    "gain",
    "tracks",
    "tracks_reported",
    "gains_unknown",
    "fetched_at",
)

blueprint = Blueprint("compare", __name__, url_prefix="/compare")
# Every page has the tray.
blueprint.app_context_processor(lambda: {"fewest_tracks": FEWEST, "most_tracks": MOST})


@blueprint.get("/")
def page() -> Response:
    """Tracks, controls, sentences, chart and table; fewer than two tracks get a link to add more."""
    template = "compare/_comparison.html" if wants_fragment() else "compare/index.html"
    compared = requested()
    body = render_template(template, compared=compared, drawing=drawing(compared) if compared.parts else None)
    return make_response(body)


@blueprint.get("/chart/", endpoint="drawing")
def draw() -> ResponseReturnValue:
    """The drawing for drawings.js, for the page's parameters."""
    return jsonify(drawing(requested()))


@blueprint.get(f"/points.{FILE}")
@table_file
def points() -> Sheet:
    """All points of the comparison as a file: by track, oldest first."""
    compared = requested()
    platform = compared.state.platform
    rows = [
        (
            part.name,
            str(part.track.uuid),
            point.label,
            part.day(point),
            platform.name,
            platform.audience_metric_name,
            point.total,
            compared.index_at(part, point),
            point.gain,
            point.gain_days,
            point.fetched_at,
            point.former_value,
            point.revised_at,
        )
        for part in compared.parts
        for point in part.points
    ]
    return Sheet(
        f"comparison {platform.name}",
        CSV_HEADER,
        rows,
        filters=[f"range {compared.range}", f"{compared.metric} shown"],
        order="by track, then by date, oldest first",
        newest=max((part.points[-1].label for part in compared.parts if part.points), default=None),
        notes=[("Summary", " ".join(compared.sentences))],
    )


def requested() -> Comparison:
    """Returns the comparison for the parameters of the URL."""
    return compare(ComparisonState.read(request.args))


@blueprint.get("/artists/")
def artists() -> Response:
    """Artists, controls, chart and figures; fewer than two artists get a search to add more."""
    template = "compare/_artists.html" if wants_fragment() else "compare/artists.html"
    compared = requested_artists()
    body = render_template(
        template,
        compared=compared,
        drawing=artists_drawing(compared) if compared.parts else None,
        fewest=FEWEST,
        most=MOST,
    )
    return make_response(body)


@blueprint.get("/artists/chart/", endpoint="artists_drawing")
def artists_drawn() -> ResponseReturnValue:
    """The drawing for drawings.js, for the page's parameters."""
    return jsonify(artists_drawing(requested_artists()))


@blueprint.get(f"/artists/points.{FILE}")
@table_file
def artists_points() -> Sheet:
    """All points of the comparison as a file: by artist, oldest first."""
    compared = requested_artists()
    platform = compared.state.platform
    rows = [
        (
            part.artist.name,
            str(part.artist.uuid),
            point.label,
            platform.name,
            platform.audience_metric_name,
            point.total,
            compared.index_at(part, point),
            point.gain,
            point.tracks,
            point.tracks_reported,
            point.unknown,
            point.fetched_at,
        )
        for part in compared.parts
        for point in part.points
    ]
    return Sheet(
        f"artists {platform.name}",
        ARTISTS_CSV_HEADER,
        rows,
        filters=[f"{compared.start} to {compared.end}", f"{compared.metric} shown"] if rows else [],
        order="by artist, then by date, oldest first",
        newest=compared.end,
        notes=[("Summary", " ".join(compared.sentences))],
    )


def requested_artists() -> ArtistComparison:
    """Returns the comparison of artists for the parameters of the URL."""
    return compare_artists(ArtistsState.read(request.args))
