"""Imports with the sandbox: uuids in batches, ISRCs and URLs one by one, each song once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import make_artist, make_track
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import SEED_TRACK, Sandbox
from tests.webapp.views.conftest import add_user
from webapp.extensions import db
from webapp.lib.formats import moment
from webapp.models import Artist, Batch, JobRun
from webapp.queries.ops.batches import batch_progress
from webapp.work.batches import start_artists
from webapp.work.costs import find_calls
from webapp.work.import_rows import read_rows
from webapp.work.imports import import_calls, judge, start_import

UNKNOWN = "00000000-0000-4000-8000-000000000009"
BILLIE = "11e81bcc-9c1c-ce38-b96b-a0369fe50396"
ISRC = "USUM71900764"
ARTIST = "https://open.spotify.com/artist/6qqNVTkY8uBg9cP3Jd7DAH"


@pytest.fixture
def user(app: Flask, database: psycopg.Connection) -> int:
    return add_user(database, "operator")


def imported(text: str, user: int) -> None:
    start_import(judge(read_rows(text)), user)
    carry_out_all("find_song")
    carry_out_all("fetch_metadata")


def items(database: psycopg.Connection) -> list[tuple[int, str, str | None, str | None]]:
    """Line, outcome, its run's state, and the song's name if it is stored."""
    return database.execute(
        "SELECT position, outcome, job_runs.state, tracks.name FROM batch_items"
        " LEFT JOIN job_runs ON job_runs.uuid = run_uuid"
        " LEFT JOIN tracks ON tracks.uuid = track_uuid ORDER BY batch_items.batch_uuid, position"
    ).fetchall()


@pytest.mark.parametrize("row", [SEED_TRACK, ISRC])
def test_a_song_is_imported_once(sandbox: Sandbox, user: int, database: psycopg.Connection, row: str) -> None:
    imported(row, user)
    assert items(database) == [(1, "requested", "succeeded", "bad guy")]
    assert database.execute("SELECT uuid FROM tracks").fetchall() == [(UUID(SEED_TRACK),)]
    calls = sandbox.calls()
    again = judge(read_rows(f"{SEED_TRACK}\n{ISRC}"))
    assert [verdict.kind for verdict in again] == ["known", "known"]
    assert sandbox.calls() == calls


def test_the_cost_is_what_it_costs(sandbox: Sandbox, user: int, database: psycopg.Connection) -> None:
    foreseen = import_calls(judge(read_rows(ISRC)))
    imported(ISRC, user)
    spent = database.execute(
        "SELECT sum(calls) FROM job_runs WHERE task IN ('find_song', 'fetch_metadata')"
    ).fetchone()
    assert spent == (foreseen,) == (find_calls(1),)


def test_a_song_held_under_another_isrc_is_found_and_not_fetched(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    make_track(database)
    imported(ISRC, user)
    assert items(database) == [(1, "known", "succeeded", "bad guy")]
    assert database.execute("SELECT task FROM job_runs").fetchall() == [("find_song",)]


def let_hours_pass(database: psycopg.Connection, hours: int) -> None:
    past = {"h": hours}
    database.execute("UPDATE run_attempts SET started_at = started_at - %(h)s * interval '1 hour'", past)
    database.execute(
        "UPDATE job_runs SET run_after = run_after - %(h)s * interval '1 hour' WHERE state = 'queued'", past
    )


@pytest.mark.parametrize("row", ["QZABC2400017", "https://open.spotify.com/track/unknown"])
def test_what_is_not_known_yet_is_requested_again_after_2_and_24_hours(
    sandbox: Sandbox, user: int, database: psycopg.Connection, row: str
) -> None:
    imported(row, user)
    for hours, left in ((2, 22), (22, 0)):
        run = db.session.scalars(db.select(JobRun)).one()
        assert (run.state, run.attempt) == ("queued", 0)
        assert run.error == f"SoundCharts does not know it yet; next try at {moment(run.run_after)}."
        assert abs(run.run_after - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=5)
        assert [item.note for item in batch_progress(run_batch()).items] == [run.error]
        let_hours_pass(database, hours)
        assert [one.state for one in carry_out_all("find_song")] == ["queued" if left else "failed"]
    assert "does not know" in db.session.scalars(db.select(JobRun.error)).one()


def test_a_song_that_has_been_added_meanwhile_is_imported(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    sandbox.fault("/by-isrc/", "not_found", times=1)
    imported(ISRC, user)
    assert items(database) == [(1, "requested", "queued", None)]
    let_hours_pass(database, 2)
    carry_out_all("find_song")
    carry_out_all("fetch_metadata")
    assert items(database) == [(1, "requested", "succeeded", "bad guy")]


def test_a_page_that_is_not_known_is_requested_by_its_song_which_makes_soundcharts_import_it(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    sandbox.fault("/external/url", "not_found", times=1)
    imported("https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m?si=1", user)
    assert items(database) == [(1, "requested", "succeeded", "bad guy")]
    calls = database.execute(
        "SELECT split_part(path, '?', 1) FROM api_calls ORDER BY started_at LIMIT 2"
    ).fetchall()
    assert calls == [
        ("/api/v2/search/external/url",),
        ("/api/v2.25/song/by-platform/spotify/2Fxmhks0bxGSBdJ92vM42m",),
    ]


def run_batch() -> UUID:
    uuid: UUID = db.session.scalars(db.select(Batch.uuid)).one()
    return uuid


def test_what_is_unknown_there_is_refused_row_by_row(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    rows = f"{SEED_TRACK}\n{UNKNOWN}\nZZZZZ0000000\n{ARTIST}\nhttps://open.spotify.com/track/unknown"
    imported(rows, user)
    let_hours_pass(database, 24)
    carry_out_all("find_song")
    assert items(database) == [
        (1, "requested", "succeeded", "bad guy"),
        (2, "refused", "succeeded", None),
        (3, "requested", "failed", None),
        (4, "requested", "failed", None),
        (5, "requested", "failed", None),
    ]
    errors = database.execute("SELECT error FROM job_runs WHERE state = 'failed' ORDER BY number").fetchall()
    assert any("of the type 'artist', not of a song" in error for (error,) in errors)
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (1,)


def test_two_rows_of_one_new_song_store_it_once(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    imported(f"{ISRC}\n{SEED_TRACK}", user)
    assert [row[3] for row in items(database)] == ["bad guy", "bad guy"]
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (1,)


def test_the_audience_follows(sandbox: Sandbox, user: int, database: psycopg.Connection) -> None:
    """Audience is requested only for this song, at once, with the song's requester."""
    other = make_track(database, UNKNOWN, "Somebody else's")
    insert = (
        "INSERT INTO audience_states (track_id, platform_id, status) SELECT %s, id, 'never' FROM platforms"
    )
    database.execute(insert, [other])
    imported(ISRC, user)
    waiting = database.execute(
        "SELECT DISTINCT args->>'track_uuid', queue, requested_by, parent_uuid IS NOT NULL FROM job_runs"
        " WHERE task = 'fetch_audience' AND state = 'queued'"
    ).fetchall()
    assert waiting == [(SEED_TRACK, "interactive", user, True)]
    stored = database.execute(
        "SELECT records_created, records_updated FROM job_runs WHERE task = 'fetch_metadata'"
    )
    assert stored.fetchall() == [(1, 0)]


