"""Every fault of the sandbox on the sync of a chart: tables end as designed, and recover by themselves."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from jobs.runs import reconcile
from jobs.schedule import sweep_charts, sweep_pause
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue.charts import enable_charts
from webapp.extensions import db
from webapp.models import Chart, JobRun, Platform
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, sync_request

# Two pages a ranking, and a metric.
SLUG = "global-28"
LATEST = f"{SLUG}/ranking/latest"
TABLES = ("chart_rankings", "chart_ranking_entries", "chart_entry_revisions", "chart_dates", "tracks")


@pytest.fixture
def chart(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> Iterator[Chart]:
    """An enabled chart with one ranking stored, and a new one to be had."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, chart_history_days=1)
    submit(discovery_request(Platform.find("spotify")))
    carry_out_all()
    (enabled,) = enable_charts([SLUG], enabled=True)
    submit(sync_request(enabled))
    carry_out_all()
    sandbox.move_on(1)
    yield enabled
    app.config["SETTINGS"] = settings


def rows(database: psycopg.Connection, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    return {name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in tables}


def health(database: psycopg.Connection) -> tuple[str, str]:
    row = database.execute(
        "SELECT health, sync_error FROM chart_health JOIN charts ON id = chart_id WHERE slug = %s", [SLUG]
    ).fetchone()
    assert row is not None
    return row


def sync(chart: Chart) -> JobRun:
    live = submit(sync_request(chart))
    carry_out_all("sync_chart")
    return db.session.get_one(JobRun, live.uuid, populate_existing=True)


def hasten(database: psycopg.Connection) -> None:
    """The time until the next try is over."""
    database.execute("UPDATE job_runs SET run_after = now() WHERE state = 'queued'")


PASSING = [
    ("lost_page", {"times": 3}),
    ("bad_gateway", {"times": 3}),
    ("server_error", {"times": 3}),
    ("drop", {"times": 3}),
    ("slow", {"times": 3, "seconds": 1.5}),
    ("rate_limited", {"times": 1, "reset": 0}),
    ("short_page", {}),
    ("broken_json", {"times": 3}),
    ("errors_in_200", {"times": 3}),
]


@pytest.mark.parametrize(("fault", "how"), PASSING, ids=[fault for fault, _ in PASSING])
def test_what_passes_is_tried_again_and_nothing_is_half_stored(
    app: Flask,
    chart: Chart,
    database: psycopg.Connection,
    sandbox: Sandbox,
    fault: str,
    how: dict[str, float],
) -> None:
    before = rows(database, *TABLES)
    sandbox.fault(LATEST, fault, **how)  # type: ignore[arg-type]
    if fault == "slow":
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], soundcharts_timeout=1)
    run = sync(chart)
    if run.state == "queued":
        assert rows(database, *TABLES) == before
        assert run.error
        hasten(database)
        carry_out_all("sync_chart")
        run = db.session.get_one(JobRun, run.uuid, populate_existing=True)
    assert (run.state, run.records_created) == ("succeeded", 200), run.error
    assert health(database) == ("healthy", "")
    assert database.execute("SELECT count(*) FROM chart_ranking_entries").fetchone() == (400,)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("not_found", "404"),
        ("forbidden", "403"),
        ("bad_request", "400"),
        ("gone", "410"),
        ("wrong_type", "breaks the contract at items"),
    ],
)
def test_a_final_error_is_reported_on_run_and_chart_until_a_sync_succeeds(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox, fault: str, words: str
) -> None:
    before = rows(database, *TABLES)
    sandbox.fault(LATEST, fault)
    run = sync(chart)
    assert run.state == "failed"
    assert words in run.error
    assert health(database) == ("failing", run.error)
    assert rows(database, *TABLES) == before
    assert sweep_charts() == 0  # not again at once
    database.execute("UPDATE charts SET next_sync_at = now() WHERE sync_enabled")
    assert sweep_charts() == 1
    carry_out_all("sync_chart")
    assert health(database) == ("healthy", "")
    assert database.execute("SELECT count(*) FROM charts WHERE sync_failed_at IS NOT NULL").fetchone() == (0,)


