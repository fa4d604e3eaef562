"""The tables of charts as files: the list, and the rankings, entries and runs of a chart."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, request

from webapp.access.rights import allowed
from webapp.models import Chart
from webapp.queries import BLOCK
from webapp.queries.charts.listed import ListedChart, chart_page
from webapp.queries.charts.pages import (
    HeldRanking,
    chart_entries,
    chart_head,
    chart_runs,
    entry_total,
    held_rankings,
)
from webapp.views.charts.filters import read_charts
from webapp.views.shared.finding import chart_or_404
from webapp.views.shared.tables import FILE, Fields, Sheet, every, sheet, table_file
from webapp.work.requests import TASKS

LIST: Fields = {
    "Chart": lambda row: row.name,
    "Platform": lambda row: row.platform_name,
    "Place": lambda row: row.place,
    "Frequency": lambda row: row.frequency or None,
    "Newest ranking": lambda row: row.last_ranked_on,
    "Entries": lambda row: row.entry_count,
    "Health": lambda row: row.health,
    "Slug": lambda row: row.slug,
}
RANKINGS: Fields = {
    "Date": lambda row: row.ranked_on,
    "Entries": lambda row: row.entry_count,
    "Fetched": lambda row: row.fetched_at,
    "Last confirmed": lambda row: row.checked_at,
    "Lacks": lambda row: row.lacking or None,
    "Replaced": lambda row: row.replaced_at,
    "Set aside": lambda row: row.set_aside,
}
ENTRIES: Fields = {
    "Date": lambda row: row.ranked_on,
    "Position": lambda row: row.position,
    "Title": lambda row: row.name or None,
    "Artists": lambda row: row.credit_name or None,
    "Previous position (API)": lambda row: row.previous_position,
    "Entry date (API)": lambda row: row.entry_date,
    "Time on chart": lambda row: row.time_on_chart,
    "Metric": lambda row: row.metric,
    "Track uuid": lambda row: str(row.uuid),
}
RUNS: Fields = {
    "Requested": lambda row: row.created_at,
    "State": lambda row: row.state,
    "What": lambda row: TASKS.get(row.task, row.task),
    "Ranking of": lambda row: row.ranked_on,
    "Requested by": lambda row: row.requester or "Schedule",
    "Ended": lambda row: row.finished_at,
    "Message": lambda row: row.message or (row.error if allowed("ops.run") else "") or None,
}

blueprint = Blueprint("chart_files", __name__, url_prefix="/charts")


@blueprint.get(f"/charts.{FILE}")
@table_file
def listed() -> Sheet:
    """The charts of the list with its filters and order."""
    state = read_charts(request.args)
    narrow, sorting = state.narrow, state.sorting

    def page(after: str | None) -> tuple[Sequence[ListedChart], str | None]:
        found = chart_page(narrow, sorting.sort, sorting.order, after=after, size=BLOCK)
        return found.charts, found.after

    return sheet(
        "charts",
        LIST,
        every(page),
        total=chart_page(narrow, sorting.sort, sorting.order, after=None, size=1).total,
        filters=state.filters,
        order=f"{sorting.words()}, idle ones last",
        query=state.arguments(),
    )


@blueprint.get(f"/<slug>/rankings.{FILE}")
@table_file
def rankings(slug: str) -> Sheet:
    """The stored rankings of a chart, newest first."""
    chart = chart_or_404(slug)
    head = chart_head(chart)
    chart_id = chart.id

    def page(before: date | None) -> tuple[Sequence[HeldRanking], date | None]:
        return held_rankings(chart_id, before, size=BLOCK)

    return sheet(
        f"{_name(chart)} rankings",
        RANKINGS,
        every(page),
        total=head.rankings,
        order="newest first",
        newest=chart.last_ranked_on,
        query={},
    )


@blueprint.get(f"/<slug>/entries.{FILE}")
@table_file
def entries(slug: str) -> Sheet:
    """All entries of the stored rankings of a chart, newest ranking first."""
    chart = chart_or_404(slug)
    return sheet(
        f"{_name(chart)} entries",
        ENTRIES,
        chart_entries(chart.id),
        total=entry_total(chart.id),
        order="newest ranking first, then by position",
        newest=chart.last_ranked_on,
        notes=[("Metric", chart.metric_name or "none reported")],
        query={},
    )


@blueprint.get(f"/<slug>/runs.{FILE}")
@table_file
def runs(slug: str) -> Sheet:
    """The newest runs of a chart, as its page shows them."""
    chart = chart_or_404(slug)
    return sheet(f"{_name(chart)} runs", RUNS, chart_runs(chart), order="newest first")


def _name(chart: Chart) -> str:
    return f"{chart.platform.name} {chart.name} {chart.place}"
