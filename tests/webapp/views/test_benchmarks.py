"""The benchmark of the planned size, on a little: its data can be stored, and every page of it is shown."""

import psycopg
from flask import Flask

from benchmarks import bench
from benchmarks.data import Size, fill
from tests.webapp.views.conftest import Visit
from webapp.views.dashboard.cards import CARDS


def test_every_page_of_the_benchmark_is_shown(app: Flask, database: psycopg.Connection, visit: Visit) -> None:
    size = Size(charts=10, tracks=200, series_tracks=10, series_days=20, log_rows=200, ranking_days=8)
    fill(database, size)
    for table, least in (
        ("chart_ranking_entries", 5000),
        ("track_audience_time_series", 1000),
        ("job_runs", 200),
    ):
        row = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert row is not None
        assert row[0] >= least, table
    browser = visit("admin")
    for url in bench.PAGES:
        assert browser.get(url).status_code == 200, url
    for name in CARDS:
        bench.get(browser, f"/dashboard/{name}/", bench.HTMX)
    assert bench.bytes_of(database, "chart_ranking_entries") > 0
