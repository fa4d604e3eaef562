"""Following charts and leaving them, for the site and the commands alike."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp.extensions import db
from webapp.models import Chart


class UnknownChartError(LookupError):
    """There is no such chart; the message names all that there are not."""


def enable_charts(slugs: Sequence[str], *, enabled: bool) -> list[Chart]:
    """Turns the sync of charts on or off, in the transaction under way; returns those that it changed.

    One that is turned on is due at once, and what was stored stays with one that is turned off.
    Raises UnknownChartError, and changes nothing, where a slug is no chart's.
    """
    found = db.session.scalars(select(Chart).where(Chart.slug.in_(slugs)).order_by(Chart.id)).all()
    if missing := sorted(set(slugs) - {chart.slug for chart in found}):
        raise UnknownChartError(f"There is no chart {', '.join(missing)}: discover charts first.")
    changed = [chart for chart in found if chart.sync_enabled != enabled]
    for chart in changed:
        chart.sync_enabled = enabled
        chart.next_sync_at = None
    db.session.flush()
    return changed
