"""Estimated costs, compared with the calls that are made."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from jobs.schedule import METADATA_BATCH
from jobs.soundcharts.calls import BATCH_SIZE, WINDOW_DAYS
from tests.factories import make_track, platform_id
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue.charts import enable_charts
from webapp.extensions import db
from webapp.models import Chart, Platform, Track
from webapp.work import costs
from webapp.work.queue import submit
from webapp.work.requests import (
    artists_request,
    audience_request,
    discovery_request,
    metadata_request,
    ranking_request,
    search_request,
    sync_request,
)

TOP_100, TOP_200 = "top-100-usa", "global-28"
HISTORY = 6


def made(database: psycopg.Connection, task: str = "") -> int:
    """Returns the calls that runs of a task made, or all runs."""
    row = database.execute(
        "SELECT count(*) FROM api_calls JOIN job_runs ON job_runs.uuid = run_uuid WHERE %s IN (task, '')",
        [task],
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def settings_of_history(app: Flask) -> Iterator[Callable[[int], None]]:
    """Changes how far back audience and charts go."""
    before = app.config["SETTINGS"]

    def change(days: int) -> None:
        app.config["SETTINGS"] = replace(before, history_days=days, chart_history_days=HISTORY)

    yield change
    app.config["SETTINGS"] = before


@pytest.fixture
def charts(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, settings_of_history: Callable[[int], None]
) -> None:
    settings_of_history(1100)
    submit(discovery_request(None))
    carry_out_all()
    database.execute("DELETE FROM api_calls")


def test_batches_and_windows_are_those_of_the_client() -> None:
    assert costs.BATCH_SIZE == BATCH_SIZE == METADATA_BATCH
    assert costs.WINDOW_DAYS == WINDOW_DAYS


@pytest.mark.parametrize("days", [89, 90, 179, 180, 1100])
def test_audience_and_its_history(
    app: Flask,
    database: psycopg.Connection,
    sandbox: Sandbox,
    settings_of_history: Callable[[int], None],
    days: int,
) -> None:
    settings_of_history(days)
    track = db.session.get_one(Track, make_track(database))
    pairs = [db.session.get_one(Platform, platform_id(database, slug)) for slug in ("spotify", "youtube")]
    for platform in pairs:
        submit(audience_request(track, platform))
    carry_out_all()
    assert made(database, "fetch_audience") == costs.audience_calls(2)
    assert made(database, "backfill_audience") == costs.history_calls(2)


def test_an_incremental_and_a_forced_fetch_cost_the_same(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    track = db.session.get_one(Track, make_track(database))
    spotify = db.session.get_one(Platform, platform_id(database, "spotify"))
    for forced in (False, False, True):
        database.execute("DELETE FROM api_calls")
        submit(audience_request(track, spotify, forced=forced))
        carry_out_all()
        assert made(database, "fetch_audience") == costs.audience_calls(1)


@pytest.mark.parametrize("count", [1, 20, 21])
def test_metadata_of_songs_and_artists(
    charts: None, database: psycopg.Connection, sandbox: Sandbox, count: int
) -> None:
    submit(sync_request(chart(TOP_100)))
    carry_out_all("sync_chart")
    uuids = [str(row[0]) for row in database.execute("SELECT uuid FROM tracks ORDER BY id LIMIT %s", [count])]
    submit(metadata_request(uuids, queue="default"))
    carry_out_all("fetch_metadata")
    assert made(database, "fetch_metadata") == costs.metadata_calls(count)
    found = database.execute("SELECT uuid FROM artists ORDER BY id LIMIT %s", [count])
    artists = [str(row[0]) for row in found]
    submit(artists_request(artists))
    carry_out_all("fetch_artists")
    assert made(database, "fetch_artists") == costs.artists_calls(len(artists))


def test_a_search_costs_a_call(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> None:
    submit(search_request("song", "bad guy"))
    carry_out_all()
    assert made(database, "search_soundcharts") == costs.SEARCH_CALLS


def chart(slug: str) -> Chart:
    db.session.rollback()
    found = Chart.find(slug)
    assert found is not None
    return found


def days_ago(days: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=days)


def cost_of(slug: str, days: int = 0) -> costs.ChartCost:
    """Returns the cost of a chart, with its rankings of the last days."""
    (cost,) = costs.chart_costs([chart(slug)], days_ago(days))
    return cost


def rankings_made(database: psycopg.Connection) -> int:
    """Returns the calls for rankings, without those for lists of dates."""
    row = database.execute("SELECT count(*) FROM api_calls WHERE endpoint = 'ranking'").fetchone()
    assert row is not None
    return int(row[0])


def carry_out_rankings() -> None:
    for task in ("sync_chart", "fetch_ranking"):
        carry_out_all(task)


@pytest.mark.parametrize("slug", [TOP_100, TOP_200])
def test_a_chart_switched_on_costs_what_was_estimated(
    charts: None, database: psycopg.Connection, sandbox: Sandbox, slug: str
) -> None:
    """A maximum, since the number of a chart's dates is unknown before their list is fetched."""
    said = cost_of(slug, HISTORY).backfill_calls
    enable_charts([slug], enabled=True)
    submit(sync_request(chart(slug)))
    carry_out_rankings()
    pages = cost_of(slug).pages
    assert pages == {TOP_100: 1, TOP_200: 2}[slug]
    assert said - 2 * pages <= 1 + rankings_made(database) <= said
    database.execute("DELETE FROM api_calls")
    submit(sync_request(chart(slug)))
    carry_out_rankings()
    assert cost_of(slug).calls_a_day == 2 * made(database)


@pytest.mark.parametrize(("slug", "since"), [(TOP_100, 3), (TOP_200, 8), (TOP_100, 20)])
def test_a_back_fill_of_a_known_chart_costs_what_was_estimated(
    charts: None, database: psycopg.Connection, sandbox: Sandbox, slug: str, since: int
) -> None:
    submit(sync_request(chart(slug)))
    carry_out_rankings()
    for _again in range(2):
        database.execute("DELETE FROM api_calls")
        said = cost_of(slug, since).backfill_calls
        submit(sync_request(chart(slug), since=days_ago(since)))
        carry_out_rankings()
        assert made(database) == said


@given(entries=st.integers(0, 1_000))
@trials(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_ranking_has_as_many_pages_here_as_in_the_database(
    database: psycopg.Connection, entries: int
) -> None:
    found = database.execute("SELECT ranking_pages(%s)", [entries]).fetchone()
    assert found == (costs.ranking_calls(entries),)


def test_one_ranking_costs_its_pages(charts: None, database: psycopg.Connection, sandbox: Sandbox) -> None:
    submit(sync_request(chart(TOP_200)))
    carry_out_all("sync_chart")
    db.session.rollback()
    database.execute("DELETE FROM job_runs")
    row = database.execute(
        "SELECT ranked_on, ranked_at FROM chart_dates ORDER BY ranked_on LIMIT 1"
    ).fetchone()
    assert row is not None
    submit(ranking_request(chart(TOP_200), *row))
    carry_out_all("fetch_ranking")
    assert made(database, "fetch_ranking") == cost_of(TOP_200).pages == 2
