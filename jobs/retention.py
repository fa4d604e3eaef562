"""Deletes rows older than the retention settings, in small batches. Audit events are kept for ever."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, cast

import psycopg
from flask import current_app
from sqlalchemy import CursorResult

from webapp.access import sessions
from webapp.app_settings import settings
from webapp.engine import OF_CALLS, describe_engine
from webapp.extensions import db
from webapp.queries import statement
from webapp.sql import read_sql
from webapp.work.table_files import KEPT_DAYS

BATCH = 500
"""Rows per transaction; a deleted run or batch takes its dependent rows with it."""
OPTIONS = "-c statement_timeout=0 -c timezone=UTC"
PATIENCE_SECONDS = 300
"""How long one tick deletes; the next tick deletes the rest."""


def forget_old() -> int:
    """Deletes old sessions, links, batches, files, runs, calls; returns the rows outside dropped chunks."""
    kept, deadline = settings(), monotonic() + PATIENCE_SECONDS
    gone = _forget_accesses()
    gone += _forget("batches_forget", kept["batches_kept_days"], deadline)
    gone += _forget("table_files_forget", KEPT_DAYS, deadline)
    gone += _forget("runs_forget", kept["runs_kept_days"], deadline)
    return gone + _forget_calls(kept["calls_kept_days"], deadline)


def _forget_accesses() -> int:
    gone: int = db.session.scalar(statement("accesses_forget"), {"longest": sessions.LONGEST}) or 0
    db.session.commit()
    return gone


def _forget(name: str, days: int, deadline: float) -> int:
    """Runs the statement until it deletes nothing more, each time in its own transaction."""
    gone = 0
    while monotonic() < deadline:
        result = db.session.execute(statement(name), {"days": days, "most": BATCH})
        count = cast("CursorResult[Any]", result).rowcount
        db.session.commit()
        if count == 0:
            break
        gone += count
    return gone


def _forget_calls(days: int, deadline: float) -> int:
    """Deletes calls before a midnight (UTC): whole chunks at once where there are any, then hour by hour."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    before, gone = today - timedelta(days=days), 0
    url = current_app.config["SETTINGS"].psycopg_url
    with psycopg.connect(url, autocommit=True, options=OPTIONS) as connection:
        engine = describe_engine(connection)
        if engine.has_aggregates:
            _keep_hours(connection, today)
        if engine.extension is not None:
            connection.execute("SELECT drop_chunks('api_calls', %s::timestamptz)", [before])
        while monotonic() < deadline:
            count = connection.execute(read_sql("calls_forget"), {"before": before}).rowcount
            if count == 0:
                break
            gone += count
    return gone


def _keep_hours(connection: psycopg.Connection, end: datetime) -> None:
    """Refreshes the hourly aggregates before calls are deleted, so that they keep their counts.

    Refreshing hours whose calls are deleted would empty them, so the refresh starts at the oldest call, and
    from now on the policies go back two weeks at most.
    """
    oldest = connection.execute("SELECT date_trunc('hour', min(started_at)) FROM api_calls").fetchone()
    if oldest is not None and oldest[0] is not None and oldest[0] < end:
        refresh = "CALL refresh_continuous_aggregate(%s, %s::timestamptz, %s::timestamptz)"
        for name in OF_CALLS:
            connection.execute(refresh, [name, oldest[0], end])
    connection.execute(read_sql("calls_policy"))
