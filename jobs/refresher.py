"""The only refresher of aggregates: refreshes the dates that upserts touched, in whole buckets.

Jobs do not refresh: writing a series takes milliseconds, refreshing it can take seconds.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import psycopg
from flask import current_app

from webapp.engine import REFRESHED, describe_engine
from webapp.sql import read_sql

REFRESH_LOCK = 7_215_002


class DateRange(NamedTuple):
    """Dates from `start`, inclusive, to `end`, exclusive."""

    start: date
    end: date


def refresh_aggregates(today: date | None = None) -> int:
    """Refreshes the pending closed buckets; returns the number of refreshed ranges.

    Today's bucket stays pending: a refresh would hide its later days until the next refresh, whereas an
    aggregate computes buckets that were never refreshed from the rows.
    """
    url = current_app.config["SETTINGS"].psycopg_url
    with psycopg.connect(url, autocommit=True, options="-c statement_timeout=0") as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [REFRESH_LOCK]).fetchone()
        if row is None or not row[0]:
            return 0
        day = today or datetime.now(UTC).date()
        return sum(_refresh(connection, aggregate, day) for aggregate in REFRESHED)


def bucket_start(aggregate: str, day: date) -> date:
    """Returns the first day of the bucket: the day itself, the week's Monday or the month's first day."""
    if aggregate == "track_appearances_daily":
        return day
    if aggregate == "audience_weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)


def bucket_end(aggregate: str, day: date) -> date:
    """Returns the first day after the bucket that holds `day`."""
    if aggregate == "track_appearances_daily":
        return day + timedelta(days=1)
    if aggregate == "audience_weekly":
        return bucket_start(aggregate, day) + timedelta(days=7)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def merge(ranges: Iterable[DateRange]) -> list[DateRange]:
    """Returns the same dates in as few ranges as possible, in order."""
    merged: list[DateRange] = []
    for each in sorted(ranges):
        if merged and each.start <= merged[-1].end:
            merged[-1] = DateRange(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(each)
    return merged


def _refresh(connection: psycopg.Connection, aggregate: str, today: date) -> int:
    pending = connection.execute(
        "SELECT id, first_date, last_date FROM aggregate_refreshes WHERE aggregate = %s", [aggregate]
    ).fetchall()
    still_open = bucket_start(aggregate, today)
    whole = merge(
        DateRange(bucket_start(aggregate, first), bucket_end(aggregate, last)) for _, first, last in pending
    )
    closed = [DateRange(start, min(end, still_open)) for start, end in whole if start < still_open]
    if closed and describe_engine(connection).has_aggregates:
        for start, end in closed:
            refresh = "CALL refresh_continuous_aggregate(%s::regclass, %s::date, %s::date)"
            connection.execute(refresh, [aggregate, start, end])
    _settle(connection, aggregate, ids=[row[0] for row in pending], still_open=still_open)
    return len(closed)


def _settle(connection: psycopg.Connection, aggregate: str, *, ids: list[int], still_open: date) -> None:
    """Deletes the refreshed rows and keeps one row for the dates in the open bucket."""
    settle = read_sql("aggregate_refreshes_settle")
    connection.execute(settle, {"ids": ids, "aggregate": aggregate, "still_open": still_open})
