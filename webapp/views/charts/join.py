"""Joining a chart that SoundCharts renamed to its history: the search, the preview and the join."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp import audit
from webapp.access import limits
from webapp.catalogue.chart_join import ChartJoinError, join_charts, preview_join
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Chart
from webapp.queries.charts.listed import ChartFilter, ListedChart, chart_page
from webapp.views.shared.finding import chart_or_404
from webapp.views.shared.parameters import clean, filled
from webapp.views.shared.saving import saved

MOST_DATES = 50
blueprint = Blueprint("chart_join", __name__, url_prefix="/charts/<slug>/join")


@blueprint.get("/")
def page(slug: str) -> ResponseReturnValue:
    """The charts that match `q`, to choose from; with `into`, a preview of joining to that chart."""
    chart, given = chart_or_404(slug), filled(request.args)
    if "into" in given:
        return preview(chart, chart_or_404(given["into"]))
    typed = given.get("q", "")
    return render_template("charts/join.html", chart=chart, typed=typed, found=candidates(chart, typed))


@blueprint.post("/")
@limits.changes
def join(slug: str) -> ResponseReturnValue:
    """Joins the chart to its history, the chart named `into`, in one transaction."""
    lost, kept = chart_or_404(slug), chart_or_404(clean(request.form.get("into", "")))
    name, former, own = lost.name, kept.slug, lost.slug
    try:
        rankings = preview_join(kept.id, lost.id).rankings
        join_charts(kept.id, lost.id)
    except ChartJoinError as error:
        db.session.rollback()
        audit.unchanged()
        flash(str(error), "error")
        return redirect(url_for("charts.page", slug=slug), 303)
    return saved(
        f"{name} now has the history of {former}: {counted(rankings, 'ranking')}.",
        url_for("charts.page", slug=own),
    )


def preview(lost: Chart, kept: Chart) -> ResponseReturnValue:
    """Shows the confirmation page with the dates of both charts."""
    try:
        found = preview_join(kept.id, lost.id)
    except ChartJoinError as error:
        flash(str(error), "info")
        return redirect(url_for("charts.page", slug=lost.slug), 303)
    return render_template("charts/join_preview.html", found=found, dates=found.overlaps[:MOST_DATES])


def candidates(chart: Chart, typed: str) -> list[ListedChart]:
    """Returns other charts of the platform that match `typed`; an exact slug comes first."""
    if not typed:
        return []
    exact = Chart.find(typed) if "\0" not in typed else None
    narrow = ChartFilter(typed=typed, platform=chart.platform.slug)
    page = [
        each
        for each in chart_page(narrow, sort="name", order="asc", after=None).charts
        if each.id != chart.id
    ]
    return sorted(page, key=lambda each: exact is None or each.id != exact.id)
