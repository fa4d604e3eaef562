"""Enables and disables charts and their cascade, for the site and the commands."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp import audit
from webapp.extensions import db
from webapp.models import Chart, ChartAlias

CASCADE = ("with_metadata", "with_artists", "with_audience")
"""The steps for a chart's tracks: their metadata, their artists' metadata, their audience."""
RANKING_LOCK = 7_215_003
"""The advisory lock of writers of rankings."""


class UnknownChartError(LookupError):
    """Some charts do not exist; the message names all of them."""


def find_charts(slugs: Sequence[str]) -> list[Chart]:
    """Returns the charts with these slugs or aliases, in the order of their ids, each once.

    Raises UnknownChartError if a slug is unknown.
    """
    query = select(ChartAlias.slug, Chart).join(Chart, Chart.id == ChartAlias.chart_id)
    found = {chart.slug: chart for chart in db.session.scalars(select(Chart).where(Chart.slug.in_(slugs)))}
    found |= {row[0]: row[1] for row in db.session.execute(query.where(ChartAlias.slug.in_(slugs)))}
    if missing := sorted(set(slugs) - found.keys()):
        raise UnknownChartError(f"There is no chart {', '.join(missing)}; discover charts first.")
    return sorted(set(found.values()), key=lambda chart: chart.id)


def enable_charts(slugs: Sequence[str], *, enabled: bool) -> list[Chart]:
    """Turns the sync of charts on or off, in the current transaction; returns the changed charts.

    An enabled chart is due at once; a disabled one keeps its rankings. Raises UnknownChartError and changes
    nothing if a slug is unknown.
    """
    changed = [chart for chart in find_charts(slugs) if chart.sync_enabled != enabled]
    for chart in changed:
        chart.sync_enabled = enabled
        chart.next_sync_at = None
        audit.record("chart.enable" if enabled else "chart.disable", f"chart {chart.slug}")
    db.session.flush()
    return changed


def set_cascade(charts: Sequence[Chart], steps: Sequence[str], *, on: bool) -> list[Chart]:
    """Switches steps of CASCADE for charts, in the current transaction; returns the changed charts.

    Existing tracks keep their steps: switching off applies only to tracks that a chart brings later.
    """
    changed = [chart for chart in charts if any(getattr(chart, step) != on for step in steps)]
    for chart in changed:
        before = {step: getattr(chart, step) for step in steps}
        for step in steps:
            setattr(chart, step, on)
        audit.record("chart.cascade", f"chart {chart.slug}", before=before, after=dict.fromkeys(steps, on))
    db.session.flush()
    return changed
