"""The overview of operations."""

from flask import Blueprint, render_template, request

from webapp.views.dashboard.cards import COLLECTION
from webapp.views.dashboard.filter import DashboardState
from webapp.views.dashboard.pages import version_tokens

blueprint = Blueprint("ops_overview", __name__, url_prefix="/ops")


@blueprint.get("/")
def page() -> str:
    """The cards of the dashboard about fetched data, charts and runs."""
    tokens = version_tokens()
    state = DashboardState.read(request.args)
    return render_template("ops/overview.html", tokens=tokens, state=state, collection=COLLECTION)
