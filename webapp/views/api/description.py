"""The OpenAPI description and the state of runs, as JSON."""

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
    """The description as OpenAPI 3.1."""
    return jsonify(description())


@blueprint.get("/runs/<uuid:uuid>/")
@limits.data
def run(uuid: UUID) -> Response:
    """The state and result of a run."""
    return run_json(run_or_404(uuid))
