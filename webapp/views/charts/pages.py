"""The list of charts, a chart, and one of its rankings."""

from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access import limits
from webapp.access.requests import safe_next, wants_fragment
from webapp.catalogue.charts import CASCADE
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.sparkline import position_spark
from webapp.models import Chart
from webapp.queries.charts.listed import chart_page
from webapp.queries.charts.pages import chart_head, recent_positions, set_aside
from webapp.queries.charts.rankings import Around, ranking_around, ranking_rows
from webapp.views.charts.calendar import chart_calendar, read_month
from webapp.views.charts.filters import HEALTH, read_charts
from webapp.views.charts.ranking_file import csv_header, csv_rows
from webapp.views.charts.ranking_page import (
    COLUMNS,
    TABLE,
    RankingPage,
    RankingState,
    comparisons,
    ranking_page,
    streak_unit,
)
from webapp.views.ops.charts import STEPS
from webapp.views.shared.columns import keep_columns
from webapp.views.shared.finding import chart_or_404, date_or_404
from webapp.views.shared.htmx import with_url
from webapp.views.shared.listing import list_response
from webapp.views.shared.tables import FILE, Sheet, table_file
from webapp.work.costs import ranking_calls

TOP = 20
blueprint = Blueprint("charts", __name__, url_prefix="/charts")


@blueprint.get("/")
def index() -> Response:
    """The list; the URL has sort order, filters and the last chart of the previous page."""
    state = read_charts(request.args)
    return list_response(
        "charts",
        state,
        found=chart_page(state.narrow, sort=state.sorting.sort, order=state.sorting.order, after=state.after),
        health_choices=list(HEALTH.items()),
    )


@blueprint.post("/columns/")
@limits.changes
def columns() -> ResponseReturnValue:
    """Keeps the user's choice of the columns of rankings."""
    keep_columns(TABLE, COLUMNS, request.form)
    db.session.commit()
    return redirect(safe_next(request.form.get("next")), 303)


@blueprint.get("/<slug>/")
def page(slug: str) -> str:
    """A chart with the top of its newest ranking; calendar and sync history are separate fragments."""
    chart = chart_or_404(slug)
    newest = chart.last_ranked_on
    top = ranking_rows(chart, newest, TOP) if newest else []
    entries = [(row.track_id, row.occurrence) for row in top]
    places = recent_positions(chart, newest, entries) if newest else {}
    return render_template(
        "charts/_chart.html" if wants_fragment() else "charts/page.html",
        swap=wants_fragment(),
        chart=chart,
        head=chart_head(chart),
        top=top,
        sparks={entry: position_spark(positions) for entry, positions in places.items()},
        set_aside=set_aside(chart),
        cascade_steps={step: STEPS[step] for step in CASCADE},
        today=today(),
    )


@blueprint.get("/<slug>/calendar/")
def calendar(slug: str) -> str:
    """Three months of the chart's rankings, up to the month `until`."""
    chart = chart_or_404(slug)
    until = read_month(request.args)
    template = "charts/_calendar.html" if wants_fragment() else "charts/calendar.html"
    return render_template(template, chart=chart, calendar=chart_calendar(chart, until))


@blueprint.get("/<slug>/<ranked_on>/")
def ranking(slug: str, ranked_on: str) -> ResponseReturnValue:
    """A ranking with its movements; `compare` and `with` name the date that it is compared with."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    around = ranking_around(chart, on)
    if around.entry_count is None:
        return render_template("charts/no_ranking.html", chart=chart, ranked_on=on, around=around), 404
    page = requested(chart, on, around)
    template = "charts/_ranking.html" if wants_fragment() else "charts/ranking.html"
    calls = ranking_calls(around.entry_count)
    body = render_template(
        template,
        chart=chart,
        ranked_on=on,
        around=around,
        page=page,
        calls=calls,
        comparisons=comparisons(chart, page.state),
        unit=streak_unit(chart),
    )
    return with_url(body, url_for("charts.ranking", slug=slug, ranked_on=on, **page.state.arguments()))


@blueprint.get(f"/<slug>/<ranked_on>/ranking.{FILE}")
@table_file
def ranking_file(slug: str, ranked_on: str) -> Sheet:
    """The entries of the page with the same filters and columns; songs that left come last."""
    chart, on = chart_or_404(slug), date_or_404(ranked_on)
    around = ranking_around(chart, on)
    if around.entry_count is None:
        abort(404, f"No ranking of {chart.name} is stored for {on}.")
    found = requested(chart, on, around)
    rows, header = csv_rows(chart, on, around=around, page=found), csv_header(found)
    return Sheet(
        f"{chart.platform.name} {chart.name} {chart.place} {on}",
        header,
        [[row.get(name) for name in header] for row in rows],
        filters=found.state.filters,
        order="by position; songs that left come last",
        newest=on,
    )


def requested(chart: Chart, on: date, around: Around) -> RankingPage:
    """Returns the ranking for the parameters of the URL."""
    state = RankingState.read(request.args)
    wanted = state.wanted(on)
    if wanted is None:
        return ranking_page(chart, on, state, since=around.before_on, held=around.before_held)
    other = nearest(ranking_around(chart, wanted), wanted, on)
    if other is None:
        abort(404, f"No other ranking of {chart.name} is stored to compare with.")
    return ranking_page(chart, on, state, since=other, held=True)


def nearest(around: Around, wanted: date, not_on: date) -> date | None:
    """Returns the wanted date if its ranking is held, otherwise the nearest date before or after it."""
    dates = (wanted if around.entry_count else None, around.earlier, around.later)
    return next((found for found in dates if found and found != not_on), None)
