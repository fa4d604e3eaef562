"""Requests of operators for a chart, and their runs on pages."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track
from tests.webapp.views.conftest import HTMX, csrf

CHART = "/charts/global-28/"
HELD, MISSING, OLDER = date(2026, 8, 5), date(2026, 8, 4), date(2026, 8, 2)


@pytest.fixture
def chart(database: psycopg.Connection) -> int:
    """One ranking is held, two more are at the API."""
    made = make_chart(database)
    make_ranking(database, made, HELD, [make_track(database)])
    for day in (HELD, MISSING, OLDER):
        database.execute("INSERT INTO chart_dates VALUES (%s, %s, %s)", [made, day, f"{day}T12:00:00Z"])
    return made


def ask(browser: FlaskClient, rest: str, **form: str) -> Any:
    headers = {**HTMX, **csrf(browser), "HX-Current-URL": f"http://localhost{CHART}"}
    return browser.post(f"{CHART}{rest}", data=form, headers=headers)


def requested_runs(database: psycopg.Connection) -> list[tuple[str, dict[str, Any], str]]:
    return database.execute(
        "SELECT task, jsonb_strip_nulls(args), users.email FROM job_runs"
        " LEFT JOIN users ON users.id = requested_by ORDER BY number"
    ).fetchall()


SUBJECT = {"chart": "global-28", "platform": "spotify"}


@pytest.mark.parametrize(
    ("rest", "form", "task", "args"),
    [
        ("sync/", {}, "sync_chart", SUBJECT),
        ("backfill/", {"all": "true", "confirmed": "1"}, "sync_chart", SUBJECT | {"since": str(OLDER)}),
        (
            "backfill/",
            {"since": "2026-08-03", "confirmed": "1"},
            "sync_chart",
            SUBJECT | {"since": "2026-08-03"},
        ),
        (
            f"{MISSING}/fetch/",
            {},
            "fetch_ranking",
            SUBJECT | {"ranked_on": str(MISSING), "ranked_at": f"{MISSING}T12:00:00Z"},
        ),
        (
            f"{HELD}/fetch/",
            {},
            "fetch_ranking",
            SUBJECT | {"ranked_on": str(HELD), "ranked_at": f"{HELD}T12:00:00+00:00"},
        ),
        (f"{HELD}/accept/", {}, "accept_ranking", SUBJECT | {"ranked_on": str(HELD)}),
    ],
)
def test_a_request_becomes_a_run_that_is_shown_live(
    operator: FlaskClient,
    chart: int,
    database: psycopg.Connection,
    rest: str,
    form: dict[str, str],
    task: str,
    args: dict[str, str],
) -> None:
    answer = ask(operator, rest, **form)
    assert answer.status_code == 200
    assert requested_runs(database) == [(task, args, "operator@example.com")]
    live = re.search(rf'hx-get="({CHART}runs/[0-9a-f-]+/)" hx-vals=.*?: "(\w+)"', answer.text)
    assert live is not None
    assert "Queued" in answer.text
    assert "HX-Trigger" not in operator.get(live[1], headers=HTMX).headers
    assert operator.get(f"{live[1]}?shown={live[2]}", headers=HTMX).status_code == 204
    ask(operator, rest, **form)
    assert len(requested_runs(database)) == 1


@pytest.mark.parametrize(
    ("state", "message", "error", "kind"),
    [
        ("succeeded", "The ranking of 2026-08-05 is new: 100 entries.", "", "success"),
        ("failed", "", "SoundCharts has no such chart.", "error"),
        ("dead", "", "SoundCharts answered 503.", "error"),
        ("cancelled", "", "", "error"),
    ],
)
def test_the_end_of_a_run_brings_the_page_up_to_date(
    operator: FlaskClient,
    chart: int,
    database: psycopg.Connection,
    state: str,
    message: str,
    error: str,
    kind: str,
) -> None:
    ask(operator, "sync/")
    database.execute(
        "UPDATE job_runs SET state = %s, message = %s, error = %s, finished_at = now()",
        [state, message, error],
    )
    row = database.execute("SELECT uuid FROM job_runs").fetchone()
    assert row is not None
    answer = operator.get(f"{CHART}runs/{row[0]}/", headers=HTMX)
    assert "data-poll" not in answer.text
    assert (message or error or "Cancelled") in answer.text
    assert '"chart-changed": null' in answer.headers["HX-Trigger"]
    assert f'"kind": "{kind}"' in answer.headers["HX-Trigger"]
    assert (message or error or "cancelled") in answer.headers["HX-Trigger"]


def test_the_page_is_what_answers_the_change(viewer: FlaskClient, chart: int) -> None:
    page = viewer.get(CHART).text
    assert f'hx-get="{CHART}" hx-trigger="chart-changed from:body"' in page
    assert page.count("chart-changed from:body") == 3
    part = viewer.get(CHART, headers=HTMX).text
    assert "<html" not in part
    assert 'id="freshness" hx-swap-oob="true"' in part
    assert "The first 1 of 1" in part


def test_the_history_polls_while_a_run_is_live(
    operator: FlaskClient, viewer: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    assert "No run has synced this chart yet." in viewer.get(f"{CHART}runs/").text
    ask(operator, "sync/")
    ask(operator, f"{MISSING}/fetch/")
    page = viewer.get(f"{CHART}runs/", headers=HTMX)
    shown = re.search(rf'hx-get="{CHART}runs/\?live=2" hx-vals=.*?: "(\w+)"', page.text)
    assert shown is not None
    assert viewer.get(f"{CHART}runs/?live=2&shown={shown[1]}", headers=HTMX).status_code == 204
    assert page.text.index(f"Ranking of {MISSING}") < page.text.index("Chart sync")
    assert "/ops/runs/" not in page.text
    assert "/ops/runs/" in operator.get(f"{CHART}runs/").text
    assert "HX-Trigger" not in viewer.get(f"{CHART}runs/?live=2", headers=HTMX).headers
    database.execute("UPDATE job_runs SET state = 'succeeded', finished_at = now() WHERE task = 'sync_chart'")
    answer = viewer.get(f"{CHART}runs/?live=2&shown={shown[1]}", headers=HTMX)
    assert answer.headers["HX-Trigger"] == "chart-changed"
    assert "live=1" in answer.text
    database.execute("UPDATE job_runs SET state = 'failed', error = 'It broke.', finished_at = now()")
    answer = viewer.get(f"{CHART}runs/?live=1", headers=HTMX)
    assert "data-poll" not in answer.text
    assert "It broke." not in answer.text  # viewers are shown no errors of the API
    assert "It broke." in operator.get(f"{CHART}runs/").text


def test_runs_of_other_charts_are_not_shown(
    operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    make_chart(database, "other")
    ask(operator, "sync/")
    assert "No run has synced" in operator.get("/charts/other/runs/").text
    row = database.execute("SELECT uuid FROM job_runs").fetchone()
    assert row is not None
    answer = operator.get(f"/charts/other/runs/{row[0]}/")
    assert answer.status_code == 404
    assert "of this chart" in answer.text
    assert operator.get(f"{CHART}runs/{UUID(int=5)}/").status_code == 404


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_the_switch(operator: FlaskClient, chart: int, database: psycopg.Connection, enabled: str) -> None:
    page = operator.get(CHART).text
    assert "Switch off" in page
    assert "Sync now" in page
    answer = operator.post(f"{CHART}switch/", data={"enabled": enabled}, headers=csrf(operator))
    assert (answer.status_code, answer.headers["Location"]) == (303, CHART)
    row = database.execute("SELECT sync_enabled FROM charts").fetchone()
    assert row == (enabled == "true",)
    page = operator.get(CHART).text
    assert ("Switch off" in page) == (enabled == "true")
    assert ("Sync now" in page) == (enabled == "true")
    assert 'data-kind="success"' in page


@pytest.mark.parametrize(
    ("rest", "form", "status", "words"),
    [
        ("2020-01-01/fetch/", {}, 409, "SoundCharts lists no ranking"),
        ("today/fetch/", {}, 404, "is not a date"),
        ("today/accept/", {}, 404, "is not a date"),
        ("backfill/", {"all": "perhaps"}, 400, "all must be true or false"),
        ("backfill/", {"since": "tomorrow"}, 400, "since must be a date"),
        ("backfill/", {"since": "2999-01-01"}, 400, "is in the future"),
        ("backfill/", {}, 400, "Enter the first day"),
        ("switch/", {"enabled": "perhaps"}, 400, "enabled must be true or false"),
    ],
)
def test_what_cannot_be_requested_is_shown(
    operator: FlaskClient,
    chart: int,
    database: psycopg.Connection,
    rest: str,
    form: dict[str, str],
    status: int,
    words: str,
) -> None:
    answer = ask(operator, rest, **form)
    assert answer.status_code == status
    assert words in answer.text
    assert requested_runs(database) == []


def test_viewers_are_offered_nothing_that_is_refused(viewer: FlaskClient, chart: int) -> None:
    for address in (CHART, f"{CHART}{HELD}/", f"{CHART}{MISSING}/"):
        forms = re.findall('<form method="post" action="(/charts/[^"]*)"', viewer.get(address).text)
        assert set(forms) <= {"/charts/columns/"}
        assert 'hx-post="/charts/' not in viewer.get(address).text
