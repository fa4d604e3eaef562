"""When data are due again, and how long they are fresh, by the settings."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from jobs.audience import AudienceDataProcessor
from jobs.runs import run_here
from tests.factories import make_chart, make_ranking, make_track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.queries import statement
from webapp.work.queue import record
from webapp.work.requests import artists_request, metadata_request

SET = {
    "fresh_hours": 2,
    "charting_due_days": 3,
    "others_due_days": 5,
    "absent_due_days": 11,
    "metadata_due_days": 13,
}


@pytest.fixture(autouse=True)
def every_setting(app: Flask, sandbox: Sandbox, database: psycopg.Connection) -> None:
    """Every setting is at a value of its own."""
    for name, value in SET.items():
        database.execute("INSERT INTO app_settings (name, value) VALUES (%s, %s)", [name, value])


def due_days(database: psycopg.Connection, column: str, source: str) -> list[int]:
    """In how many days something is due again."""
    query = f"SELECT round(extract(epoch FROM {column} - now()) / 86400)::integer FROM {source}"
    return [row[0] for row in database.execute(query)]


def fetch(track_uuid: str = SEED_TRACK, *, force: bool = False) -> str:
    """Fetches Spotify's audience; the message or error."""
    result = AudienceDataProcessor().process_and_store_audience_data(track_uuid, "spotify", force)
    return result.get("message") or result["error"]


def test_the_audience_of_any_track(database: psycopg.Connection) -> None:
    make_track(database)
    fetch()
    assert due_days(database, "due_at", "audience_states") == [SET["others_due_days"]]


def test_the_audience_of_a_charting_track(database: psycopg.Connection) -> None:
    make_ranking(database, make_chart(database), datetime.now(UTC).date(), [make_track(database)])
    fetch()
    assert due_days(database, "due_at", "audience_states") == [SET["charting_due_days"]]


def test_a_chart_of_long_ago_does_not_count(database: psycopg.Connection) -> None:
    make_ranking(database, make_chart(database), date(2026, 1, 1), [make_track(database)])
    fetch()
    assert due_days(database, "due_at", "audience_states") == [SET["others_due_days"]]


def test_an_audience_that_the_api_does_not_have(database: psycopg.Connection) -> None:
    unknown = str(uuid4())
    make_track(database, unknown)
    fetch(unknown)
    assert database.execute("SELECT status FROM audience_states").fetchall() == [("absent",)]
    assert due_days(database, "due_at", "audience_states") == [SET["absent_due_days"]]


def test_metadata(database: psycopg.Connection) -> None:
    unknown = str(uuid4())
    make_track(database, unknown)
    run = run_here(record([metadata_request([SEED_TRACK, unknown], queue="default")])[0].uuid)
    assert run.state == "succeeded"
    known = "tracks WHERE metadata_error = ''"
    assert due_days(database, "metadata_due_at", known) == [SET["metadata_due_days"]]
    told = "tracks WHERE metadata_error <> ''"
    assert due_days(database, "metadata_due_at", told) == [SET["absent_due_days"]]


def test_metadata_of_artists(database: psycopg.Connection) -> None:
    run_here(record([metadata_request([SEED_TRACK], queue="default")])[0].uuid)
    unknown = str(uuid4())
    database.execute("INSERT INTO artists (uuid, name) VALUES (%s, 'Nobody')", [unknown])
    artists = [str(row[0]) for row in database.execute("SELECT uuid FROM artists")]
    assert run_here(record([artists_request(artists, queue="default")])[0].uuid).state == "succeeded"
    known = "artists WHERE metadata_fetched_at IS NOT NULL"
    assert set(due_days(database, "metadata_due_at", known)) == {SET["metadata_due_days"]}
    told = "artists WHERE metadata_error <> ''"
    assert due_days(database, "metadata_due_at", told) == [SET["absent_due_days"]]


@pytest.mark.parametrize(("age", "asks"), [(timedelta(minutes=119), False), (timedelta(minutes=121), True)])
def test_how_long_data_are_fresh(*, age: timedelta, asks: bool, database: psycopg.Connection) -> None:
    make_track(database)
    fetch()
    database.execute("UPDATE audience_states SET fetched_at = now() - %s", [age])
    assert ("Already fetched" not in fetch()) == asks
    assert "Already fetched" not in fetch(force=True)


def test_no_plan_leases_more_than_the_limit(app: Flask, database: psycopg.Connection) -> None:
    """A subquery of IN would be executed for each row by this plan, and lock the next ones each time."""
    for number in range(5):
        make_track(database, str(uuid4()))
        database.execute(
            "INSERT INTO artists (uuid, name, metadata_due_at) VALUES (%s, 'Due', now())", [uuid4()]
        )
        make_chart(database, f"due-{number}")
    database.execute("UPDATE tracks SET metadata_due_at = now()")
    database.execute("UPDATE charts SET sync_enabled = true")
    for plan in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "indexscan", "bitmapscan"):
        db.session.execute(text(f"SET LOCAL enable_{plan} = off"))
    for due in ("artists_due", "metadata_due", "charts_due"):
        assert len(db.session.execute(statement(due), {"most": 2}).all()) == 2, due
