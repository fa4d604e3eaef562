"""Charts discovered and synced from the sandbox over real HTTP: what is missing, due and accepted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import psycopg
import pytest
import requests
from flask import Flask

from jobs.schedule import sweep_charts
from jobs.tasks.rankings import store_chart
from tests.factories import platform_id
from tests.jobs.tasks.rankings import HEAD, carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue.charts import UnknownChartError, enable_charts
from webapp.extensions import db
from webapp.lib.text import search_text
from webapp.models import Chart, JobRun, Platform
from webapp.work.queue import submit
from webapp.work.requests import acceptance_request, discovery_request, ranking_request, sync_request

SLUG = "top-100-usa"
HISTORY = 4


@pytest.fixture
def short_history(app: Flask) -> Iterator[None]:
    """A setting under which a first sync does not fetch 90 rankings."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, chart_history_days=HISTORY)
    yield
    app.config["SETTINGS"] = settings


@pytest.fixture
def chart(app: Flask, database: psycopg.Connection, sandbox: Sandbox, short_history: None) -> Chart:
    """An enabled daily chart, as the API describes it, without a ranking."""
    submit(discovery_request(Platform.find("apple music")))
    carry_out_all()
    (enabled,) = enable_charts([SLUG], enabled=True)
    db.session.commit()
    return enabled


def stored_dates(database: psycopg.Connection) -> list[date]:
    rows = database.execute("SELECT ranked_on FROM chart_rankings WHERE entry_count = 100 ORDER BY ranked_on")
    return [row[0] for row in rows]


def listed_dates(sandbox: Sandbox, slug: str = SLUG) -> list[date]:
    """Returns the API's dates, newest first."""
    keys = {"x-app-id": "soundcharts", "x-api-key": "soundcharts"}
    path = f"{sandbox.url}/api/v2/chart/song/{slug}/available-rankings"
    answer = requests.get(path, headers=keys, timeout=10)
    return [date.fromisoformat(text[:10]) for text in answer.json()["items"]]


def again(chart: Chart) -> Chart:
    db.session.rollback()
    return db.session.get_one(Chart, chart.id, populate_existing=True)


def sync(chart: Chart, since: date | None = None) -> JobRun:
    """Returns a sync without what it leads to."""
    submit(sync_request(chart, since=since))
    (run,) = carry_out_all("sync_chart")
    return run


def test_charts_of_a_platform_are_discovered_disabled(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    for new in (3, 0):
        submit(discovery_request(Platform.find("APPLE-music")))
        (run,) = carry_out_all()
        assert run.message == f"Apple Music has 3 charts, {new} of them new."
        assert (run.records_created, run.records_unchanged) == (new, 3 - new)
    found = db.session.scalars(db.select(Chart).order_by(Chart.slug)).all()
    assert [(chart.slug, chart.sync_enabled, chart.place) for chart in found] == [
        ("top-100-germany", False, "Germany"),
        ("top-100-global", False, "Worldwide"),
        ("top-100-usa", False, "United States"),
    ]
    assert {(chart.name, chart.frequency, chart.max_entries) for chart in found} == {
        ("Top 100", "daily", 100)
    }
    assert found[0].search_text.startswith("top 100 top 100 germany germany ")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://example.org/top", "https://example.org/top"),
        ("http://example.org/top", "http://example.org/top"),
        ("javascript:alert(1)", ""),
        ("example.org/https://", ""),
        ("", ""),
    ],
)
def test_a_chart_keeps_web_links_alone_and_is_found_by_its_name_slug_country_and_city(
    app: Flask, database: psycopg.Connection, given: str, kept: str
) -> None:
    head = msgspec.structs.replace(
        HEAD, name="Hits", slug="of-day", country_name="France", city_name="Lyon", web_url=given
    )
    assert store_chart(head, platform_id(database, "spotify"))
    db.session.commit()
    found = database.execute("SELECT web_url, metric_name, search_text FROM charts").fetchall()
    assert found == [(kept, "", search_text("Hits", "of-day", "France", "Lyon"))]


