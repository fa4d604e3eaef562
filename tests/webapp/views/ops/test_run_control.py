"""Runs called off and tried again, from the list and from their own pages."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb
from redis import Redis
from werkzeug.datastructures import MultiDict

from tests.factories import make_chart, make_track
from tests.webapp.views.conftest import HTMX, TRACK_URL, Visit, csrf, enter_as
from tests.webapp.views.ops.test_ops import add_run
from webapp.views.shared.wording import STATES
from webapp.work.queue import queued_ids
from webapp.work.run_control import LIVE, RETRYABLE

ENDED = [state for state in STATES if state not in LIVE]


def state_of(database: psycopg.Connection, run: UUID) -> str:
    row = database.execute("SELECT state FROM job_runs WHERE uuid = %s", [run]).fetchone()
    assert row is not None
    return str(row[0])


def runs_after(database: psycopg.Connection, run: UUID) -> list[tuple[UUID, str, str, bool]]:
    """The runs that a run led to: uuid, state, queue and whether it is forced."""
    return database.execute(
        "SELECT uuid, state, queue, forced FROM job_runs WHERE parent_uuid = %s ORDER BY number", [run]
    ).fetchall()


def events(
    database: psycopg.Connection, action: str
) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    return database.execute(
        "SELECT subject, before, after FROM audit_events WHERE action = %s ORDER BY id", [action]
    ).fetchall()


@pytest.mark.parametrize("state", LIVE)
def test_a_live_run_is_cancelled_and_shown(
    operator: FlaskClient, database: psycopg.Connection, state: str
) -> None:
    run = add_run(database, state)
    assert "Cancel this run" in operator.get(f"/ops/runs/{run}/").text
    answer = operator.post(f"/ops/runs/{run}/cancel/", headers={**csrf(operator), **HTMX})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "was cancelled." in answer.headers["HX-Trigger"]
    for words in ('data-state="cancelled"', "Cancelled by operator@example.com.", "Retry this run"):
        assert words in answer.text
    assert state_of(database, run) == "cancelled"
    assert events(database, "run.cancel") == [(f"run {run}", {"state": state}, {"state": "cancelled"})]


def test_whoever_waits_for_a_run_can_cancel_it_there(
    viewer: FlaskClient, operator: FlaskClient, track: int, database: psycopg.Connection
) -> None:
    run, sync = add_run(database, "running"), add_run(database, "queued", "sync_chart")
    make_chart(database)
    args = Jsonb({"chart": "global-28", "platform": "spotify"})
    database.execute("UPDATE job_runs SET args = %s WHERE uuid = %s", [args, sync])
    for each, address in (
        (run, f"{TRACK_URL}runs/{run}/"),
        (run, f"{TRACK_URL}data/spotify/runs/{run}/"),
        (sync, f"/charts/global-28/runs/{sync}/"),
    ):
        button = f'hx-post="/ops/runs/{each}/cancel/"'
        assert button in operator.get(address, headers=HTMX).text
        assert button not in viewer.get(address, headers=HTMX).text
    database.execute("UPDATE job_runs SET state = 'cancelled'")
    assert "/cancel/" not in operator.get(f"{TRACK_URL}runs/{run}/", headers=HTMX).text


@pytest.mark.parametrize("state", ENDED)
def test_what_has_ended_cannot_be_cancelled(
    operator: FlaskClient, database: psycopg.Connection, state: str
) -> None:
    run = add_run(database, state)
    assert "Cancel this run" not in operator.get(f"/ops/runs/{run}/").text
    answer = operator.post(f"/ops/runs/{run}/cancel/", headers=csrf(operator))
    assert (answer.status_code, state_of(database, run)) == (409, state)
    assert f"cannot be cancelled; its state is “{STATES[state]}”." in answer.text
    assert events(database, "run.cancel") == []


@pytest.mark.parametrize("state", RETRYABLE)
def test_what_ended_badly_is_retried(
    operator: FlaskClient, database: psycopg.Connection, site: Flask, state: str
) -> None:
    run = add_run(database, state, forced=True)
    assert "Retry this run" in operator.get(f"/ops/runs/{run}/").text
    answer = operator.post(f"/ops/runs/{run}/retry/", headers=csrf(operator))
    [(again, *rest)] = runs_after(database, run)
    assert rest == ["queued", "interactive", True]
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/ops/runs/{again}/"
    same = "SELECT count(DISTINCT (args, task, dedupe_key)) FROM job_runs"
    assert database.execute(same).fetchone() == (1,)
    with site.app_context():
        assert str(again) in queued_ids()
    assert state_of(database, run) == state
    assert events(database, "run.retry") == [
        (f"run {run}", {"state": state}, {"run": str(again), "state": "queued"})
    ]
    assert "Retried as" in operator.get(f"/ops/runs/{run}/").text


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_nothing_else_is_retried(operator: FlaskClient, database: psycopg.Connection, state: str) -> None:
    run = add_run(database, state)
    assert "Retry this run" not in operator.get(f"/ops/runs/{run}/").text
    assert operator.post(f"/ops/runs/{run}/retry/", headers=csrf(operator)).status_code == 409
    assert runs_after(database, run) == []


def test_a_retry_meets_the_live_run_of_its_subject(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "failed")
    live = add_run(database, "queued")
    database.execute("UPDATE job_runs SET dedupe_key = 'one series'")
    answer = operator.post(f"/ops/runs/{run}/retry/", headers=csrf(operator))
    assert answer.headers["Location"] == f"/ops/runs/{live}/"
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (2,)


def test_two_people_who_retry_at_once_get_one_run(
    visit: Visit, site: Flask, database: psycopg.Connection
) -> None:
    run = add_run(database, "failed", forced=True)
    people = [visit("operator"), visit("admin")]
    tokens = [csrf(person) for person in people]
    pages = [enter_as(people[number % 2], site) for number in range(8)]

    def press(number: int) -> str:
        answer = pages[number].post(f"/ops/runs/{run}/retry/", headers=tokens[number % 2])
        return str(answer.headers["Location"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(press, range(8)))) == 1
    [(_, state, *_)] = runs_after(database, run)
    assert state == "queued"


def test_a_retry_of_what_runs_again_asks_for_no_more_passes(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    run = add_run(database, "failed", forced=True)
    for _ in range(2):
        operator.post(f"/ops/runs/{run}/retry/", headers=csrf(operator))
        database.execute("UPDATE job_runs SET state = 'running' WHERE state = 'queued'")
    assert database.execute("SELECT count(*), count(again) FROM job_runs").fetchone() == (2, 0)


def test_chosen_runs_are_cancelled(operator: FlaskClient, database: psycopg.Connection) -> None:
    runs = [add_run(database, state) for state in STATES]
    answer = operator.post("/ops/runs/cancel/", data={"chosen": list(map(str, runs))}, headers=csrf(operator))
    assert answer.headers["Location"] == "/ops/runs/"
    assert "2 runs cancelled. 4 had already ended." in operator.get("/ops/runs/").text
    states = [state_of(database, run) for run in runs]
    assert states == ["cancelled", "cancelled", "succeeded", "failed", "dead", "cancelled"]
    assert len(events(database, "run.cancel")) == 2


def test_chosen_runs_are_retried_after_confirmation(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    runs = [add_run(database, state, calls=3) for state in STATES]
    form = MultiDict([("chosen", str(run)) for run in runs])
    page = operator.post("/ops/runs/retry/", data=form, headers=csrf(operator)).text
    assert re.search(r"Calls to SoundCharts</dt><dd>9<", page)
    assert "3 runs: the selected runs that failed." in page
    assert page.count('name="chosen"') == 6
    assert database.execute("SELECT count(*) FROM job_runs").fetchone() == (6,)
    form.add("confirmed", "1")
    assert operator.post("/ops/runs/retry/", data=form, headers=csrf(operator)).status_code == 303
    assert [len(runs_after(database, run)) for run in runs] == [0, 0, 0, 1, 1, 1]
    assert {queue for run in runs for _, _, queue, _ in runs_after(database, run)} == {"default"}
    assert "3 runs requested again." in operator.get("/ops/runs/").text
    assert len(events(database, "run.retry")) == 3


@pytest.mark.parametrize(
    "form", [{}, {"chosen": "nothing"}, {"chosen": ["00000000-0000-4000-8000-000000000001"] * 201}]
)
@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_a_bad_choice_is_named(operator: FlaskClient, action: str, form: dict[str, object]) -> None:
    assert operator.post(f"/ops/runs/{action}/", data=form, headers=csrf(operator)).status_code == 400


def test_all_failed_of_a_kind_leaves_out_what_something_came_after(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    make_track(database)
    wanted = {add_run(database, "failed") for _ in range(3)}
    add_run(database, "dead")
    add_run(database, "failed", "fetch_metadata")
    for later in ("succeeded", "queued", "failed"):
        first, second = add_run(database, "failed"), add_run(database, later)
        database.execute("UPDATE job_runs SET dedupe_key = %s WHERE uuid IN (%s, %s)", [later, first, second])
        if later == "failed":
            wanted.add(second)
    assert "Retry all" not in operator.get("/ops/runs/?state=failed").text
    assert "Retry all" in operator.get("/ops/runs/?state=failed&task=fetch_audience").text
    form = {"state": "failed", "task": "fetch_audience"}
    assert "Retry 4 runs" in operator.post("/ops/runs/retry-all/", data=form, headers=csrf(operator)).text
    form["confirmed"] = "1"
    for _press in range(2):
        operator.post("/ops/runs/retry-all/", data=form, headers=csrf(operator))
        made = database.execute(
            "SELECT parent_uuid, state FROM job_runs WHERE parent_uuid IS NOT NULL"
        ).fetchall()
        assert sorted(made) == sorted((run, "queued") for run in wanted)


def test_one_press_takes_a_thousand(
    operator: FlaskClient, database: psycopg.Connection, redis: Redis
) -> None:
    database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state) SELECT 'fetch_metadata',"
        """ '{"track_uuids": ["a"]}', 'default', 'x' || n, 'dead' FROM generate_series(1, 1005) AS n"""
    )
    form = {"state": "dead", "task": "fetch_metadata"}
    page = operator.post("/ops/runs/retry-all/", data=form, headers=csrf(operator)).text
    assert "the newest of 1,005" in page
    assert re.search(r"Calls to SoundCharts</dt><dd>3,000<", page)
    form["confirmed"] = "1"
    operator.post("/ops/runs/retry-all/", data=form, headers=csrf(operator))
    assert database.execute("SELECT count(*) FROM job_runs WHERE state = 'queued'").fetchone() == (1000,)
    assert redis.llen("rq:queue:default") == 1000


@pytest.mark.parametrize("form", [{"state": "queued"}, {"task": "nothing"}, {"state": "succeeded"}])
def test_a_kind_that_cannot_be_retried_is_named(operator: FlaskClient, form: dict[str, str]) -> None:
    answer = operator.post("/ops/runs/retry-all/", data=form, headers=csrf(operator))
    assert answer.status_code == 400
    assert "must be one of" in answer.text
