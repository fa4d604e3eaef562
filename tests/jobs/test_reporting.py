"""The reports of a run: its attempts and their endings, its log lines, and the payloads it refused."""

import logging
import re
import threading

import psycopg
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from jobs.contract import Done, Run, RunError
from jobs.heartbeat import Heartbeat
from jobs.reporting import LONGEST, MOST_LINES, kept
from jobs.runs import carry_out, execute, reconcile, take
from jobs.soundcharts import PayloadError, QuotaSpent, TransientError
from jobs.tasks import TASKS
from jobs.tasks.rankings import store_ranking
from jobs.upserts import Counts
from tests.factories import make_chart, make_track, platform_id
from tests.jobs.tasks.rankings import DAY, later, ranking
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Chart, Platform, Track
from webapp.work.queue import LiveRun, submit
from webapp.work.requests import audience_request, sync_request

log = logging.getLogger("jobs.a_task")

Attempt = tuple[int, bool | None, str, str]


@pytest.fixture
def live(app: Flask, database: psycopg.Connection) -> LiveRun:
    track = db.session.get_one(Track, make_track(database))
    return submit(audience_request(track, db.session.get_one(Platform, platform_id(database, "spotify"))))


def attempts(connection: psycopg.Connection) -> list[Attempt]:
    """Number, whether it has ended, how, and its error."""
    return connection.execute(
        "SELECT attempt, ended_at >= started_at, ending, error FROM run_attempts ORDER BY started_at"
    ).fetchall()