def test_all_charts_are_discovered_a_platform_at_a_time(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    database.execute("UPDATE platforms SET has_song_charts = false WHERE slug = 'deezer'")
    user = database.execute(
        "INSERT INTO users (email, password_hash, role) VALUES ('a@b.c', 'x', 'operator') RETURNING id"
    ).fetchone()
    assert user is not None
    (asker,) = user
    submit(discovery_request(None, requested_by=asker))
    runs = carry_out_all()
    assert {run.state for run in runs} == {"succeeded"}
    assert {run.requested_by for run in runs} == {asker}
    assert runs[0].message == "17 platforms have charts."
    assert runs[0].records_created == 0
    assert database.execute("SELECT count(*), count(DISTINCT platform_id) FROM charts").fetchone() == (24, 10)
    assert all(run.args["platform"] for run in runs[1:])
    assert {(run.parent_uuid, run.queue) for run in runs[1:]} == {(runs[0].uuid, runs[0].queue)}
    recorded = database.execute("SELECT DISTINCT platform FROM api_calls WHERE path LIKE '%by-platform%'")
    assert {row[0] for row in recorded} == {run.args["platform"] for run in runs[1:]}


def test_a_first_sync_takes_the_latest_and_requests_what_is_missing(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    run = sync(chart)
    first_day = datetime.now(UTC).date() - timedelta(days=HISTORY)
    wanted = [day for day in listed_dates(sandbox) if day >= first_day]
    assert stored_dates(database) == wanted[:1]
    assert database.execute("SELECT run_uuid FROM chart_rankings").fetchall() == [(run.uuid,)]
    waiting = db.session.scalars(
        db.select(JobRun).where(JobRun.state == "queued").order_by(JobRun.number)
    ).all()
    assert [each.args["ranked_on"] for each in waiting] == [str(day) for day in wanted[1:]]
    assert {(each.task, each.queue, each.parent_uuid) for each in waiting} == {
        ("fetch_ranking", "backfill", run.uuid)
    }
    assert f"{len(waiting)} earlier rankings" in run.message
    carry_out_all()
    assert stored_dates(database) == sorted(wanted)
    after = again(chart)
    assert (after.last_ranked_on, after.sync_error, after.version) == (wanted[0], "", len(wanted))
    recorded = database.execute("SELECT DISTINCT platform FROM api_calls").fetchall()
    assert recorded == [("apple_music",)]


def test_a_sync_again_costs_one_call_and_changes_nothing(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sync(chart)
    carry_out_all()
    entries = "SELECT * FROM chart_ranking_entries ORDER BY ranked_on, position"
    before, version = database.execute(entries).fetchall(), again(chart).version
    calls = sandbox.calls()
    run = sync(chart)
    assert sandbox.calls() == calls + 1
    assert run.message == f"The ranking of {listed_dates(sandbox)[0]} is unchanged: 100 entries."
    assert (run.records_created, run.records_updated, run.records_unchanged) == (0, 0, 100)
    assert database.execute(entries).fetchall() == before
    assert again(chart).version == version
    assert carry_out_all() == []


def test_days_without_a_sync_are_filled(chart: Chart, database: psycopg.Connection, sandbox: Sandbox) -> None:
    sandbox.set_day(datetime.now(UTC).date() - timedelta(days=5))
    sync(chart)
    carry_out_all()
    sandbox.move_on(1)
    sync(chart)
    assert carry_out_all() == []
    sandbox.move_on(4)
    sync(chart)
    assert carry_out_all() != []
    oldest = stored_dates(database)[0]
    assert stored_dates(database) == sorted(day for day in listed_dates(sandbox) if day >= oldest)


@pytest.mark.parametrize("own", [True, False], ids=["of the chart", "asked for"])
def test_history_begins_where_it_is_wanted(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox, *, own: bool
) -> None:
    since = datetime.now(UTC).date() - timedelta(days=20)
    sync(chart)
    carry_out_all()
    if own:
        chart.history_from = since
        db.session.commit()
    sync(chart, None if own else since)
    # Someone who gave a date waits for these runs.
    assert {run.queue for run in carry_out_all()} == {"backfill" if own else "sync"}
    assert stored_dates(database) == sorted(day for day in listed_dates(sandbox) if day >= since)


def test_a_date_that_gives_nothing_is_not_requested_at_every_sync(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault(rf"{SLUG}/ranking/\d", "empty_ranking", times=99)
    sync(chart)
    asked = len(carry_out_all())
    assert asked > 0
    aside = "SELECT count(*) FROM chart_rankings_set_aside WHERE reason = 'It has no entries.'"
    assert database.execute(aside).fetchone() == (asked,)
    sync(chart)
    assert carry_out_all() == []
    database.execute("UPDATE chart_dates SET requested_at = requested_at - interval '8 days'")
    sync(chart)
    assert len(carry_out_all()) == asked


@pytest.mark.parametrize("task", ["sync_chart", "fetch_ranking"])
def test_a_run_whose_chart_is_gone_reports_it(chart: Chart, database: psycopg.Connection, task: str) -> None:
    if task == "sync_chart":
        submit(sync_request(chart))
    else:
        submit(ranking_request(chart, date(2026, 11, 20), "2026-11-20T12:00:00+00:00"))
    database.execute("DELETE FROM charts")
    (run,) = carry_out_all()
    assert (run.state, run.error) == ("failed", f"There is no chart '{SLUG}'.")


def test_a_run_whose_platform_is_gone_reports_it(app: Flask, database: psycopg.Connection) -> None:
    submit(discovery_request(Platform.find("deezer")))
    database.execute("UPDATE platforms SET slug = 'other' WHERE slug = 'deezer'")
    (run,) = carry_out_all()
    assert (run.state, run.error) == ("failed", "There is no platform 'deezer'.")


def test_an_answer_of_another_date_is_stored_as_what_it_is(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    newest, other = listed_dates(sandbox)[:2]
    submit(ranking_request(chart, newest, f"{other}T12:00:00+00:00"))
    (run,) = carry_out_all()
    assert run.message.startswith(
        f"Requested {newest}, the API returned another date. The ranking of {other} is new"
    )
    assert stored_dates(database) == [other]
    assert database.execute("SELECT run_uuid FROM chart_rankings").fetchall() == [(run.uuid,)]
    submit(ranking_request(chart, newest, f"{newest}T12:00:00+00:00"))
    (run,) = carry_out_all()
    assert run.message.startswith(f"The ranking of {newest} is new")


def test_the_sweep_takes_what_is_due_and_leases_it(
    app: Flask, database: psycopg.Connection, chart: Chart
) -> None:
    assert sweep_charts() == 1
    assert sweep_charts() == 0
    wait = "SELECT round(extract(epoch FROM next_sync_at - now()) / 3600) FROM charts WHERE sync_enabled"
    assert database.execute(wait).fetchone() == (12,)
    queued = database.execute(
        "SELECT queue, args->>'chart' FROM job_runs WHERE task = 'sync_chart'"
    ).fetchall()
    assert queued == [("sync", SLUG)]
    database.execute("UPDATE charts SET next_sync_at = now(), sync_hours = 5")
    assert sweep_charts() == 1  # the same run: one chart is never synced twice at a time
    assert database.execute("SELECT count(*) FROM job_runs WHERE task = 'sync_chart'").fetchone() == (1,)
    carry_out_all("sync_chart")
    assert database.execute(wait).fetchone() == (5,)


@pytest.mark.parametrize(
    ("frequency", "hours"), [("daily", 12), ("weekly", 24), ("Monthly", 72), ("", 24), ("hourly", 24)]
)
def test_the_wait_follows_the_frequency(database: psycopg.Connection, frequency: str, hours: int) -> None:
    wait = database.execute("SELECT chart_sync_wait(NULL, %s)", [frequency]).fetchone()
    assert wait == (timedelta(hours=hours),)


def test_a_disabled_chart_is_synced_by_hand_only(database: psycopg.Connection, chart: Chart) -> None:
    enable_charts([SLUG], enabled=False)
    db.session.commit()
    assert sweep_charts() == 0
    assert sync(chart).state == "succeeded"
    assert again(chart).next_sync_at is None


def test_enabling_again_changes_nothing_and_unknown_charts_are_named(chart: Chart) -> None:
    sync(chart)
    due = again(chart).next_sync_at
    assert enable_charts([SLUG], enabled=True) == []
    assert again(chart).next_sync_at == due
    with pytest.raises(UnknownChartError, match="no chart no-1, no-2"):
        enable_charts(["no-2", "top-100-germany", "no-1"], enabled=True)
    db.session.commit()
    assert db.session.scalars(db.select(Chart.slug).where(Chart.sync_enabled)).all() == [SLUG]


def test_an_operator_accepts_what_was_set_aside(
    chart: Chart, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sync(chart)
    (day,) = stored_dates(database)
    sandbox.fault(f"{SLUG}/ranking/latest", "shorter_ranking")
    assert "set aside. It has 99 entries, fewer than the 100 stored." in sync(chart).message
    assert stored_dates(database) == [day]
    accepted = submit(acceptance_request(chart, day))
    carry_out_all("accept_ranking")
    run = db.session.get_one(JobRun, accepted.uuid)
    assert run.message == f"The ranking of {day} was replaced: 0 entries new, 1 changed."
    again = submit(acceptance_request(chart, day))
    carry_out_all("accept_ranking")
    run = db.session.get_one(JobRun, again.uuid)
    assert run.state == "failed"
    assert run.error == f"No ranking with entries is set aside for {SLUG} on {day}."
    assert database.execute("SELECT entry_count FROM chart_rankings").fetchall() == [(99,)]
    revisions = database.execute("SELECT position, run_uuid FROM chart_entry_revisions").fetchall()
    assert revisions == [(100, accepted.uuid)]
    # A complete ranking is stored again automatically.
    sync(chart)
    assert stored_dates(database) == [day]
