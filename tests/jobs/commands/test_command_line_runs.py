"""Runs started on a command line, and their children, record its account; other runs do not."""

import os
import pwd

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from jobs.commands.audience import fetch_audience_data, tracks
from jobs.commands.charts import charts
from jobs.runs import run_here
from tests.factories import make_chart, make_track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Chart
from webapp.queries.ops.runs import SCHEDULE, RunFilter, run_list, run_people
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, metadata_request, sync_request

ACCOUNT = f"command line ({pwd.getpwuid(os.getuid()).pw_name})"
EMAIL = "ann@label.example"


def make_user(database: psycopg.Connection) -> int:
    row = database.execute(
        "INSERT INTO users (email, password_hash, role) VALUES (%s, '', 'operator') RETURNING id", [EMAIL]
    ).fetchone()
    assert row is not None
    return int(row[0])


def requesters() -> dict[str, str | None]:
    """Returns the requesters of runs, by task."""
    db.session.rollback()
    return {run.task: run.requester for run in run_list(RunFilter()).runs}


@pytest.mark.parametrize("queue", [[], ["--queue"]])
def test_a_command_that_fetches_reports_it(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, queue: list[str]
) -> None:
    make_track(database)
    arguments = ["--track-uuid", SEED_TRACK, "--platform", "spotify", *queue]
    assert app.test_cli_runner().invoke(fetch_audience_data, arguments).exit_code == 0
    assert requesters()["fetch_audience"] == ACCOUNT


def test_so_does_what_a_worker_makes_of_it_later(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    uuid = submit(discovery_request(None)).uuid
    database.execute("UPDATE job_runs SET command_line_user = %s", [ACCOUNT])
    run_here(uuid)
    found = database.execute("SELECT command_line_user, count(*) > 3 FROM job_runs GROUP BY 1").fetchall()
    assert found == [(ACCOUNT, True)]


def test_whoever_requested_first_stays(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> None:
    ann = make_user(database)
    make_chart(database, slug="global-28")
    for first, second in ((None, ann), (ann, None)):
        database.execute("DELETE FROM job_runs")
        for requested_by in (first, second):
            if requested_by is None:
                app.test_cli_runner().invoke(charts, ["sync", "--chart", "global-28", "--queue"])
            else:
                submit(sync_request(db.session.scalars(select(Chart)).one(), requested_by=requested_by))
        assert requesters() == {"sync_chart": ACCOUNT if first is None else EMAIL}


def test_runs_of_the_schedule_and_of_people_do_not(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    ann = make_user(database)
    submit(metadata_request([SEED_TRACK], queue="default"))
    submit(discovery_request(None, requested_by=ann))
    assert requesters() == {"fetch_metadata": None, "discover_charts": EMAIL}
    assert run_people() == [EMAIL]


def test_they_are_filtered_as_those_of_people_are(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    ann = make_user(database)
    app.test_cli_runner().invoke(tracks, ["fetch-metadata", "--track-uuid", SEED_TRACK])
    submit(discovery_request(None, requested_by=ann))
    submit(metadata_request(["00000000-0000-4000-8000-000000000001"], queue="default"))
    assert run_people() == [EMAIL, ACCOUNT]
    by = {
        who: {run.requester for run in run_list(RunFilter(requested_by=who)).runs}
        for who in (ACCOUNT, EMAIL, SCHEDULE, "command line (nobody)", "")
    }
    assert by == {
        ACCOUNT: {ACCOUNT},
        EMAIL: {EMAIL},
        SCHEDULE: {None},
        "command line (nobody)": set(),
        "": set(),
    }
