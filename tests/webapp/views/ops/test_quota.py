"""The quota and the queues: quota left, usage, waiting jobs and notices."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_chart, make_ranking, make_track, platform_id
from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, counted_statements, csrf
from webapp.work.billing import Period, period_of

PAGE = "/ops/quota/"
MOST_QUERIES = 8
TODAY = datetime.now(UTC).date()


def calls(
    database: psycopg.Connection,
    number: int,
    queue: str = "default",
    *,
    left: int | None = None,
    days_ago: int = 0,
) -> None:
    """Calls that counted, at noon of a day; today's a moment ago."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left, queue)"
        " SELECT %s - number * interval '1 microsecond', 'song_audience', '', 200, 1, %s, %s"
        " FROM generate_series(1, %s) AS number",
        [at, left, queue, number],
    )


def queued(database: psycopg.Connection, queue: str, number: int) -> None:
    database.execute(
        "INSERT INTO job_runs (task, queue, dedupe_key) SELECT 'fetch_audience', %s, %s || number"
        " FROM generate_series(1, %s) AS number",
        [queue, queue, number],
    )


def pause(
    database: psycopg.Connection, queue: str, kind: str, reason: str = "", until: str | None = None
) -> None:
    database.execute(
        "INSERT INTO queue_pauses (queue, kind, reason, lasts_until) VALUES (%s, %s, %s, %s)",
        [queue, kind, reason, until],
    )


def spend(database: psycopg.Connection) -> None:
    database.execute(
        "INSERT INTO api_pause (reason, next_check_at, lasts_until)"
        " VALUES ('spent', '2027-01-02 12:34Z', '2027-02-01')"
    )


