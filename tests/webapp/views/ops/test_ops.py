"""Runs, as operators see them."""

import re
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from werkzeug.test import TestResponse

from tests.factories import make_chart, make_track
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, Visit, add_user, counted_statements
from webapp.queries.ops.runs import PAGE_SIZE
from webapp.views.shared.wording import STATES


def add_run(
    database: psycopg.Connection, state: str = "succeeded", task: str = "fetch_audience", **values: object
) -> UUID:
    columns = {"task": task, "state": state, "queue": "default", **values}
    names = ", ".join(columns)
    row = database.execute(
        f"INSERT INTO job_runs (dedupe_key, args, {names}) VALUES (gen_random_uuid(),"
        f" jsonb_build_object('track_uuid', '{SEED_TRACK}', 'platform', 'spotify', 'start', NULL),"
        f" {', '.join(['%s'] * len(columns))}) RETURNING uuid",
        list(columns.values()),
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def numbers(page: str) -> list[int]:
    return [
        int(number.replace(",", ""))
        for number in re.findall(r'rowheader"><input[^>]*> <a[^>]*>([\d,]+)</a>', page)
    ]


def test_pages_by_number_hold_every_run_once(operator: FlaskClient, database: psycopg.Connection) -> None:
    for _ in range(2 * PAGE_SIZE):
        add_run(database)
    seen: list[list[int]] = []
    address: str | None = "/ops/runs/"
    while address is not None:
        page = operator.get(address).text
        seen.append(numbers(page))
        following = re.search(r'href="(/ops/runs/\?before=\d+)"', page)
        address = following[1] if following else None
    newest = list(range(2 * PAGE_SIZE, 0, -1))
    assert seen == [newest[:PAGE_SIZE], newest[PAGE_SIZE:]]  # and no link to a page without a run


@pytest.mark.parametrize("state", STATES)
def test_filters_choose_and_can_be_cleared(
    operator: FlaskClient, database: psycopg.Connection, state: str
) -> None:
    for task in ("fetch_audience", "fetch_metadata"):
        for kind in STATES:
            add_run(database, kind, task)
    assert len(numbers(operator.get(f"/ops/runs/?state={state}").text)) == 2
    page = operator.get(f"/ops/runs/?state={state}&task=fetch_metadata").text
    assert len(numbers(page)) == 1
    assert f"State: {STATES[state]}" in page
    assert 'href="/ops/runs/?task=fetch_metadata"' in page
    assert 'href="/ops/runs/"' in page


def test_every_filter_chooses_what_it_says(operator: FlaskClient, database: psycopg.Connection) -> None:
    make_track(database)
    other = "00000000-0000-4000-8000-000000000001"
    make_track(database, other, "Lovely")
    make_chart(database, "top-lovely", name="Lovely Songs")
    olga = add_user(database, "operator", "olga@example.com")
    args = {
        1: {"track_uuid": SEED_TRACK, "platform": "spotify"},
        2: {"track_uuid": other, "platform": "youtube"},
        3: {"track_uuids": [SEED_TRACK, other]},
        4: {"chart": "top-lovely", "platform": "spotify"},
        5: {"kind": "song", "term": "lové"},
        6: {"artist_uuids": ["a"]},
    }
    for number, given in args.items():
        run = add_run(
            database,
            requested_by=olga if number % 2 else None,
            queue="sync" if number == 4 else "default",
            error="Refused." if number == 2 else "",
            created_at=f"2026-11-{10 + number}T23:59:59Z",
        )
        database.execute("UPDATE job_runs SET args = %s WHERE uuid = %s", [Jsonb(given), run])
    for query, found in (
        ("by=schedule", [6, 4, 2]),
        ("by=olga@example.com", [5, 3, 1]),
        ("by=nobody@example.com", []),
        ("queue=sync", [4]),
        ("platform=Spotify", [4, 1]),
        ("q=lovely", [4, 3, 2]),
        ("q=lov", [5, 4, 3, 2]),
        ("q=bad%20eilish", [3, 1]),
        ("q=nothing", []),
        ("errors=1", [2]),
        ("start_date=2026-11-13&end_date=2026-11-14", [4, 3]),
        ("end_date=2026-11-11", [1]),
        ("q=lovely&platform=spotify&queue=sync&by=schedule&start_date=2026-11-14", [4]),
    ):
        page = operator.get(f"/ops/runs/?{query}").text
        assert numbers(page) == found, query
        assert page.count("Remove the filter") == query.count("=")


@pytest.mark.parametrize(
    "query",
    ["state=x", "task=x", "queue=x", "before=x", "start_date=x", "errors=x", "before=\N{SUPERSCRIPT TWO}",
     "start_date=2026-11-02&end_date=2026-11-01"],
)  # fmt: skip
def test_a_filter_that_cannot_be_used_is_named(operator: FlaskClient, query: str) -> None:
    answer = operator.get(f"/ops/runs/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text


def test_live_rows_update_under_the_same_filters_and_can_be_ticked(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "running")
    page = operator.get("/ops/runs/?state=running&platform=spotify&q=", headers=HTMX).text
    assert re.search(
        r'hx-get="/ops/runs/\?state=running&amp;platform=spotify" [^>]*hx-trigger="poll" data-poll', page
    )
    assert f'name="chosen" value="{run}"' in page
    for action in ("/ops/runs/retry/", "/ops/runs/cancel/"):
        assert f'action="{action}"' in page


def test_a_filter_leads_to_its_short_url_and_an_update_to_none(operator: FlaskClient) -> None:
    long = "/ops/runs/?state=running&task=&q=&start_date="
    for around, pushed in (("", "/ops/runs/?state=running"), ("?state=running", "false")):
        page = {"HX-Current-URL": f"http://localhost/ops/runs/{around}"}
        answer = operator.get(long, headers={**HTMX, **page})
        assert answer.headers["HX-Push-Url"] == pushed


def test_a_run_shows_its_attempts_lines_and_refused_payloads(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "queued")
    database.execute("UPDATE job_runs SET state = 'running', attempt = 1")
    database.execute("UPDATE job_runs SET state = 'queued', error = 'No answer came.'")
    database.execute("UPDATE job_runs SET state = 'running', attempt = 2")
    database.execute("UPDATE job_runs SET state = 'failed', error = 'It breaks the contract.'")
    database.execute(
        "INSERT INTO refused_payloads (run_uuid, attempt, path, field, value, reason) VALUES"
        " (%s, 2, '/api/v2/x', 'items[0].value', '<b>many</b>', 'a number is expected')",
        [run],
    )
    database.execute(
        "INSERT INTO run_lines (run_uuid, attempt, level, line) VALUES (%s, 2, 'warning', 'a <i>line</i>')",
        [run],
    )
    page = operator.get(f"/ops/runs/{run}/").text
    for words in (
        "2 attempts", "Queued again", "No answer came.", "It breaks the contract.",
        "1 rejected value", "items[0].value", "&lt;b&gt;many&lt;/b&gt;", "a number is expected",
        "/api/v2/x", f'hx-get="/ops/runs/{run}/log/"',
    ):  # fmt: skip
        assert words in page, words
    log = operator.get(f"/ops/runs/{run}/log/").text
    assert "<html" in log
    assert "1 line of the log" in log
    assert "a &lt;i&gt;line&lt;/i&gt;" in log
    assert "Warning" in log
    assert "data-poll" not in log


def test_empty_of_two_kinds(operator: FlaskClient, database: psycopg.Connection) -> None:
    assert 'data-empty="nothing"' in operator.get("/ops/runs/").text
    assert 'data-empty="filtered"' in operator.get("/ops/runs/?state=dead").text


def test_a_run_that_gave_up(operator: FlaskClient, database: psycopg.Connection) -> None:
    run = add_run(database, "dead")
    listed = operator.get("/ops/runs/?state=dead").text
    assert re.findall(r'data-state="dead"[^>]*title="([^"]*)".*Gave up</span>', listed) == [
        "Every attempt ended in a temporary error."
    ]
    assert "State: Gave up" in listed
    assert "Every attempt ended in a temporary error.</p>" in operator.get(f"/ops/runs/{run}/").text


def test_rows_update_themselves_while_something_is_live(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    add_run(database)
    assert "data-poll" not in operator.get("/ops/runs/").text
    live = add_run(database, "running")
    page = operator.get("/ops/runs/?state=running", headers=HTMX).text
    assert "<html" not in page
    assert re.search(r'hx-get="/ops/runs/\?state=running" [^>]*hx-trigger="poll" data-poll', page)
    assert "data-poll" in operator.get(f"/ops/runs/{live}/").text
    database.execute("UPDATE job_runs SET state = 'succeeded'")
    assert "data-poll" not in operator.get(f"/ops/runs/{live}/", headers=HTMX).text


def test_a_poll_sends_the_list_only_if_it_changed(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "running", heartbeat_at="2026-11-20 10:00Z", created_at="2026-11-20 09:00Z")

    def shown() -> str:
        found = re.search(r'"shown": "(\w+)"', operator.get("/ops/runs/", headers=HTMX).text)
        assert found is not None
        return found[1]

    def poll(version: str) -> TestResponse:
        return operator.get(f"/ops/runs/?shown={version}", headers=HTMX)

    version = shown()
    answer = poll(version)
    assert (answer.status_code, answer.text) == (204, "")
    assert operator.get(f"/ops/runs/?shown={version}").status_code == 200  # a page, which shows nothing yet
    database.execute("UPDATE job_runs SET heartbeat_at = now(), pages = 2")  # neither is shown
    assert poll(version).status_code == 204
    for change in ("calls = 3", "attempt = 2", "error = 'No answer came.'"):
        database.execute(f"UPDATE job_runs SET {change} WHERE uuid = %s", [run])
        answer = poll(version)
        assert answer.status_code == 200, change
        assert "1 run" in answer.text
        assert answer.headers["HX-Push-Url"] == "/ops/runs/"
        version = shown()
        assert poll(version).status_code == 204
    add_run(database)
    assert poll(version).status_code == 200
    version = shown()
    database.execute("UPDATE job_runs SET state = 'succeeded'")
    answer = poll(version)
    assert answer.status_code == 200
    assert "data-poll" not in answer.text


def test_a_poll_sends_a_run_and_its_log_only_if_they_changed(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "running")
    changes = {
        "": "UPDATE job_runs SET pages = pages + 1",
        "log/": "INSERT INTO run_lines (run_uuid, attempt, level, line) SELECT uuid, 1, '', '' FROM job_runs",
    }
    for part, change in changes.items():
        address = f"/ops/runs/{run}/{part}"
        found = re.search(r'"shown": "(\w+)"', operator.get(address, headers=HTMX).text)
        assert found is not None
        poll = f"{address}?shown={found[1]}"
        assert operator.get(poll, headers=HTMX).status_code == 204
        assert operator.get(poll).status_code == 200
        database.execute(change)
        assert operator.get(poll, headers=HTMX).status_code == 200


def test_a_run_in_full(visit: Visit, operator: FlaskClient, database: psycopg.Connection) -> None:
    make_track(database)
    user = add_user(database, "operator", "olga@example.com")
    parent = add_run(database)
    run = add_run(
        database, "failed", requested_by=user, forced=True, attempt=2, parent_uuid=parent, pages=1, calls=4,
        records_created=3, records_updated=1, records_unchanged=86, error="SoundCharts answered 403.",
    )  # fmt: skip
    child = add_run(database, "queued", "backfill_audience", parent_uuid=run)
    database.execute(
        "INSERT INTO api_calls (started_at, run_uuid, endpoint, path, status, error, duration_ms, quota_left)"
        " VALUES (now(), %s, 'song_audience', '/api/v2/song/x', 403, 'Not in the plan.', 212, 998123),"
        " (now(), %s, 'song_audience', '/api/v2/song/x', NULL, 'No answer in 10 s.', 10000, NULL)",
        [run, run],
    )
    page = operator.get(f"/ops/runs/{run}/").text
    for words in (
        "bad guy on Spotify", "olga@example.com, forced", "2 of 5", "3 new, 1 changed, 86 unchanged",
        "4, for 1 page",
        "SoundCharts answered 403.", f"/ops/runs/{parent}/", f"/ops/runs/{child}/", f"/tracks/{SEED_TRACK}/",
    ):  # fmt: skip
        assert words in page, words
    assert ">start " not in page
    log = operator.get(f"/ops/runs/{run}/log/", headers=HTMX).text
    assert "<html" not in log
    for words in (
        "2 calls to SoundCharts", "998,123", "No answer in 10 s.", "Not in the plan.",
        "not in the response",
    ):  # fmt: skip
        assert words in log, words


def test_a_batch_of_tracks_is_counted(operator: FlaskClient, database: psycopg.Connection) -> None:
    run = add_run(database, "queued", "fetch_metadata")
    database.execute("""UPDATE job_runs SET args = '{"track_uuids": ["a", "b"]}'""")
    assert "2 tracks" in operator.get("/ops/runs/").text
    assert "a, b" in operator.get(f"/ops/runs/{run}/").text


def test_the_pages_cost_few_statements(
    site: Flask, operator: FlaskClient, database: psycopg.Connection
) -> None:
    runs = [add_run(database, "queued") for _ in range(30)]
    for address in ("/ops/runs/", f"/ops/runs/{runs[0]}/"):
        with counted_statements(site) as sent:
            assert operator.get(address).status_code == 200
        assert len(sent) <= 8, sent


def test_a_spent_quota_is_shown_where_runs_wait_for_it(
    operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    run = add_run(database, state="queued")
    assert "quota is used up" not in operator.get("/ops/runs/").text
    database.execute("INSERT INTO api_pause (reason, next_check_at) VALUES ('spent', '2026-11-21 14:05+00')")
    for address in ("/ops/runs/", f"/ops/runs/{run}/"):
        text = operator.get(address).text
        assert "quota is used up" in text
        assert "2026-11-21 14:05" in text
    database.execute("UPDATE job_runs SET state = 'succeeded'")
    assert "quota is used up" not in operator.get(f"/ops/runs/{run}/", headers=HTMX).text
