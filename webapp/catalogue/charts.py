"""Following charts, leaving them, and what follows from them, for the site and the commands alike."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp import audit
from webapp.extensions import db
from webapp.models import Chart, ChartAlias

CASCADE = ("with_metadata", "with_artists", "with_audience")
"""What a chart's tracks get: their details, those of their artists, their audience."""
RANKING_LOCK = 7_215_003
"""The advisory lock of who writes rankings."""


class UnknownChartError(LookupError):
    """There is no such chart; the message names all that there are not."""


def find_charts(slugs: Sequence[str]) -> list[Chart]:
    """The charts with these slugs or aliases, in the order of their ids, each once.

    Raises UnknownChartError where a slug is no chart's.
    """
    query = select(ChartAlias.slug, Chart).join(Chart, Chart.id == ChartAlias.chart_id)
    found = {chart.slug: chart for chart in db.session.scalars(select(Chart).where(Chart.slug.in_(slugs)))}
    found |= {row[0]: row[1] for row in db.session.execute(query.where(ChartAlias.slug.in_(slugs)))}
    if missing := sorted(set(slugs) - found.keys()):
        raise UnknownChartError(f"There is no chart {', '.join(missing)}: discover charts first.")
    return sorted(set(found.values()), key=lambda chart: chart.id)


def enable_charts(slugs: Sequence[str], *, enabled: bool) -> list[Chart]:
    """Turns the sync of charts on or off, in the transaction under way; returns those that it changed.

    One that is turned on is due at once, and what was stored stays with one that is turned off.
    Raises UnknownChartError, and changes nothing, where a slug is no chart's.
    """
    changed = [chart for chart in find_charts(slugs) if chart.sync_enabled != enabled]
    for chart in changed:
        chart.sync_enabled = enabled
        chart.next_sync_at = None
        audit.record("chart.enable" if enabled else "chart.disable", f"chart {chart.slug}")
    db.session.flush()
    return changed


def set_cascade(charts: Sequence[Chart], steps: Sequence[str], *, on: bool) -> list[Chart]:
    """Switches steps of CASCADE for charts, in the transaction under way; returns those that it changed.

    Tracks that a chart brought keep what they got: off is for those that it brings from now on.
    """
    changed = [chart for chart in charts if any(getattr(chart, step) != on for step in steps)]
    for chart in changed:
        before = {step: getattr(chart, step) for step in steps}
        for step in steps:
            setattr(chart, step, on)
        audit.record("chart.cascade", f"chart {chart.slug}", before=before, after=dict.fromkeys(steps, on))
    db.session.flush()
    return changed
