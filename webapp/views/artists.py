"""The list of artists, and the page of one artist."""

from uuid import UUID

from flask import Blueprint

blueprint = Blueprint("artists", __name__, url_prefix="/artists")


@blueprint.get("/")
def index() -> str:
    """The list."""
    return ""


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """An artist."""
    return str(uuid)
