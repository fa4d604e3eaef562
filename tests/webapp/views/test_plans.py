"""Every page of the benchmark is shown, and finds rows of tables that grow by an index."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from benchmarks import bench
from benchmarks.data import Size, fill
from tests.webapp.views.conftest import Visit
from webapp.engine import OF_CALLS, describe_engine
from webapp.extensions import db
from webapp.views.dashboard.cards import CARDS

FEW_ROWS = ("api_pause", "app_settings", "charts", "data_versions", "notes", "platforms", "queue_pauses")
"""Tables that grow with what people write or follow, not with what is fetched."""
FILTERED = (
    *(f"/tracks/?{each}=1" for each in ("gain_min", "change_min", "total_min", "age_max", "position_max")),
    *(f"/tracks/?{each}=2026-01-01" for each in ("entered_since", "stale_since")),
    *("/tracks/?platform=spotify&sort=gain", "/artists/?country=US", "/artists/?sort=gain"),
    *("/charts/?country=US", "/ops/runs/?q=song", "/ops/runs/?task=fetch_audience"),
    f"/tracks/{UUID(int=7)}/data/spotify/",
    f"/compare/?tracks={UUID(int=7)},{UUID(int=8)}",
    f"/soundcharts/audience/chart/{UUID(int=7)}/",
)
SIZE = Size(charts=10, tracks=200, series_tracks=10, series_days=20, log_rows=200, ranking_days=8)


def scanned(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads from one end to the other; a LIMIT without an order ends it earlier."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        if not (plan["Node Type"] == "Limit" and part["Node Type"] == "Seq Scan"):
            yield from scanned(part)


@contextmanager
def scans(site: Flask) -> Iterator[list[tuple[str, str]]]:
    """The tables that statements read whole though the planner avoids it, each with its statement."""
    found: list[tuple[str, str]] = []

    def explain(*arguments: Any) -> None:
        connection, _cursor, statement, parameters = arguments[:4]
        with connection.connection.driver_connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            ((plan,),) = cursor.fetchall()
            cursor.execute("SET LOCAL enable_seqscan = on")
        found.extend((table, statement) for table in scanned(plan[0]["Plan"]))

    with site.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def test_no_page_reads_a_whole_table(
    site: Flask, database: psycopg.Connection, visit: Visit, subtests: pytest.Subtests
) -> None:
    fill(database, SIZE)
    assert bench.bytes_of(database, "chart_ranking_entries") > 0
    for table, least in (
        ("chart_ranking_entries", 5000),
        ("track_audience_time_series", 1000),
        ("job_runs", 200),
    ):
        row = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        assert row[0] >= least, table
    few = set(FEW_ROWS)
    if describe_engine(database).has_aggregates:
        for name in OF_CALLS:
            database.execute("CALL refresh_continuous_aggregate(%s, NULL, NULL)", [name])
    else:
        few.add("api_calls")  # its aggregates are computed when read
    database.execute("ANALYZE")
    browser = visit("admin")
    for url in (*bench.PAGES, *FILTERED, *(f"/dashboard/{name}/" for name in CARDS)):
        with subtests.test(url):
            with scans(site) as found:
                bench.get(browser, url, bench.HTMX if url.startswith("/dashboard/") else None)
            assert [each for each in found if each[0] not in few] == []
