"""The state of a series after a fetch, and the history that it requests."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from jobs.runs import carry_out, take
from jobs.tasks.audience import FIRST_DAYS
from tests.factories import audience_rows, insert_series, platform_id, stored
from tests.jobs.tasks.test_audience import last_run, process, run_children, state_of, track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.queries.tracks.histories import BASE_DAYS, missing_ranges, series_held
from webapp.work.queue import record
from webapp.work.requests import audience_request

__all__ = ["track"]


def test_a_series_names_the_run_that_fetched_it_last(track: int, database: psycopg.Connection) -> None:
    process()
    (first,) = database.execute("SELECT uuid FROM job_runs WHERE task = 'fetch_audience'").fetchall()
    assert state_of(track, "spotify", database).run_uuid == first[0]
    process(force=True)
    assert state_of(track, "spotify", database).run_uuid == last_run().uuid != first[0]


def test_a_history_of_one_day_is_fetched_too(track: int, database: psycopg.Connection) -> None:
    day = datetime.now(UTC).date() - timedelta(days=FIRST_DAYS)
    database.execute("UPDATE tracks SET release_date = %s", [day + timedelta(days=BASE_DAYS)])
    process()
    history = database.execute("SELECT args FROM job_runs WHERE task = 'backfill_audience'").fetchall()
    assert [(args["start"], args["end"]) for (args,) in history] == [(str(day), str(day))]


def test_the_history_of_another_edition_begins_before_its_release(
    track: int, database: psycopg.Connection
) -> None:
    """The sandbox has values of three years: the release 120 days ago is not that of the song."""
    today = datetime.now(UTC).date()
    released = today - timedelta(days=120)
    database.execute("UPDATE tracks SET release_date = %s", [released])
    process()
    run_children()
    state = state_of(track, "spotify", database)
    assert state.first_date == released - timedelta(days=BASE_DAYS)
    gained = database.execute(
        "SELECT base_date, gain FROM audience_gain(%s, %s, %s, %s, NULL)",
        [track, state.platform_id, today - timedelta(days=364), today],
    )
    assert gained.fetchall() == [(None, None)]  # and not all that it has, since its release
    held = series_held(state.platform_id, [UUID(SEED_TRACK)])
    [(_track, _start, end)] = missing_ranges(held, today - timedelta(days=364))
    assert end == released - timedelta(days=BASE_DAYS + 1)


@pytest.mark.parametrize("days", [1, 3])
def test_corrections_alone_are_a_new_version_of_the_series(
    track: int, database: psycopg.Connection, sandbox: Sandbox, days: int
) -> None:
    process()
    version = state_of(track, "spotify", database).version
    for _, day, value in stored(database, track)[-10:][:days]:
        sandbox.correct(SEED_TRACK, "spotify", day, value=value + 1)
    result = process(force=True)
    assert (result["records_created"], result["records_updated"]) == (0, days)
    assert state_of(track, "spotify", database).version == version + 1


def wish_range(start: date, end: date) -> None:
    """Fetches a range of the seed's track, as the history that a gain needs is."""
    track = Track.find(UUID(SEED_TRACK))
    platform = Platform.find("spotify")
    assert track is not None
    assert platform is not None
    live = record([audience_request(track, platform, forced=True, start=start, end=end)])[0]
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    carry_out(run)


@pytest.mark.parametrize(("gap", "expected"), [(0, 10), (1, None)])
def test_a_history_that_brings_nothing_is_known_to_be_requested(
    track: int, database: psycopg.Connection, sandbox: Sandbox, gap: int, expected: int | None
) -> None:
    """A range before the release that is adjacent to the fetched history, or leaves a gap of a day."""
    process()
    run_children()
    before = state_of(track, "spotify", database).history_from
    assert before is not None
    start = before - timedelta(days=10)
    wish_range(start, before - timedelta(days=1 + gap))
    after = state_of(track, "spotify", database).history_from
    assert after == (start if expected else before)


def test_imported_figures_without_a_history_are_requested_once(
    track: int, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    database.execute("UPDATE tracks SET release_date = NULL")
    day = date(2015, 1, 20)
    insert_series(database, audience_rows(track, platform_id(database, "spotify"), [(day, 5)]))
    wish_range(day - timedelta(days=9), day - timedelta(days=1))
    assert state_of(track, "spotify", database).history_from is not None


def test_a_range_costs_what_was_estimated_also_where_the_history_was_never_fetched(
    track: int, database: psycopg.Connection
) -> None:
    today = datetime.now(UTC).date()
    wish_range(today - timedelta(days=20), today - timedelta(days=10))
    tasks = "SELECT task FROM job_runs ORDER BY number"
    assert database.execute(tasks).fetchall() == [("fetch_audience",)]
    # It does not show the newest values: they are fetched like a first time, with the history.
    assert state_of(track, "spotify", database).fetched_at is None
    process()
    assert database.execute(tasks).fetchall() == [
        ("fetch_audience",),
        ("fetch_audience",),
        ("backfill_audience",),
    ]
