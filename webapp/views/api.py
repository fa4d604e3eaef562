"""The description of the JSON endpoints, for programs and those who write them."""

from flask import Blueprint, Response, jsonify

from webapp import limits
from webapp.views.openapi import description

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/openapi.json")
@limits.data
def openapi() -> Response:
    """OpenAPI 3.1."""
    return jsonify(description())
