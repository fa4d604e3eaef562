"""The description of the JSON endpoints, for programs and those who write them."""

from uuid import UUID

from flask import Blueprint, Response, jsonify

from webapp.access import limits
from webapp.views.api.openapi import description
from webapp.views.shared.finding import run_or_404
from webapp.views.shared.run_json import run_json

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@limits.data
def openapi() -> Response:
    """OpenAPI 3.1."""
    return jsonify(description())


@blueprint.get("/runs/<uuid:uuid>/")
@limits.data
def run(uuid: UUID) -> Response:
    """What became of a run."""
    return run_json(run_or_404(uuid))
