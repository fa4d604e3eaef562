"""Actions of operators on many charts: confirmed with their cost, done, reported and recorded."""

import re
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import make_chart, make_ranking
from tests.webapp.views.conftest import Visit, counted_statements, csrf
from webapp.lib.clock import today

MOST_QUERIES = 8
BULK = "/ops/charts/"
BACK = "/charts/?platform=spotify"


@pytest.fixture
def charts(database: psycopg.Connection, track: int) -> list[int]:
    """Two charts that are not synced, each with a ranking of yesterday, and a synced one."""
    made = [make_chart(database, f"chart-{number}", enabled=number == 2) for number in range(3)]
    for chart in made:
        make_ranking(database, chart, today() - timedelta(days=1), [track])
    return made


def send(browser: FlaskClient, action: str, chosen: list[int], **fields: str) -> TestResponse:
    data = {"chosen": [str(each) for each in chosen], "back": BACK, **fields}
    return browser.post(f"{BULK}{action}/", data=data, headers=csrf(browser))


def enabled(database: psycopg.Connection) -> list[bool]:
    return [row[0] for row in database.execute("SELECT sync_enabled FROM charts ORDER BY id").fetchall()]


def runs(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute(
        "SELECT args ->> 'chart', args ->> 'since', queue FROM job_runs"
        " WHERE task = 'sync_chart' ORDER BY number"
    ).fetchall()


def events(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute("SELECT action, subject, before, after FROM audit_events ORDER BY id").fetchall()


def shown(browser: FlaskClient) -> str:
    return browser.get(BACK).text


def test_the_list_has_ticks_and_buttons_for_operators_alone(
    visit: Visit, operator: FlaskClient, charts: list[int]
) -> None:
    page = operator.get(BACK).text
    assert page.count('form="chart-bulk"') == 3
    for action in ("switch", "sync", "backfill", "cascade", "discover"):
        assert f'action="{BULK}{action}/"' in page
    assert f'name="back" value="{BACK}"' in page
    seen = visit("viewer").get(BACK).text
    assert "chart-bulk" not in seen
    assert BULK not in seen


def test_switching_on_is_confirmed_with_its_cost(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    requested = send(operator, "switch", charts, enabled="true").text
    assert "Switch on: 2 charts?" in requested
    # A daily chart is synchronised every 12 hours, with a page each time.
    assert "About 4 calls per day for their rankings." in requested
    assert enabled(database) == [False, False, True]
    assert events(database) == []
    for name, value in (("chosen", str(charts[0])), ("enabled", "true"), ("back", BACK)):
        assert f'name="{name}" value="{value}"' in requested

    answer = send(operator, "switch", charts, enabled="true", confirmed="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, BACK)
    assert enabled(database) == [True, True, True]
    assert "2 charts now synced. 1 chart already synced." in shown(operator)
    assert events(database) == [
        ("chart.enable", "chart chart-0", None, None),
        ("chart.enable", "chart chart-1", None, None),
    ]


def test_more_than_is_left_is_confirmed_twice(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left)"
        " VALUES (now(), 'x', '/x', 200, 1, 1)"
    )
    assert "more calls than are left" in send(operator, "sync", charts).text
    assert send(operator, "sync", charts, confirmed="1").status_code == 200
    assert runs(database) == []
    assert send(operator, "sync", charts, confirmed="1", over="1").status_code == 303
    assert len(runs(database)) == 3


def test_switching_off_is_done_at_once(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    assert send(operator, "switch", charts, enabled="false").status_code == 303
    assert enabled(database) == [False, False, False]
    assert "1 chart no longer synced; stored rankings stay." in shown(operator)
    assert [event[:2] for event in events(database)] == [("chart.disable", "chart chart-2")]


def test_syncs_are_requested_once(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    assert "Sync now: 2 charts?" in send(operator, "sync", charts[:2]).text
    send(operator, "sync", charts[:2], confirmed="1")
    assert runs(database) == [("chart-0", None, "sync"), ("chart-1", None, "sync")]
    assert "2 syncs requested." in shown(operator)
    send(operator, "sync", charts, confirmed="1")
    assert len(runs(database)) == 3
    assert "1 sync requested. 2 already queued or running." in shown(operator)
    assert [event[:2] for event in events(database)][:2] == [
        ("chart.sync", "chart chart-0"),
        ("chart.sync", "chart chart-1"),
    ]


def test_a_back_fill_starts_at_its_day_and_shows_its_cost(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    since = today() - timedelta(days=10)
    for ago in range(1, 11):
        database.execute(
            "INSERT INTO chart_dates VALUES (%s, %s, '2026')", [charts[0], today() - timedelta(days=ago)]
        )
    requested = send(operator, "backfill", charts[:1], since=str(since)).text
    assert f"Back-fill from {since}: 1 chart?" in requested
    calls = re.search(r"Calls to SoundCharts</dt><dd>(\d+)<", requested)
    # The list of dates, the latest ranking, and the nine others that are listed and not held.
    assert calls is not None
    assert int(calls[1]) == 11
    send(operator, "backfill", charts[:1], since=str(since), confirmed="1")
    assert runs(database) == [("chart-0", str(since), "sync")]
    assert events(database)[0][3]["since"] == str(since)  # type: ignore[index]


@pytest.mark.parametrize(
    ("since", "status", "words"),
    [
        ("", 200, "You see the cost first."),
        ("yesterday", 422, "since must be a date as YYYY-MM-DD"),
        ("2026-13-01", 422, "since must be a date as YYYY-MM-DD"),
        (str(today() + timedelta(days=1)), 422, "is in the future."),
    ],
)
def test_a_back_fill_asks_for_its_day(
    operator: FlaskClient,
    database: psycopg.Connection,
    charts: list[int],
    since: str,
    status: int,
    words: str,
) -> None:
    answer = send(operator, "backfill", charts, since=since)
    assert answer.status_code == status
    assert words in answer.text
    assert f'value="{since}"' in answer.text
    assert all(f'name="chosen" value="{chart}"' in answer.text for chart in charts)
    assert runs(database) == []
    assert events(database) == []


def test_the_cascade_is_switched(
    operator: FlaskClient, database: psycopg.Connection, charts: list[int]
) -> None:
    assert "Fetch for their tracks" in send(operator, "cascade", charts).text
    steps = "SELECT DISTINCT with_metadata, with_artists, with_audience FROM charts"
    assert send(operator, "cascade", charts, step="with_audience", on="false").status_code == 303
    assert database.execute(steps).fetchall() == [(True, True, False)]
    assert "Audience switched off for 3 charts" in shown(operator)
    assert send(operator, "cascade", charts, step="all", on="false").status_code == 303
    assert database.execute(steps).fetchall() == [(False, False, False)]
    assert "Fetch track data: 3 charts?" in send(operator, "cascade", charts, step="all", on="true").text
    send(operator, "cascade", charts, step="all", on="true", confirmed="1")
    assert database.execute(steps).fetchall() == [(True, True, True)]
    assert events(database)[0] == (
        "chart.cascade",
        "chart chart-0",
        {"with_audience": True},
        {"with_audience": False},
    )
    assert len(events(database)) == 9


def test_new_charts_are_looked_for(operator: FlaskClient, database: psycopg.Connection) -> None:
    answer = operator.post(f"{BULK}discover/", headers=csrf(operator))
    row = database.execute("SELECT uuid FROM job_runs WHERE task = 'discover_charts'").fetchone()
    assert row is not None
    assert answer.headers["Location"] == f"/ops/runs/{row[0]}/"


@pytest.mark.parametrize("action", ["switch", "sync", "backfill", "cascade"])
@pytest.mark.parametrize(
    ("chosen", "status"),
    [([], 400), (["x"], 400), (["-1"], 400), (["999"], 404), (["9" * 18], 404), (["1"] * 201, 400)],
)
def test_what_is_not_there_is_refused(
    operator: FlaskClient, charts: list[int], action: str, chosen: list[str], status: int
) -> None:
    fields = {"chosen": chosen, "enabled": "true", "on": "true", "step": "all", "since": "2026-01-01"}
    answer = operator.post(f"{BULK}{action}/", data=fields, headers=csrf(operator))
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("switch", {"enabled": "perhaps"}),
        ("cascade", {"on": "true", "step": "x"}),
        ("cascade", {"on": "?", "step": "all"}),
    ],
)
def test_a_bad_field_is_named(
    operator: FlaskClient, charts: list[int], action: str, fields: dict[str, str]
) -> None:
    answer = send(operator, action, charts, **fields)
    assert answer.status_code == 400
    assert "must be" in answer.text


def test_it_leads_back_to_this_site_alone(operator: FlaskClient, charts: list[int]) -> None:
    answer = send(operator, "switch", charts, enabled="false", back="https://example.com/")
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("action", ["switch", "sync", "backfill", "cascade"])
def test_asking_sends_few_statements_however_many_charts(
    operator: FlaskClient, site: Flask, database: psycopg.Connection, charts: list[int], action: str
) -> None:
    many = [make_chart(database, f"more-{number}", enabled=False) for number in range(50)]
    data = {"chosen": many, "enabled": "true", "on": "true", "step": "all", "since": "2026-01-01"}
    header = csrf(operator)
    with counted_statements(site) as sent:
        assert operator.post(f"{BULK}{action}/", data=data, headers=header).status_code == 200
    assert len(sent) <= MOST_QUERIES, sent
