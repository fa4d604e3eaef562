"""The panel above the list of runs: causes of failed runs, durations, and runs per hour."""

import re
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from jobs.soundcharts.errors import refusal
from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK
from tests.webapp.views.conftest import HTMX, csrf
from tests.webapp.views.ops.test_ops import add_run
from tests.webapp.views.reading import text_of
from webapp.views.shared.wording import is_final

PANEL, RETRY = "/ops/runs/causes/", "/ops/runs/retry-cause/"
SAME = [
    [
        "SoundCharts does not know the requested song audience (404).",
        "SoundCharts does not know the requested song audience (404).",
    ],
    [
        "SoundCharts refused the request for song (409: 'no a').",
        "SoundCharts refused the request for song (409: 'b').",
    ],
    ["The API broke off after 3 of 12 pages.", "The API broke off after 11 of 12 pages."],
    [
        f"The API knows none of the songs {SEED_TRACK}.",
        f"The API knows none of the songs {SEED_TRACK}, {SEED_TRACK.replace('7', '8')}.",
    ],
    ["A platform's date 2026-11-20 is wrong.", "A platform's date 2026-11-21 10:04:11 is wrong."],
]


def add_failed(database: psycopg.Connection, error: str, state: str = "failed", ago: str = "1 hour") -> UUID:
    run = add_run(database, state, error=error)
    database.execute("UPDATE job_runs SET finished_at = now() - %s::interval WHERE uuid = %s", [ago, run])
    return run


def causes(operator: FlaskClient) -> list[str]:
    """The rows of the causes in words."""
    found = operator.get(PANEL, headers=HTMX).text.split("Durations")[0].split('data-label="Action"')[:-1]
    return [text_of(row.rsplit('<tr role="row">', 1)[-1]) for row in found]


@pytest.mark.parametrize("errors", SAME)
def test_runs_of_one_cause_are_one_row(
    operator: FlaskClient, database: psycopg.Connection, errors: list[str]
) -> None:
    for error in errors:
        add_failed(database, error)
    add_failed(database, "SoundCharts refused the request for song (418).", "dead")
    (row, other) = causes(operator)
    assert re.search(r" 2 Run \d+", row)
    assert operator.get(PANEL, headers=HTMX).text.count("Retry all 2") == 2
    assert "(418)" in other
    assert ("same result" in row) is is_final(errors[-1])


def test_a_cause_leaves_out_old_runs_and_those_that_something_came_after(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    add_failed(database, "Old.", ago="8 days")
    for later in ("succeeded", "queued"):
        first, second = add_failed(database, "Done since."), add_run(database, later)
        database.execute("UPDATE job_runs SET dedupe_key = %s WHERE uuid IN (%s, %s)", [later, first, second])
    add_failed(database, "", "cancelled")
    assert causes(operator) == []


def test_all_runs_of_a_cause_are_retried_after_confirmation(
    operator: FlaskClient, database: psycopg.Connection
) -> None:
    make_track(database)
    wanted = {add_failed(database, f"No answer came in {seconds} s.", "dead") for seconds in (10, 30)}
    add_failed(database, "Something else.")
    panel = operator.get(PANEL, headers=HTMX).text
    form = {"key": re.findall(r'name="key" value="(\w+)"', panel)[0]}
    page = operator.post(RETRY, data=form, headers=csrf(operator)).text
    assert "Retry 2 runs" in page
    assert "&#39;Audience&#39; with this cause, such as: No answer came in 30 s." in page
    form["confirmed"] = "1"
    late = add_failed(database, "No answer came in 60 s.", "dead")
    seen = re.findall(r'name="confirmed_calls" value="(\d+)"', page)[0]
    page = operator.post(RETRY, data=form | {"confirmed_calls": seen}, headers=csrf(operator)).text
    assert "Retry 3 runs" in page  # more than was confirmed needs a new confirmation
    assert database.execute("SELECT FROM job_runs WHERE state = 'queued'").fetchall() == []
    wanted.add(late)
    for _press in range(2):
        assert operator.post(RETRY, data=form, headers=csrf(operator)).status_code == 303
        retried = database.execute("SELECT parent_uuid FROM job_runs WHERE state = 'queued'").fetchall()
        assert sorted(retried) == sorted((run,) for run in wanted)
    assert len(causes(operator)) == 1


def test_durations_and_runs_per_hour(operator: FlaskClient, database: psycopg.Connection) -> None:
    page = operator.get(PANEL).text
    assert "No run ended" in page
    assert "No open failures" in page
    for seconds in range(1, 101):
        add_run(
            database,
            started_at="2026-11-20 10:00Z",
            finished_at=f"2026-11-20 10:{seconds // 60:02}:{seconds % 60:02}Z",
        )
    database.execute(
        "UPDATE job_runs SET started_at = an_hour_ago, finished_at = an_hour_ago + (finished_at - started_at)"
        " FROM (SELECT date_trunc('hour', now()) - interval '1 hour' AS an_hour_ago) AS hour"
    )
    panel = operator.get(PANEL, headers=HTMX).text
    assert "100 runs in 24 hours, at most 100 per hour" in text_of(panel)
    assert "Audience 100 50.5 s 95.0 s" in text_of(panel)
    assert re.search(
        r'aria-label="runs ended per hour from \d\d:00 to \d\d:00: at most 100, most recently 0"', panel
    )


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (401, False), (403, False), (404, True), (410, True)]
)
def test_an_error_that_a_retry_repeats_is_known(status: int, *, final: bool) -> None:
    assert is_final(str(refusal("song_audience", status, ", song not found"))) is final
    assert not is_final("No answer came.")