def test_a_sync_out_of_attempts_shows_on_the_chart_and_is_tried_within_the_hour(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault(LATEST, "bad_gateway", times=3)
    live = submit(sync_request(chart))
    database.execute("UPDATE job_runs SET max_attempts = 1 WHERE uuid = %s", [live.uuid])
    run = sync(chart)
    assert run.state == "dead"
    assert health(database) == ("failing", run.error)
    soon = "SELECT next_sync_at <= now() + interval '1 hour' FROM charts WHERE sync_enabled"
    assert database.execute(soon).fetchone() == (True,)


def test_a_sync_whose_workers_died_shows_on_the_chart(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    live = submit(sync_request(chart))
    database.execute(
        "UPDATE job_runs SET state = 'running', attempt = 5, heartbeat_at = now() - interval '1 hour'"
        " WHERE uuid = %s",
        [live.uuid],
    )
    reconcile()
    assert health(database) == ("failing", "The worker stopped answering in attempt 5.")


def test_a_spent_quota_pauses_and_costs_no_attempt(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    before = rows(database, *TABLES)
    sandbox.quota(1)  # the first page is the last call
    run = sync(chart)
    assert (run.state, run.attempt) == ("queued", 0)
    assert rows(database, *TABLES) == before
    assert health(database)[0] != "failing"
    sandbox.quota(1000)
    database.execute("UPDATE api_pause SET next_check_at = now()")
    db.session.rollback()
    assert sweep_pause() == 1
    carry_out_all("sync_chart")
    assert health(database) == ("healthy", "")
    assert database.execute("SELECT count(*) FROM chart_ranking_entries").fetchone() == (400,)


@pytest.mark.parametrize(
    ("fault", "times", "reason"),
    [
        ("empty_ranking", 1, "It has no entries."),
        ("shorter_ranking", 2, "It has 199 entries, fewer than the 200 stored."),
    ],
)
def test_a_ranking_that_is_not_believed_is_set_aside_and_settles_by_itself(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox, fault: str, times: int, reason: str
) -> None:
    sync(chart)
    before = rows(database, "chart_ranking_entries", "chart_rankings", "chart_entry_revisions")
    sandbox.fault(LATEST, fault, times=times)
    run = sync(chart)
    assert run.state == "succeeded"
    assert f"was set aside. {reason}" in run.message
    assert rows(database, *before) == before
    aside = "SELECT reason, run_uuid FROM chart_rankings_set_aside"
    assert database.execute(aside).fetchall() == [(reason, run.uuid)]
    refused = database.execute("SELECT run_uuid, field, reason FROM refused_payloads").fetchall()
    assert refused == [(run.uuid, "items", reason)]
    sync(chart)
    assert database.execute(aside).fetchall() == []


def test_a_song_twice_in_one_ranking(chart: Chart, database: psycopg.Connection, sandbox: Sandbox) -> None:
    sandbox.fault(LATEST, "song_twice")  # strikes the first page
    assert sync(chart).state == "succeeded"
    doubles = database.execute(
        "SELECT first.position, second.position, first.repeats, second.repeats"
        " FROM chart_ranking_entries AS first JOIN chart_ranking_entries AS second"
        " USING (chart_id, ranked_on, track_id) WHERE first.position < second.position"
    ).fetchall()
    assert doubles == [(1, 100, False, True)]
    assert database.execute("SELECT sum(rankings) FROM track_appearances_daily").fetchone() == (399,)
    sync(chart)
    revised = database.execute("SELECT position FROM chart_entry_revisions").fetchall()
    assert revised == [(100,)]
    assert database.execute("SELECT bool_or(repeats) FROM chart_ranking_entries").fetchone() == (False,)


def test_two_songs_at_one_position_are_a_tie_until_the_api_states_otherwise(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault(LATEST, "position_twice")  # strikes the first page
    assert sync(chart).message.endswith("is new: 200 entries.")
    ties = "SELECT position, ordinal FROM chart_ranking_entries WHERE ordinal > 1"
    assert database.execute(ties).fetchall() == [(99, 2)]
    assert health(database) == ("healthy", "")
    sync(chart)
    assert database.execute(ties).fetchall() == []


def test_one_bad_row_does_not_lose_the_others(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault(LATEST, "bad_row")  # the last row of the first page
    run = sync(chart)
    assert run.state == "succeeded"
    assert run.message.endswith("is new: 199 entries; position 100 missing; 1 row was refused.")
    refused = database.execute("SELECT run_uuid, field, reason FROM refused_payloads").fetchall()
    assert [(uuid, field) for uuid, field, _ in refused] == [(run.uuid, "items[99].song")]
    assert "a required field is missing" in refused[0][2]
    assert sync(chart).message.endswith("was replaced: 1 entry new, 0 changed.")
    assert database.execute("SELECT count(*) FROM chart_rankings WHERE refused_rows > 0").fetchone() == (0,)


def test_the_same_ranking_under_another_time_of_day(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sync(chart)
    before = rows(database, "chart_ranking_entries", "chart_entry_revisions")
    sandbox.fault(LATEST, "other_time", times=2)
    run = sync(chart)
    assert (run.records_created, run.records_updated, run.records_unchanged) == (0, 0, 200)
    assert rows(database, *before) == before
    assert database.execute("SELECT count(*) FROM chart_rankings").fetchone() == (2,)


def test_a_corrected_ranking_replaces_what_was_stored(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sync(chart)
    newest = db.session.get_one(Chart, chart.id, populate_existing=True).last_ranked_on
    assert newest is not None
    standing = (
        "SELECT position, track_id FROM chart_ranking_entries WHERE ranked_on = %s AND position IN (3, 9)"
    )
    third, ninth = database.execute(f"{standing} ORDER BY position", [newest]).fetchall()
    sandbox.correct_ranking(SLUG, newest, 3, 9)
    run = sync(chart)
    assert run.records_updated == 2
    now = database.execute(f"{standing} ORDER BY position", [newest]).fetchall()
    assert now == [(3, ninth[1]), (9, third[1])]
    former = database.execute(
        "SELECT position, track_id, run_uuid FROM chart_entry_revisions ORDER BY position"
    )
    assert former.fetchall() == [(*third, run.uuid), (*ninth, run.uuid)]
    replaced = (
        "SELECT replaced_at IS NOT NULL, fetched_at < checked_at FROM chart_rankings WHERE ranked_on = %s"
    )
    assert database.execute(replaced, [newest]).fetchone() == (True, True)
