"""A join beside what runs: it waits for who writes rankings, and what comes after finds the kept chart."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from jobs.commands.charts import charts
from jobs.runs import run_here
from tests.factories import make_chart, make_ranking, make_track
from tests.jobs.commands.test_merged_platforms import another, in_thread, wait_until_blocked
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue.chart_join import join_charts
from webapp.catalogue.charts import RANKING_LOCK
from webapp.extensions import db
from webapp.models import Chart, Platform
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, sync_request

NEW = "top-100-usa"
DAY = date(2024, 1, 1)


@pytest.fixture
def pair(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> tuple[int, int]:
    """A chart with a ranking, and the one that the API has in its place."""
    old = make_chart(database, "old", platform="apple_music")
    make_ranking(database, old, DAY, [make_track(database)])
    return old, make_chart(database, NEW, platform="apple_music", enabled=False)


def test_discovery_does_not_bring_the_old_chart_back(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    """The API still lists what is an alias here, as well as the chart's new slug."""
    third = make_chart(database, "top-100-germany", platform="apple_music")
    join_charts(third, pair[1])
    db.session.commit()
    submit(discovery_request(Platform.find("apple_music")))
    (run,) = carry_out_all()
    assert run.state == "succeeded"
    found = database.execute("SELECT slug, place FROM charts WHERE id = %s", [third]).fetchall()
    assert found == [(NEW, "United States")]
    assert database.execute("SELECT count(*) FROM charts WHERE slug = 'top-100-germany'").fetchone() == (0,)


def test_a_run_under_the_old_slug_syncs_the_kept_chart(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    chart = db.session.get_one(Chart, pair[0])
    live = submit(sync_request(chart))
    join_charts(*pair)
    db.session.commit()
    database.execute("""UPDATE job_runs SET args = '{"chart": "old", "platform": "apple_music"}'""")
    run = run_here(live.uuid)
    assert run.state == "succeeded", run.error
    held = database.execute("SELECT DISTINCT chart_id FROM chart_rankings").fetchall()
    assert held == [(pair[0],)]
    assert database.execute("SELECT count(*) FROM chart_rankings").fetchone() == (2,)


def test_a_chart_takes_up_its_former_slug(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    """The API went from `top-100-usa` to another slug and back."""
    join_charts(pair[1], pair[0])
    db.session.commit()
    assert database.execute("SELECT slug FROM charts").fetchall() == [("old",)]
    runner = app.test_cli_runner()
    result = runner.invoke(charts, ["join", "old", NEW, "--dry-run"])
    assert result.output == f"old would be {NEW}.\n"
    assert database.execute("SELECT slug FROM charts").fetchall() == [("old",)]
    result = runner.invoke(charts, ["join", "old", NEW])
    assert result.output == f"old is now {NEW}.\n"
    assert database.execute("SELECT slug, next_sync_at FROM charts").fetchall() == [(NEW, None)]
    assert database.execute("SELECT slug FROM chart_aliases").fetchall() == [("old",)]
    assert Chart.find("old") == Chart.find(NEW)
    again = runner.invoke(charts, ["join", "old", NEW])
    assert "already one chart" in again.output


def test_a_join_waits_for_who_writes_a_ranking(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    def work() -> None:
        join_charts(*pair)
        db.session.commit()

    with another(app) as writer:
        writer.execute("SELECT pg_advisory_xact_lock(%s)", [RANKING_LOCK])
        thread = in_thread(app, work)
        wait_until_blocked(database)
        make_ranking(writer, pair[1], datetime.now(UTC).date(), [1])
        writer.commit()
    thread.join()
    assert database.execute("SELECT slug FROM charts").fetchall() == [(NEW,)]
    assert database.execute("SELECT count(*) FROM chart_rankings").fetchone() == (2,)


@pytest.mark.parametrize("side", [0, 1])
def test_a_sync_that_a_join_overtakes_writes_to_the_kept_chart(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int], side: int
) -> None:
    """The join happens after the sync of either chart received its response and before it writes."""
    database.execute("UPDATE charts SET slug = 'top-100-global' WHERE id = %s", [pair[0]])
    live = submit(sync_request(db.session.get_one(Chart, pair[side])))

    def work() -> None:
        run_here(live.uuid)

    db.session.execute(select(func.pg_advisory_xact_lock(RANKING_LOCK)))
    thread = in_thread(app, work)
    wait_until_blocked(database)
    join_charts(*pair)
    db.session.commit()
    thread.join()
    state = database.execute("SELECT state, error FROM job_runs WHERE uuid = %s", [live.uuid]).fetchone()
    assert state == ("succeeded", "")
    assert database.execute("SELECT DISTINCT chart_id FROM chart_rankings").fetchall() == [(pair[0],)]
    assert database.execute("SELECT slug FROM charts").fetchall() == [(NEW,)]


def test_the_command_states_what_moves_and_joins(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    run = app.test_cli_runner().invoke
    result = run(charts, ["join", "old", NEW, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert f"old has 1 ranking, {DAY} to {DAY}.\n{NEW} has 0 rankings.\n" in result.output
    assert f"old would be {NEW}." in result.output
    make_ranking(database, pair[1], DAY, [1])
    result = run(charts, ["join", "old", NEW, "--dry-run"])
    assert f"{NEW} has 1 ranking, {DAY} to {DAY}.\n" in result.output
    assert f"Rankings of {NEW}: " in result.output
    assert "1 of them already present" in result.output
    assert "chart_" not in result.output
    assert database.execute("SELECT count(*) FROM charts").fetchone() == (2,)
    result = run(charts, ["join", "old", NEW])
    assert f"old is now {NEW}." in result.output
    assert database.execute("SELECT slug FROM charts").fetchall() == [(NEW,)]
    assert "1 chart disabled." in run(charts, ["disable", "old"]).output
    assert "already one chart" in run(charts, ["join", "old", NEW]).output
    assert "There is no chart nothing." in run(charts, ["join", "nothing", NEW]).output
