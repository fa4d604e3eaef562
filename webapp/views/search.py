"""The one search of the site: what is held here, and what SoundCharts has beyond it."""

from flask import Blueprint

blueprint = Blueprint("search", __name__, url_prefix="/search")


@blueprint.get("/")
def results() -> str:
    """What is found."""
    return ""
