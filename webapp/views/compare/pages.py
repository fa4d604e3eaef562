"""The comparisons of two to six tracks, or artists, on one platform."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access.requests import wants_fragment
from webapp.views.compare.artists import ArtistComparison, ArtistsState, compare_artists
from webapp.views.compare.artists import drawing as artists_drawing
from webapp.views.compare.comparison import Comparison, ComparisonState, compare, drawing
from webapp.views.compare.scale import FEWEST, MOST
from webapp.views.shared.tables import FILE, Fields, Sheet, sheet, table_file

blueprint = Blueprint("compare", __name__, url_prefix="/compare")
# Every page has the trays.
blueprint.app_context_processor(lambda: {"fewest_compared": FEWEST, "most_compared": MOST})


@blueprint.get("/")
def page() -> str:
    """Tracks, controls, sentences, chart and table; fewer than two tracks get a link to add more."""
    template = "compare/_comparison.html" if wants_fragment() else "compare/index.html"
    compared = requested()
    return render_template(template, compared=compared, drawing=drawing(compared) if compared.parts else None)


@blueprint.get("/chart/", endpoint="drawing")
def draw() -> ResponseReturnValue:
    """The drawing for drawings.js, for the page's parameters."""
    return jsonify(drawing(requested()))


@blueprint.get(f"/points.{FILE}")
@table_file
def points() -> Sheet:
    """All points of the comparison as a file: by track, oldest first."""
    compared = requested()
    fields: Fields = {
        "track": lambda row: row[0].name,
        "uuid": lambda row: str(row[0].track.uuid),
        "date": lambda row: row[1].label,
        "day": lambda row: row[0].day(row[1]),
        **values_of(compared),
        "days_covered": lambda row: row[1].gain_days,
        "fetched_at": lambda row: row[1].fetched_at,
        "former_value": lambda row: row[1].former_value,
        "revised_at": lambda row: row[1].revised_at,
    }
    return sheet(
        f"comparison {compared.state.platform.name}",
        fields,
        [(part, point) for part in compared.parts for point in part.points],
        filters=[f"range {compared.range}", f"{compared.metric} shown"],
        order="by track, then by date, oldest first",
        newest=max((part.points[-1].label for part in compared.parts if part.points), default=None),
        notes=[("Summary", " ".join(compared.sentences))],
        query=compared.state.arguments(),
    )


def values_of(compared: Comparison | ArtistComparison) -> Fields:
    """Returns the columns that both files have, of rows of a part and its point."""
    platform = compared.state.platform
    return {
        "platform": lambda _: platform.name,
        "metric": lambda _: platform.audience_metric_name,
        "total": lambda row: row[1].total,
        "index": lambda row: compared.index_at(*row),
        "gain": lambda row: row[1].gain,
    }


def requested() -> Comparison:
    """Returns the comparison for the parameters of the URL."""
    return compare(ComparisonState.read(request.args))


@blueprint.get("/artists/")
def artists() -> str:
    """Artists, controls, chart and figures; fewer than two artists get a search to add more."""
    compared = requested_artists()
    return render_template(
        "compare/_artists.html" if wants_fragment() else "compare/artists.html",
        compared=compared,
        drawing=artists_drawing(compared) if compared.parts else None,
    )


@blueprint.get("/artists/chart/", endpoint="artists_drawing")
def artists_drawn() -> ResponseReturnValue:
    """The drawing for drawings.js, for the page's parameters."""
    return jsonify(artists_drawing(requested_artists()))


@blueprint.get(f"/artists/points.{FILE}")
@table_file
def artists_points() -> Sheet:
    """All points of the comparison as a file: by artist, oldest first."""
    compared = requested_artists()
    fields: Fields = {
        "artist": lambda row: row[0].artist.name,
        "uuid": lambda row: str(row[0].artist.uuid),
        "date": lambda row: row[1].label,
        **values_of(compared),
        "tracks": lambda row: row[1].tracks,
        "tracks_reported": lambda row: row[1].tracks_reported,
        "gains_unknown": lambda row: row[1].unknown,
        "fetched_at": lambda row: row[1].fetched_at,
    }
    shown = [f"{compared.start} to {compared.end}", f"{compared.metric} shown"]
    return sheet(
        f"artists {compared.state.platform.name}",
        fields,
        [(part, point) for part in compared.parts for point in part.points],
        filters=shown if compared.parts else [],
        order="by artist, then by date, oldest first",
        newest=compared.end,
        notes=[("Summary", " ".join(compared.sentences))],
        query=compared.state.arguments(find=None),
    )


def requested_artists() -> ArtistComparison:
    """Returns the comparison of artists for the parameters of the URL."""
    return compare_artists(ArtistsState.read(request.args))
