"""The commands of charts, with the options that people type and those they should not have."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from redis import Redis

from jobs.commands.charts import charts
from tests.sandbox_server import Sandbox
from webapp.work.queue import queued_ids

APPLE = ("top-100-germany", "top-100-global", "top-100-usa")


@pytest.fixture
def command(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> Iterator[Flask]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, chart_history_days=3)
    yield app
    app.config["SETTINGS"] = settings


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(charts, arguments)


def rankings(database: psycopg.Connection) -> int:
    row = database.execute("SELECT count(*) FROM chart_rankings").fetchone()
    assert row is not None
    return int(row[0])


def test_discover_one_platform_then_all(command: Flask, database: psycopg.Connection) -> None:
    result = run(command, "discover", "--platform", "Apple-Music")
    assert result.exit_code == 0, result.output
    assert "Apple Music has 3 charts, 3 of them new." in result.output
    result = run(command, "discover")
    assert result.exit_code == 0, result.output
    assert "24 charts in all." in result.output
    assert "Apple Music has 3 charts, 0 of them new." in result.output
    assert database.execute("SELECT count(*) FROM charts WHERE sync_enabled").fetchone() == (0,)


def test_sync_what_is_due_what_is_named_and_all(command: Flask, database: psycopg.Connection) -> None:
    run(command, "discover", "--platform", "apple-music")
    assert "0 rankings" in run(command, "sync").output
    assert "2 charts enabled." in run(command, "enable", *APPLE[:2]).output
    result = run(command, "sync")
    assert result.exit_code == 0, result.output
    assert "2 rankings" in result.output
    assert rankings(database) == 2
    assert "0 rankings" in run(command, "sync").output  # none is due any more
    assert "2 rankings" in run(command, "sync", "--all").output
    result = run(command, "sync", "--chart", APPLE[2])
    assert "1 ranking" in result.output
    assert "1 rankings" not in result.output
    assert rankings(database) == 3
    assert "1 chart disabled, 1 already disabled." in run(command, "disable", *APPLE[1:]).output
    assert "0 charts disabled, 2 already disabled." in run(command, "disable", *APPLE[1:]).output
    assert "1 ranking" in run(command, "sync", "--all").output


def test_since_fetches_what_is_missing_here_and_now(command: Flask, database: psycopg.Connection) -> None:
    run(command, "discover", "--platform", "apple-music")
    since = datetime.now(UTC).date() - timedelta(days=12)
    result = run(command, "sync", "--chart", APPLE[0], "--since", str(since))
    assert result.exit_code == 0, result.output
    assert rankings(database) >= 10
    waiting = "SELECT count(*) FROM job_runs WHERE state <> 'succeeded'"
    assert database.execute(waiting).fetchone() == (0,)


def test_queue_leaves_the_work_to_the_workers(
    command: Flask, database: psycopg.Connection, redis: Redis
) -> None:
    run(command, "discover", "--platform", "apple-music")
    run(command, "enable", *APPLE)
    assert run(command, "sync", "--all", "--queue").output.count("Queued: ") == 3
    assert run(command, "sync", "--queue").output.count("Already queued: ") == 3
    assert rankings(database) == 0
    assert len(queued_ids()) == 3


def test_a_failure_is_reported_and_in_the_status(
    command: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    run(command, "discover", "--platform", "apple-music")
    run(command, "enable", *APPLE)
    sandbox.fault("top-100-global/ranking", "not_found")
    result = run(command, "sync")
    assert result.exit_code == 1
    assert "404" in result.output
    assert rankings(database) == 2
    sandbox.fault("by-platform/deezer", "forbidden")
    assert run(command, "discover", "--platform", "deezer").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["discover", "--platform", "nowhere"], "no platform 'nowhere'"),
        (["sync", "--chart", "nowhere"], "no chart nowhere"),
        (["sync", "--chart", "x", "--all"], "Use either"),
        (["sync", "--since", "yesterday"], "'yesterday' does not match"),
        (["enable"], "Missing argument"),
        (["enable", "nowhere", "here"], "no chart here, nowhere"),
        (["disable", "nowhere"], "no chart nowhere"),
    ],
)
def test_options_that_mean_nothing_are_refused(command: Flask, arguments: list[str], words: str) -> None:
    result = run(command, *arguments)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())
