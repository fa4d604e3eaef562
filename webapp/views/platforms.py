"""The list of platforms, and the page of one platform."""

from flask import Blueprint

blueprint = Blueprint("platforms", __name__, url_prefix="/platforms")


@blueprint.get("/")
def index() -> str:
    """The list."""
    return ""


@blueprint.get("/<slug>/")
def page(slug: str) -> str:
    """A platform."""
    return slug
