"""The work of a series' statement grows with its days, not with their square."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from tests.factories import audience_rows, insert_series, make_track, platform_id
from webapp.extensions import db
from webapp.queries.audience import ChartQuery, series
from webapp.queries.sums import sum_series

NEWEST = date(2026, 11, 20)


def rows_of(plan: dict[str, Any]) -> float:
    """The rows that all nodes of an executed plan read or returned."""
    read = plan["Actual Rows"] + sum(plan[name] for name in plan if name.startswith("Rows Removed"))
    return float(read * plan["Actual Loops"]) + sum(rows_of(part) for part in plan.get("Plans", []))


@contextmanager
def counted() -> Iterator[list[float]]:
    """Counts the rows of each SELECT of the block."""
    found: list[float] = []

    def explain(*arguments: Any) -> None:
        connection, _cursor, statement, parameters = arguments[:4]
        with connection.connection.driver_connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
            ((plan,),) = cursor.fetchall()
        found.append(rows_of(plan[0]["Plan"]))

    event.listen(db.engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", explain)


def of_platforms(track: int, platforms: list[int], start: date) -> None:
    assert series(track, platforms, ChartQuery(start, NEWEST))


def of_sums(track: int, platforms: list[int], start: date) -> None:
    assert sum_series(
        track_id=track, platform_ids=platforms, combined=True, start=start, end=NEWEST, interval="day"
    )


@pytest.mark.parametrize("read", [of_platforms, of_sums])
def test_four_times_the_days_are_four_times_the_work(
    app: Flask, database: psycopg.Connection, read: Callable[[int, list[int], date], None]
) -> None:
    track, platforms = make_track(database), [platform_id(database, slug) for slug in ("spotify", "youtube")]
    for platform in platforms:
        values = [(NEWEST - timedelta(back), 1_000_000 - 100 * back) for back in range(400)]
        insert_series(database, audience_rows(track, platform, values))
    with counted() as work:
        for days in (75, 300):
            read(track, platforms, NEWEST - timedelta(days - 1))
    assert work[1] < 5 * work[0]
