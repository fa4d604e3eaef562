"""The tasks of charts: discovery, latest rankings, and missing rankings."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from flask import current_app
from sqlalchemy import update

from jobs.contract import Done, Run, RunError
from jobs.figures import FigureError, figure_date
from jobs.heartbeat import Heartbeat
from jobs.soundcharts import Ranking
from jobs.sources import CHART_SOURCES, ChartSource, chart_source_of
from jobs.tasks.rankings import accept_set_aside, lock_rankings, store_answer, store_chart
from jobs.upserts import Counts, upsert_platforms
from webapp.dates import FIRST_DATE, latest_date, named_dates
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.models import Chart, Platform
from webapp.queries import statement
from webapp.work.queue import LiveRun, record
from webapp.work.requests import How, discovery_request, ranking_request

log = logging.getLogger(__name__)


def discover_charts(run: Run, heartbeat: Heartbeat) -> Done:
    """Stores a platform's charts, new ones disabled; without a platform, requests a run for each."""
    if not run.args["platform"]:
        return _discover_platforms(run, heartbeat)
    platform = Platform.find(run.args["platform"])
    if platform is None:
        raise RunError(f"There is no platform {run.args['platform']!r}.")
    source, code, name = _source(platform, heartbeat), platform.platform_identifier, platform.name
    db.session.commit()
    found = sorted(source.charts(code), key=lambda chart: chart.slug)
    created = sum(store_chart(chart, platform.id) for chart in found)
    message = f"{name} has {counted(len(found), 'chart')}, {created} of them new."
    return Done(Counts(created, 0, len(found) - created), message)


def _discover_platforms(run: Run, heartbeat: Heartbeat) -> Done:
    db.session.commit()
    named = [platform for make in CHART_SOURCES for platform in make(heartbeat).platforms()]
    ids = sorted(set(upsert_platforms({each.code: each.name for each in named}).values()))
    db.session.execute(update(Platform).where(Platform.id.in_(ids)).values(has_song_charts=True))
    how: How = {"queue": run.queue, "requested_by": run.requested_by, "parent_uuid": run.uuid}
    children = record([discovery_request(db.session.get_one(Platform, each), **how) for each in ids])
    return Done(Counts(), f"{counted(len(ids), 'platform has', 'platforms have')} charts.", children)


def sync_chart(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches a chart's latest ranking, and requests the missing ones before it, newest first.

    The list of dates is fetched only if it can hold a missing date.
    """
    chart, source = _subject(run, heartbeat)
    since = date.fromisoformat(run.args["since"]) if run.args.get("since") else None
    known_until = db.session.scalar(statement("chart_known_until"), {"chart_id": chart.id})
    slug = chart.slug
    db.session.commit()
    received_at = datetime.now(UTC)
    ranking = _dated(source.ranking(slug, None))
    log.info("Received the latest ranking, of %s: %d entries.", ranking.ranked_on, len(ranking.entries))
    listed = [ranking.ranked_at]
    if since is not None or known_until is None or ranking.ranked_on > known_until:
        listed += source.dates(slug)
        log.info("Received %d dates.", len(listed) - 1)
    lock_rankings(ranking.ranked_on)
    chart = _find(run)
    stored = store_answer(chart, ranking, run_uuid=run.uuid, received_at=received_at)
    odd = _store_dates(chart, listed)
    children = _request_missing(run, chart, since=since, latest=ranking.ranked_on)
    db.session.execute(statement("chart_synced"), {"chart_id": chart.id, "received_at": received_at})
    more = f" Requested {counted(len(children), 'earlier ranking')}." if children else ""
    return Done(stored.counts, stored.message + more + odd, children)


def fetch_ranking(run: Run, heartbeat: Heartbeat) -> Done:
    """Fetches one ranking of a chart and stores it under the date in the response."""
    chart, source = _subject(run, heartbeat)
    slug = chart.slug
    db.session.commit()
    received_at = datetime.now(UTC)
    ranking = _dated(source.ranking(slug, run.args["ranked_at"]))
    log.info("Received the ranking of %s: %d entries.", ranking.ranked_on, len(ranking.entries))
    lock_rankings(ranking.ranked_on)
    stored = store_answer(_find(run), ranking, run_uuid=run.uuid, received_at=received_at)
    requested = run.args["ranked_on"]
    other = (
        ""
        if requested == str(ranking.ranked_on)
        else f"Requested {requested}, the API returned another date. "
    )
    return Done(stored.counts, other + stored.message)


def accept_ranking(run: Run, _heartbeat: Heartbeat) -> Done:
    """Stores the ranking that was set aside for a date, after an operator accepted it."""
    chart, day = _find(run), date.fromisoformat(run.args["ranked_on"])
    stored = accept_set_aside(chart, day, run.uuid)
    if stored is None:
        raise RunError(f"No ranking with entries is set aside for {chart.slug} on {day}.")
    return Done(stored.counts, stored.message)


def _find(run: Run) -> Chart:
    """Returns the chart of a run. Call it again after an API call, since charts may be joined meanwhile."""
    chart = Chart.find(run.args["chart"])
    if chart is None:
        raise RunError(f"There is no chart {run.args['chart']!r}.")
    return chart


def _subject(run: Run, heartbeat: Heartbeat) -> tuple[Chart, ChartSource]:
    chart = _find(run)
    return chart, _source(chart.platform, heartbeat)


def _source(platform: Platform, heartbeat: Heartbeat) -> ChartSource:
    try:
        return chart_source_of(platform, heartbeat)
    except LookupError as error:
        raise RunError(f"No source has charts of {platform.name}.") from error


def _dated(ranking: Ranking) -> Ranking:
    """Returns the ranking. Raises RunError if its date is not valid for a ranking."""
    try:
        figure_date(str(ranking.ranked_on), latest_date())
    except FigureError as error:
        raise RunError(f"The ranking was not stored: its {error}.") from error
    return ranking


def _store_dates(chart: Chart, listed: Sequence[str]) -> str:
    """Stores the dates that have a ranking; returns a sentence about listed dates that are not valid.

    Of several times on one day the last counts, as for the rankings themselves.
    """
    latest = latest_date()
    by_day = {date.fromisoformat(text[:10]): text for text in sorted(listed)}
    odd = [day for day in by_day if not FIRST_DATE <= day <= latest]
    kept = {day: text for day, text in by_day.items() if day not in odd}
    dates = {"chart_id": chart.id, "days": list(kept), "texts": list(kept.values())}
    db.session.execute(statement("chart_dates_store"), dates)
    return f" The API also lists dates that are not valid: {named_dates(odd)}." if odd else ""


def _request_missing(run: Run, chart: Chart, *, since: date | None, latest: date) -> list[LiveRun]:
    days = current_app.config["SETTINGS"].chart_history_days
    start = since or chart.history_from or today() - timedelta(days=days)
    parameters = {"chart_id": chart.id, "since": start, "latest": latest, "again": since is not None}
    missing = db.session.execute(statement("rankings_missing"), parameters).all()
    # Someone who gave a date waits for these rankings; other history runs when nothing else does.
    queue = "sync" if since else "backfill"
    requests = [
        ranking_request(chart, row.ranked_on, row.ranked_at, queue=queue, parent_uuid=run.uuid)
        for row in sorted(missing, reverse=True)
    ]
    # One by one, since runs are taken by number and record() sorts by key: the newest must come first.
    return [live for request in requests for live in record([request])]
