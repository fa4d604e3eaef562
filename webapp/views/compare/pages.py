"""The comparison of two to six tracks on one platform."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access import limits
from webapp.access.requests import wants_fragment
from webapp.views.compare.comparison import (
    FEWEST_TRACKS,
    MOST_TRACKS,
    Comparison,
    compare,
    drawing,
    read_comparison,
)
from webapp.views.shared.csv_files import csv_file

CSV_HEADER = (
    "track",
    "uuid",
    "date",
    "day",
    "platform",
    "metric",
    "total",
    "gain",
    "days_covered",
    "fetched_at",
    "former_value",
    "revised_at",
)

blueprint = Blueprint("compare", __name__, url_prefix="/compare")
# The tray stands on every page.
blueprint.app_context_processor(lambda: {"fewest_tracks": FEWEST_TRACKS, "most_tracks": MOST_TRACKS})


@blueprint.get("/")
def page() -> Response:
    """Tracks, controls, sentences, chart and table; fewer than two tracks are asked to become more."""
    template = "compare/_comparison.html" if wants_fragment() else "compare/index.html"
    body = render_template(template, compared=asked())
    return make_response(body)


@blueprint.get("/chart/")
def chart() -> ResponseReturnValue:
    """What charts.js draws, under the page's own parameters."""
    return jsonify(drawing(asked()))


@blueprint.get("/points.csv")
@limits.exports
def points() -> Response:
    """All points of the comparison as a file: by track, oldest first."""
    compared = asked()
    platform = compared.state.platform
    rows = (
        (
            part.name,
            str(part.track.uuid),
            point.label,
            part.day(point),
            platform.name,
            platform.audience_metric_name,
            point.total,
            point.gain,
            point.gain_days,
            point.fetched_at,
            point.former_value,
            point.revised_at,
        )
        for part in compared.parts
        for point in part.points
    )
    return csv_file(f"comparison {platform.name}", CSV_HEADER, rows)


def asked() -> Comparison:
    """The comparison that the address asks for."""
    return compare(read_comparison(request.args))