@pytest.mark.parametrize("row", [SEED_TRACK, ISRC])
@pytest.mark.parametrize("charted", ["before", "meanwhile"])
def test_a_song_requested_by_hand_gets_its_audience_whatever_charts_want(
    sandbox: Sandbox, user: int, database: psycopg.Connection, row: str, charted: str
) -> None:
    insert = "INSERT INTO tracks (uuid, name, with_audience) VALUES (%s, 'bad guy', false)"
    if charted == "before":
        database.execute(insert, [SEED_TRACK])
        imported(row, user)
    else:
        start_import(judge(read_rows(row)), user)
        database.execute(insert, [SEED_TRACK])
        carry_out_all("find_song")
        carry_out_all("fetch_metadata")
    assert database.execute("SELECT with_audience FROM tracks").fetchall() == [(True,)]
    assert database.execute("SELECT count(*) FROM audience_states").fetchone() != (0,)


def test_artists_that_are_unknown_there_are_refused(
    sandbox: Sandbox, user: int, database: psycopg.Connection
) -> None:
    for uuid in (BILLIE, UNKNOWN):
        make_artist(database, uuid, "Somebody")
    start_artists(list(db.session.scalars(db.select(Artist))), user)
    carry_out_all()
    assert database.execute(
        "SELECT CAST(artist_uuid AS text), outcome, note FROM batch_items ORDER BY outcome"
    ).fetchall() == [(UNKNOWN, "refused", "SoundCharts does not know this one."), (BILLIE, "requested", "")]
