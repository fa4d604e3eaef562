"""Confirmations on a chart's page: with the cost and the quota left, and a second one if that is less."""

from datetime import timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, platform_id
from tests.webapp.views.conftest import csrf
from webapp.lib.clock import today

CHART = "/charts/global-28/"
CASCADE = ("with_metadata", "with_artists", "with_audience")


@pytest.fixture
def chart(database: psycopg.Connection, track: int) -> int:
    """An idle chart of 150 places; its newest ranking is held, of the five days before two are."""
    made = make_chart(database, enabled=False)
    for ago in range(1, 7):
        day = today() - timedelta(days=ago)
        database.execute("INSERT INTO chart_dates VALUES (%s, %s, %s)", [made, day, f"{day}T12:00:00Z"])
        if ago in (1, 3, 4):
            make_ranking(database, made, day, [track] * 150)
    return made


def left(database: psycopg.Connection, calls: int) -> None:
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left)"
        " VALUES (now(), 'ranking', '', 200, 1, %s)",
        [calls],
    )


def confirmation_page(browser: FlaskClient, action: str, **fields: str) -> str:
    """Returns the confirmation page of an action."""
    answer = browser.post(f"{CHART}{action}/", data=fields, headers=csrf(browser))
    assert answer.status_code == 200
    return answer.text


def done(browser: FlaskClient, action: str, **fields: str) -> None:
    answer = browser.post(f"{CHART}{action}/", data=fields, headers=csrf(browser))
    assert (answer.status_code, answer.headers["Location"]) == (303, CHART)


def events(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute("SELECT action, subject, before, after FROM audit_events ORDER BY id").fetchall()


def requested_runs(database: psycopg.Connection) -> int:
    row = database.execute("SELECT count(*) FROM job_runs").fetchone()
    assert row is not None
    return int(row[0])


BACKFILL = {"since": str(today() - timedelta(days=5))}
# The newest and two that are missing, of two pages each, and a list of dates.
BACKFILL_CALLS = 7


@pytest.mark.parametrize("fields", [BACKFILL, {"all": "true"}])
def test_a_back_fill_is_confirmed_with_its_cost(
    operator: FlaskClient, chart: int, database: psycopg.Connection, fields: dict[str, str]
) -> None:
    left(database, 1000)
    calls = BACKFILL_CALLS + 2 * ("all" in fields)
    page = confirmation_page(operator, "backfill", **fields)
    assert f"<dd>{calls}</dd>" in page
    assert "1,000, as of" in page
    assert requested_runs(database) == 0
    assert events(database) == []
    done(operator, "backfill", **fields, confirmed="1")
    assert requested_runs(database) == 1
    assert events(database) == [
        (
            "chart.sync",
            "chart global-28",
            None,
            {"since": str(today() - timedelta(days=5 + ("all" in fields)))},
        )
    ]


def test_more_than_is_left_needs_a_second_yes(
    operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    left(database, BACKFILL_CALLS - 1)
    assert "Queue anyway: 7 calls needed, 6 left" in confirmation_page(operator, "backfill", **BACKFILL)
    assert "Queue anyway" in confirmation_page(operator, "backfill", **BACKFILL, confirmed="1")
    assert requested_runs(database) == 0
    done(operator, "backfill", **BACKFILL, confirmed="1", over="1")
    assert requested_runs(database) == 1


def test_switching_on_is_confirmed_and_switching_off_is_not(
    operator: FlaskClient, chart: int, database: psycopg.Connection, track: int
) -> None:
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        [track, platform_id(database, "spotify")],
    )
    page = confirmation_page(operator, "switch", enabled="true")
    assert "About 4 calls per day for their rankings." in page
    assert "About 2 calls more per day for the audience of their current tracks." in page
    assert "<dd>9</dd>" in page
    for answer in ({"enabled": "true", "confirmed": "1"}, {"enabled": "false"}):
        done(operator, "switch", **answer)
    assert [event[:2] for event in events(database)] == [
        ("chart.enable", "chart global-28"),
        ("chart.disable", "chart global-28"),
    ]


def test_the_cascade_is_switched_step_by_step_and_its_cost_is_confirmed(
    operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    done(operator, "cascade", with_metadata="1")
    page = operator.get(CHART).text
    assert [f'name="{step}" value="1" checked' in page for step in CASCADE] == [True, False, False]
    done(operator, "cascade", with_metadata="1")
    assert "Nothing changed." in operator.get(CHART).text
    page = confirmation_page(operator, "cascade", with_metadata="1", with_audience="1")
    assert "none now, then about 2 per day, 60 per month" in page
    assert 'name="with_audience" value="1"' in page
    done(operator, "cascade", with_metadata="1", with_audience="1", confirmed="1")
    row = database.execute("SELECT with_metadata, with_artists, with_audience FROM charts").fetchone()
    assert row == (True, False, True)
    off, on = (dict.fromkeys(CASCADE[1:], value) for value in (False, True))
    changes = [event for event in events(database) if event[0] == "chart.cascade"]
    assert changes[0] == ("chart.cascade", "chart global-28", on, off)
    assert changes[1][3] == {"with_metadata": True, "with_audience": True}


def test_the_page_has_the_actions_of_operators(operator: FlaskClient, chart: int) -> None:
    page = operator.get(CHART).text
    for action in ("backfill", "cascade", "switch"):
        assert f'action="{CHART}{action}/"' in page
    assert "Fetch missing rankings" in page
    ranking = operator.get(f"{CHART}{today() - timedelta(days=1)}/").text
    assert "Fetch again (2 calls)" in ranking
    assert f'action="{CHART}{today() - timedelta(days=1)}/fetch/"' in ranking


def test_the_list_shows_the_last_error(
    operator: FlaskClient, chart: int, database: psycopg.Connection
) -> None:
    for enabled in (True, False):
        database.execute(
            "UPDATE charts SET sync_error = 'SoundCharts has no such chart.', sync_enabled = %s", [enabled]
        )
        assert "SoundCharts has no such chart." in operator.get("/charts/").text
