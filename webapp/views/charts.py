"""The list of charts, a chart, and one of its rankings."""

from flask import Blueprint

blueprint = Blueprint("charts", __name__, url_prefix="/charts")


@blueprint.get("/")
def index() -> str:
    """The list."""
    return ""


@blueprint.get("/<slug>/")
def page(slug: str) -> str:
    """A chart."""
    return slug


@blueprint.get("/<slug>/<ranked_on>/")
def ranking(slug: str, ranked_on: str) -> str:
    """A ranking."""
    return f"{slug} {ranked_on}"