def lines(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return connection.execute("SELECT level, line FROM run_lines ORDER BY id").fetchall()


def refusals(connection: psycopg.Connection) -> list[tuple[str, str, str, str]]:
    return connection.execute(
        "SELECT path, field, value, reason FROM refused_payloads ORDER BY id"
    ).fetchall()


def taken(live: LiveRun) -> Run:
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    return run


ENDS = [
    (TransientError("No answer."), "queued", 1),
    (QuotaSpent("The quota is used up."), "queued", 1),
    (RunError("There is no such platform."), "failed", 1),
    (PayloadError("The answer breaks the contract.", "items[0].value", value="'many'"), "failed", 1),
]


@pytest.mark.parametrize(("error", "ending", "number"), ENDS, ids=lambda value: type(value).__name__)
def test_an_attempt_that_fails_states_how(
    live: LiveRun,
    database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    ending: str,
    number: int,
) -> None:
    def fails(_run: Run, _heartbeat: Heartbeat) -> Done:
        raise error

    monkeypatch.setitem(TASKS, "fetch_audience", fails)
    run = taken(live)
    assert attempts(database) == [(1, None, "", "")]
    carry_out(run)
    assert attempts(database) == [(number, True, ending, str(error))]


def test_every_attempt_is_kept_and_the_last_is_the_run_s_end(
    live: LiveRun, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[Exception | None] = [
        TransientError("First."),
        QuotaSpent("Second."),
        TransientError("Third."),
        None,
    ]

    def tries(_run: Run, _heartbeat: Heartbeat) -> Done:
        if error := ends.pop(0):
            raise error
        return Done(Counts())

    monkeypatch.setitem(TASKS, "fetch_audience", tries)
    while ends:
        database.execute("UPDATE job_runs SET run_after = now()")
        database.execute("DELETE FROM api_pause")
        carry_out(taken(live))
    # The quota's attempt was given back, so its number comes twice.
    assert attempts(database) == [
        (1, True, "queued", "First."),
        (2, True, "queued", "Second."),
        (2, True, "queued", "Third."),
        (3, True, "succeeded", ""),
    ]


def test_an_attempt_whose_worker_died_is_ended_by_the_sweep(
    live: LiveRun, database: psycopg.Connection
) -> None:
    taken(live)
    database.execute("UPDATE job_runs SET heartbeat_at = now() - interval '1 hour'")
    reconcile()
    assert attempts(database) == [(1, True, "queued", "The worker stopped answering in attempt 1.")]


def test_a_cancelled_attempt_keeps_nothing_of_its_writes(
    live: LiveRun, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_run: Run, heartbeat: Heartbeat) -> Done:
        log.info("Half of it is written.")
        db.session.execute(db.text("UPDATE tracks SET name = 'half-written'"))
        database.execute("UPDATE job_runs SET state = 'cancelled', finished_at = now()")
        return Done(Counts(9, 9, 9))

    monkeypatch.setitem(TASKS, "fetch_audience", slow)
    carry_out(taken(live))
    assert database.execute("SELECT name FROM tracks").fetchone() == ("bad guy",)
    assert database.execute("SELECT state, records_created FROM job_runs").fetchone() == ("cancelled", 0)
    assert attempts(database) == [(1, True, "cancelled", "")]
    assert ("info", "Half of it is written.") in lines(database)


def test_lines_of_a_real_run(live: LiveRun, database: psycopg.Connection, sandbox: Sandbox) -> None:
    sandbox.fault("/audience/spotify", "bad_gateway", times=1)
    execute(str(live.uuid))
    told = lines(database)
    assert [level for level, _ in told] == ["info", "info", "warning", "info", "info"]
    assert told[0] == ("info", "Attempt 1 started.")
    assert "Fetching spotify from" in told[1][1]
    assert "SoundCharts failed to return song audience (502)" in told[2][1]
    assert re.fullmatch(r"Received \d+ dates\.", told[3][1])
    assert told[4][1].startswith("Written, not yet committed:")


def test_lines_are_bounded_and_end_with_the_run(
    live: LiveRun, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talks(_run: Run, _heartbeat: Heartbeat) -> Done:
        log.debug("not for people")
        logging.getLogger("somebody.else").warning("of another room")
        threading.Thread(target=log.warning, args=("of another thread",)).start()
        log.info("first\nof two  \0 lines %s", "x" * 1000)
        for number in range(MOST_LINES * 2):
            log.info("line %d", number)
        return Done(Counts())

    monkeypatch.setitem(TASKS, "fetch_audience", talks)
    carry_out(taken(live))
    log.info("after the run")
    told = [line for _, line in lines(database)]
    assert len(told) == MOST_LINES
    assert told[0] == "Attempt 1 started."
    assert told[1].startswith("first of two lines xxx")
    assert len(told[1]) == LONGEST
    assert told[2] == "line 0"
    assert told[-1] == "Later lines are only in the worker's log."
    assert logging.getLogger("jobs").handlers == []


def test_a_line_that_the_database_refuses_does_not_end_the_run(
    live: LiveRun,
    database: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def talks(_run: Run, heartbeat: Heartbeat) -> Done:
        database.execute("ALTER TABLE run_lines RENAME TO run_lines_away")
        log.info("not to be kept")
        log.info("nor this")
        heartbeat.page()
        return Done(Counts(1))

    monkeypatch.setitem(TASKS, "fetch_audience", talks)
    try:
        carry_out(taken(live))
    finally:
        database.execute("ALTER TABLE run_lines_away RENAME TO run_lines")
    assert database.execute("SELECT state, pages FROM job_runs").fetchone() == ("succeeded", 1)
    assert lines(database) == [("info", "Attempt 1 started.")]
    said = [record.getMessage() for record in caplog.records]
    assert any("not to be kept" in line for line in said)
    assert sum("its lines are no longer stored: ProgrammingError" in line for line in said) == 1


def test_secrets_are_in_no_line_and_in_no_refused_payload(
    live: LiveRun, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "postgresql://trackpulse:open-sesame@127.0.0.1/x"

    def leaks(_run: Run, _heartbeat: Heartbeat) -> Done:
        log.warning("connecting to %s", secret)
        raise PayloadError(f"Received {secret}.", "items[0]", value=repr(secret))

    monkeypatch.setitem(TASKS, "fetch_audience", leaks)
    carry_out(taken(live))
    assert len(lines(database)) == 2
    assert "sesame" not in str(lines(database)) + str(refusals(database)) + str(attempts(database))
    [(_, field, value, _)] = refusals(database)
    assert (field, value) == ("items[0]", "'postgresql://trackpulse:***@127.0.0.1/x'")


def test_a_refused_payload_is_kept_with_field_and_value(
    live: LiveRun, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault("/audience/spotify", "wrong_type", times=1)
    execute(str(live.uuid))
    assert attempts(database)[0][2] == "failed"
    [(path, field, value, reason)] = refusals(database)
    assert path.startswith(f"/api/v2/song/{SEED_TRACK}/audience/spotify?")
    assert (field, value) == ("items[0].plots[0].value", "'many'")
    assert "breaks the contract at items[0].plots[0].value" in reason
    assert database.execute("SELECT count(*) FROM track_audience_time_series").fetchone() == (0,)


def test_a_row_that_is_refused_is_kept_with_its_run(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    chart = db.session.get_one(Chart, make_chart(database))
    sandbox.fault("/ranking/latest", "bad_row", times=1)
    execute(str(submit(sync_request(chart)).uuid))
    [(path, field, value, reason)] = refusals(database)
    assert path.startswith("global-28, 2026-")
    assert (field, value) == ("items[99].song", "None")
    assert "breaks the contract at items[99].song" in reason


def test_a_ranking_set_aside_is_reported_with_its_run(app: Flask, database: psycopg.Connection) -> None:
    chart = db.session.get_one(Chart, make_chart(database))
    run = taken(submit(sync_request(chart)))
    for songs, hours in (([1, 2], 0), ([1], 1)):
        store_ranking(chart, ranking(songs), run_uuid=run.uuid, received_at=later(hours))
    db.session.commit()
    [(path, field, value, reason)] = refusals(database)
    assert (path, field, value) == (f"global-28, {DAY}T12:00:00+00:00", "items", "1 entry")
    assert reason == "It has 1 entry, fewer than the 2 stored."


@given(st.text(max_size=2000))
def test_whatever_is_kept_fits(text: str) -> None:
    line = kept(text)
    assert len(line) <= LONGEST
    assert "\0" not in line
    assert line == " ".join(line.split())