def text(browser: FlaskClient, address: str = PAGE) -> str:
    """Returns the words of a page, without markup."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def drawing(browser: FlaskClient) -> dict[str, Any]:
    """Returns the drawing for drawings.js."""
    found: dict[str, Any] = json.loads(browser.get(f"{PAGE}chart/").text)
    return found


@pytest.mark.parametrize(
    ("day", "billing_day", "period"),
    [
        ("2026-11-21", 1, ("2026-11-01", "2026-12-01")),
        ("2026-11-21", 21, ("2026-11-21", "2026-12-21")),
        ("2026-11-20", 21, ("2026-10-21", "2026-11-21")),
        ("2026-12-31", 28, ("2026-12-28", "2027-01-28")),
        ("2027-01-03", 28, ("2026-12-28", "2027-01-28")),
        ("2028-02-29", 28, ("2028-02-28", "2028-03-28")),
    ],
)
def test_a_billing_period_begins_on_its_day_of_the_month(
    day: str, billing_day: int, period: tuple[str, str]
) -> None:
    found = period_of(date.fromisoformat(day), billing_day)
    assert found == Period(*map(date.fromisoformat, period))
    assert found.first <= date.fromisoformat(day) < found.renewal


def test_before_the_first_call_nothing_is_known(operator: FlaskClient) -> None:
    words = text(operator)
    assert "unknown until the first call" in words
    assert "no call in the last 7 days" in words
    assert drawing(operator)["empty"] == "No calls in this billing period."


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (70_000, "Lasts for 7,000 days enough until the quota renews, at 10 calls per day"),
        (5, "Lasts for 0 days used up on"),
    ],
)
def test_the_rest_lasts_as_long_as_the_rate_of_the_last_week_lets_it(
    operator: FlaskClient, database: psycopg.Connection, left: int, sentence: str
) -> None:
    for days_ago, number in ((6, 40), (3, 20), (0, 10), (9, 900)):
        calls(database, number, "sync", left=left, days_ago=days_ago)
    assert sentence in text(operator)


def test_what_each_queue_used_is_shown_by_day(operator: FlaskClient, database: psycopg.Connection) -> None:
    for queue, number in (("interactive", 3), ("backfill", 4), ("", 2)):
        calls(database, number, queue)
    database.execute(
        "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, queue)"
        " VALUES (now(), 'usage', '', 200, 1, 'sync'), (now(), 'song_audience', '', 503, 1, 'sync')"
    )
    words = text(operator)
    assert "Calls used 9 since" in words
    assert f"{TODAY} 3 0 0 4 2 9" in words
    (drawn,) = drawing(operator)["charts"]
    assert [one["name"] for one in drawn["series"]] == ["Requests by people", "Back-fills", "Outside runs"]
    assert [one["data"][-1]["y"] for one in drawn["series"]] == [3, 4, 2]
    assert drawn["series"][0]["data"][-1]["text"] == "3 calls"
    assert drawn["chart"]["stacked"] is True
    assert drawn["annotations"] == {"xaxis": [], "points": []}


def test_what_the_schedule_needs_in_a_month(operator: FlaskClient, database: psycopg.Connection) -> None:
    """Two pages twice a day, one daily; a charting series daily, another weekly, an empty one monthly."""
    charting, other = make_track(database), make_track(database, "00000000-0000-4000-8000-000000000001")
    make_ranking(database, make_chart(database), TODAY, [charting] * 150)
    make_chart(database, "weekly", frequency="weekly")
    make_chart(database, "idle", enabled=False)
    for track, slug, status in (
        (charting, "spotify", "ok"),
        (other, "spotify", "ok"),
        (other, "youtube", "empty"),
        (other, "airplay", "ok"),
    ):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, due_at) VALUES (%s, %s, %s, now())",
            [track, platform_id(database, slug), status],
        )
    words = text(operator)
    assert "Rankings of 2 charts as often as each chart appears 150" in words
    assert "charting tracks, 1 series every day 30" in words
    assert "other tracks, 1 series every 7 days 5" in words
    assert "without data so far, 1 series every 30 days 1" in words
    assert "Details of 2 tracks every 30 days 5" in words
    assert "Planned 191 calls per month" in words


def test_a_queue_is_paused_and_resumed_with_a_reason_that_everybody_can_look_up(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    headers = csrf(operator)
    queued(database, "backfill", 3)
    for sentence in ("Paused: back-fills.", "Already paused"):
        answer = operator.post(f"{PAGE}backfill/pause/", data={"reason": " Too  <b>much "}, headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
        assert sentence in operator.get("/charts/").text
    page = operator.get(PAGE).text
    assert "Too  &lt;b&gt;much" in page
    assert "By operator@example.com." in page
    for sentence in ("Resumed: back-fills.", "Not paused"):
        operator.post(f"{PAGE}backfill/resume/", headers=headers)
        assert sentence in operator.get(PAGE).text
    events = database.execute(
        "SELECT action, subject, actor, before, after FROM audit_events"
        " WHERE action LIKE 'queue.%' ORDER BY id"
    ).fetchall()
    why = {"reason": "Too  <b>much"}
    assert events == [
        ("queue.pause", "queue backfill", "operator@example.com", None, why),
        ("queue.resume", "queue backfill", "operator@example.com", why, None),
    ]
    assert operator.post(f"{PAGE}nothing/pause/", headers=headers).status_code == 404


def test_resuming_does_not_lift_what_the_schedule_put(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    pause(database, "sync", "share", "It has used its 20 % of this billing period's calls.")
    operator.post(f"{PAGE}sync/resume/", headers=csrf(operator))
    assert database.execute("SELECT queue, kind FROM queue_pauses").fetchall() == [("sync", "share")]


ORDINARY = [
    "/charts/",
    "/tracks/",
    "/artists/",
    "/platforms/",
    "/ops/runs/",
    "/search/?q=bad",
    "/",
    TRACK_URL,
    PAGE,
]


@pytest.mark.parametrize("address", [*ORDINARY, "/charts/global-28/", "/nothing-here/"])
def test_every_page_shows_operators_why_jobs_wait_and_until_when(
    visit: Visit, track: int, database: psycopg.Connection, address: str
) -> None:
    make_ranking(database, make_chart(database), date(2026, 11, 20), [track])
    queued(database, "backfill", 3)
    queued(database, "sync", 1)
    quiet, operator = visit("viewer"), visit("operator")
    assert "Waiting jobs" not in operator.get(address).text
    pause(database, "sync", "reserve", "Kept.", "2026-12-01")
    pause(database, "backfill", "reserve", "Kept.", "2026-12-01")
    pause(database, "default", "operator", "A test.")
    spend(database)
    page = operator.get(address).text
    assert "The SoundCharts quota is used up, so 4 jobs wait until there are calls again (next check" in page
    assert "2027-01-02 12:34, next billing day 2027-02-01)." in page
    assert "Scheduled fetches are paused, so jobs wait until resumed. A test." in page
    again = "until there are calls again (next billing day 2026-12-01). Kept."
    assert f"Chart syncs and back-fills are paused, so 4 jobs wait {again}" in page
    assert "Waiting jobs" not in quiet.get(address).text


@pytest.mark.parametrize("address", ORDINARY)
@pytest.mark.parametrize("paused", [False, True])
def test_pages_stay_within_their_statements(
    operator: FlaskClient,
    site: Flask,
    track: int,
    database: psycopg.Connection,
    address: str,
    *,
    paused: bool,
) -> None:
    if paused:
        pause(database, "sync", "operator")
        spend(database)
    with counted_statements(site) as sent:
        assert operator.get(address).status_code == 200
    assert len(sent) <= MOST_QUERIES, sent
    assert sum("Why jobs wait" in statement for statement in sent) == 1


def test_viewers_pages_do_not_ask_what_waits(viewer: FlaskClient, site: Flask, track: int) -> None:
    for address in ORDINARY[:4]:
        with counted_statements(site) as sent:
            viewer.get(address)
        assert not any("Why jobs wait" in statement for statement in sent)


@pytest.mark.parametrize(
    ("queue", "kind", "until", "sentence"),
    [
        ("interactive", "operator", None, "Waits until resumed."),
        ("backfill", "operator", None, ""),
        ("", "quota", "", "Waits until there are calls again (next check 2027-01-02 12:34"),
    ],
)
def test_refresh_buttons_show_when_their_run_continues(
    visit: Visit,
    track: int,
    database: psycopg.Connection,
    queue: str,
    kind: str,
    until: str | None,
    sentence: str,
) -> None:
    """And stay usable."""
    make_ranking(database, make_chart(database), date(2026, 11, 20), [track])
    if kind == "quota":
        spend(database)
    else:
        pause(database, queue, kind, until=until)
    operator = visit("operator")
    for address, button in (
        (TRACK_URL, "Refresh Spotify"),
        ("/charts/global-28/", "Sync now"),
        ("/search/?q=bad", "Search songs"),
    ):
        # The banner above says it too.
        own = operator.get(address).text.split("Waiting jobs")[-1].partition("</section>")[2]
        assert button in own
        assert (sentence in own) if sentence else ("Waits until" not in own)


@pytest.mark.parametrize("reason", ["", "The label asked for calm."])
def test_a_run_of_a_paused_queue_shows_it(
    operator: FlaskClient, database: psycopg.Connection, reason: str
) -> None:
    queued(database, "sync", 1)
    row = database.execute("SELECT uuid FROM job_runs").fetchone()
    assert row is not None
    address = f"/ops/runs/{row[0]}/"
    assert "Queued, next in line" in operator.get(address, headers=HTMX).text
    pause(database, "sync", "operator", reason)
    assert f"Waiting: the queue is paused. {reason}".rstrip() in operator.get(address, headers=HTMX).text
    database.execute("UPDATE job_runs SET state = 'running', heartbeat_at = now()")
    assert "the queue is paused" not in operator.get(address, headers=HTMX).text
