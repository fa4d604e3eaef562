"""The list of a chart's held rankings."""

from flask import Blueprint, render_template, request

from webapp.access.requests import wants_fragment
from webapp.queries.charts.pages import held_rankings
from webapp.views.shared.finding import chart_or_404
from webapp.views.shared.parameters import day

blueprint = Blueprint("chart_rankings", __name__, url_prefix="/charts/<slug>/rankings")


@blueprint.get("/")
def index(slug: str) -> str:
    """The rankings, newest first; `before` is the last date of the previous page."""
    chart = chart_or_404(slug)
    before = day(request.args, "before")
    rankings, after = held_rankings(chart.id, before)
    template = "charts/_rankings.html" if wants_fragment() else "charts/rankings.html"
    return render_template(template, chart=chart, rankings=rankings, before=before, after=after)
