"""Old rows are deleted by the settings; live, recent and still needed ones are kept."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.sql import SQL, Identifier

import jobs.retention
from jobs.retention import forget_old
from jobs.schedule import SCHEDULE
from tests.webapp.views.conftest import add_user
from webapp.access.sessions import LONGEST
from webapp.engine import OF_CALLS

FINAL = ("succeeded", "failed", "dead", "cancelled")
LIVE = ("queued", "running")
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def keep(database: psycopg.Connection, **days: int) -> None:
    for name, value in days.items():
        database.execute("INSERT INTO app_settings (name, value) VALUES (%s, %s)", [name, value])


def make_run(
    database: psycopg.Connection,
    state: str,
    age_days: float,
    parent: str | None = None,
    *,
    ended: bool = True,
) -> str:
    """Returns a run that was requested, and ended, `days` ago."""
    uuid = str(uuid4())
    database.execute(
        "INSERT INTO job_runs (uuid, task, queue, dedupe_key, state, parent_uuid, created_at, finished_at)"
        " SELECT %(uuid)s::uuid, 'fetch_audience', 'default', %(uuid)s::text, %(state)s, %(parent)s::uuid,"
        " at, CASE WHEN %(ended)s THEN at END FROM (SELECT now() - %(age)s AS at) AS times",
        {
            "uuid": uuid,
            "state": state,
            "parent": parent,
            "age": timedelta(days=age_days),
            "ended": ended and state in FINAL,
        },
    )
    return uuid


def runs(database: psycopg.Connection) -> set[str]:
    return {str(row[0]) for row in database.execute("SELECT uuid FROM job_runs")}


def count(database: psycopg.Connection, table: str) -> int:
    row = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def test_it_is_due_every_day() -> None:
    assert [tick.seconds for tick in SCHEDULE if tick.sweep is forget_old] == [24 * 60 * 60]


def test_runs_that_ended_long_ago_go_and_live_ones_stay_however_old(
    app: Flask, database: psycopg.Connection
) -> None:
    old = {make_run(database, state, 91) for state in FINAL}
    old.add(make_run(database, "cancelled", 91, ended=False))
    young = {make_run(database, state, 89) for state in FINAL}
    live = {make_run(database, state, 1000) for state in LIVE}
    assert forget_old() == len(old)
    assert runs(database) == young | live
    assert forget_old() == 0
    assert runs(database) == young | live


def test_what_hangs_on_a_run_goes_with_it(app: Flask, database: psycopg.Connection) -> None:
    user = add_user(database, "operator")
    batch = database.execute(
        "INSERT INTO batches (action, requested_by) VALUES ('fetch', %s) RETURNING uuid", [user]
    ).fetchone()
    assert batch is not None
    for age in (91, 10):
        run = make_run(database, "failed", age)
        database.execute("INSERT INTO run_attempts (run_uuid, attempt) VALUES (%s, 1)", [run])
        database.execute(
            "INSERT INTO run_lines (run_uuid, attempt, level, line) VALUES (%s, 1, 'INFO', 'x')", [run]
        )
        database.execute(
            "INSERT INTO refused_payloads (run_uuid, attempt, path, field, value, reason)"
            " VALUES (%s, 1, '/x', 'date', 'never', 'no date')",
            [run],
        )
        database.execute(
            "INSERT INTO batch_items (batch_uuid, position, subject, run_uuid, outcome)"
            " VALUES (%s, %s, 'bad guy', %s, 'requested')",
            [batch[0], age, run],
        )
    forget_old()
    for table in ("run_attempts", "run_lines", "refused_payloads"):
        assert count(database, table) == 1, table
    kept = database.execute("SELECT position, run_uuid IS NULL FROM batch_items ORDER BY position")
    assert kept.fetchall() == [(10, False), (91, True)]


def test_a_run_stays_while_one_that_it_led_to_is_kept(app: Flask, database: psycopg.Connection) -> None:
    waiting, young = make_run(database, "succeeded", 500), make_run(database, "succeeded", 500)
    middle = make_run(database, "failed", 400, waiting)
    kept = {
        waiting,
        young,
        middle,
        make_run(database, "queued", 300, middle),
        make_run(database, "dead", 1, young),
    }
    gone = make_run(database, "succeeded", 500)
    for age in (400, 300, 200):
        gone = make_run(database, "succeeded", age, gone)
    assert forget_old() == 4
    assert runs(database) == kept
    database.execute("UPDATE job_runs SET state = 'succeeded', finished_at = now() - interval '91 days'")
    assert forget_old() == len(kept)
    assert runs(database) == set()


@pytest.mark.parametrize(("days", "gone"), [(7, 4), (30, 3), (100, 2), (3650, 0)])
def test_the_setting_states_how_long(days: int, gone: int, app: Flask, database: psycopg.Connection) -> None:
    for age in (1, 8, 31, 101, 500):
        make_run(database, "succeeded", age)
    keep(database, runs_kept_days=days)
    assert forget_old() == gone


def test_many_go_in_small_steps_and_what_is_not_done_in_time_goes_the_next_day(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        make_run(database, "succeeded", 100)
    monkeypatch.setattr(jobs.retention, "BATCH", 3)
    monkeypatch.setattr(jobs.retention, "PATIENCE_SECONDS", -1)
    assert forget_old() == 0
    monkeypatch.setattr(jobs.retention, "PATIENCE_SECONDS", 60)
    assert forget_old() == 7


def test_a_run_that_somebody_holds_is_left_for_the_next_day(app: Flask, database: psycopg.Connection) -> None:
    held, free = make_run(database, "failed", 100), make_run(database, "failed", 100)
    with psycopg.connect(database.info.dsn, password=database.info.password) as other:
        other.execute("SELECT FROM job_runs WHERE uuid = %s FOR UPDATE", [held])
        assert forget_old() == 1
    assert runs(database) == {held}
    assert free not in runs(database)


def test_batches_go_unless_a_run_of_theirs_is_live(app: Flask, database: psycopg.Connection) -> None:
    user = add_user(database, "operator")
    for number, (age, state) in enumerate([(91, "succeeded"), (91, "queued"), (89, "succeeded")]):
        row = database.execute(
            "INSERT INTO batches (action, args, requested_by, created_at)"
            " VALUES ('fetch', jsonb_build_object('n', %s::integer), %s, now() - %s) RETURNING uuid",
            [number, user, timedelta(days=age)],
        ).fetchone()
        assert row is not None
        database.execute(
            "INSERT INTO batch_items (batch_uuid, position, subject, run_uuid, outcome)"
            " VALUES (%s, 1, 'x', %s, 'requested')",
            [row[0], make_run(database, state, 5)],
        )
    assert forget_old() == 1
    assert database.execute("SELECT (args ->> 'n')::integer FROM batches ORDER BY 1").fetchall() == [
        (1,),
        (2,),
    ]
    assert count(database, "batch_items") == 2
    assert count(database, "job_runs") == 3


def test_sessions_and_links_that_open_nothing_go(app: Flask, database: psycopg.Connection) -> None:
    user = add_user(database, "viewer")
    for name, age in (("old", LONGEST + timedelta(minutes=1)), ("young", LONGEST - timedelta(minutes=1))):
        database.execute(
            "INSERT INTO user_sessions (token_hash, user_id, created_at, address, agent)"
            " VALUES (%s, %s, now() - %s, '', '')",
            [name.encode(), user, age],
        )
        database.execute(
            "INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES (%s, %s, now() + %s)",
            [name.encode(), user, LONGEST - age],
        )
    assert forget_old() == 2
    assert database.execute("SELECT token_hash FROM user_sessions").fetchall() == [(b"young",)]
    assert database.execute("SELECT token_hash FROM password_resets").fetchall() == [(b"young",)]


def make_calls(database: psycopg.Connection, *times: datetime) -> None:
    for at in times:
        database.execute(
            "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms)"
            " VALUES (%s, 'song', '/x', 200, 5)",
            [at],
        )


def hours(database: psycopg.Connection) -> list[tuple[datetime, int]]:
    """Calls by hour, of which all used quota."""
    found = "SELECT bucket, calls FROM {} ORDER BY bucket"
    every, used = (database.execute(SQL(found).format(Identifier(name))).fetchall() for name in OF_CALLS)
    assert every == used
    return every


def test_calls_go_at_midnight_and_young_ones_stay(app: Flask, database: psycopg.Connection) -> None:
    cut = MIDNIGHT - timedelta(days=40)
    young = [cut, cut + timedelta(seconds=1), datetime.now(UTC) - timedelta(minutes=1)]
    make_calls(database, cut - timedelta(seconds=1), cut - timedelta(days=400), *young)
    keep(database, calls_kept_days=40)
    forget_old()
    forget_old()
    assert [row[0] for row in database.execute("SELECT started_at FROM api_calls ORDER BY 1")] == young


def refresh(database: psycopg.Connection, policies: list[tuple[int, str]]) -> None:
    for job, _ in policies:
        database.execute("CALL run_job(%s)", [job])


@pytest.mark.timescale
def test_the_hours_of_calls_outlive_them(app: Flask, database: psycopg.Connection) -> None:
    """On the other engine the aggregate is a view of the calls, and forgets with them."""
    old = [
        MIDNIGHT - timedelta(days=days, minutes=minutes) for days in (300, 95, 91) for minutes in (5, 10, 90)
    ]
    young = [MIDNIGHT - timedelta(days=days) for days in (90, 40, 20, 3)]
    make_calls(database, *old, *young)
    everything = hours(database)
    assert sum(calls for _, calls in everything) == len(old) + len(young)
    for _ in range(2):
        forget_old()
        assert count(database, "api_calls") == len(young)
        assert hours(database) == everything
        # Like the policy's own worker every hour.
        policy = database.execute(
            "SELECT job_id, config ->> 'start_offset' FROM timescaledb_information.jobs"
            " WHERE proc_name = 'policy_refresh_continuous_aggregate'"
        ).fetchall()
        assert [row[1] for row in policy] == ["14 days", "14 days"]
        refresh(database, policy)
        assert hours(database) == everything
    # Later calls are still counted.
    make_calls(database, MIDNIGHT - timedelta(days=2))
    refresh(database, policy)
    assert sum(calls for _, calls in hours(database)) == len(old) + len(young) + 1


def test_the_record_of_what_happened_stays(app: Flask, database: psycopg.Connection) -> None:
    database.execute(
        "INSERT INTO audit_events (happened_at, actor, action) VALUES (now() - interval '20 years', 'a', 'b')"
    )
    forget_old()
    assert count(database, "audit_events") == 1
