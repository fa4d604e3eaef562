"""Fetching audience from the sandbox over real HTTP, and what each fault of it leaves behind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from flask import Flask

from jobs.audience import AudienceDataProcessor, AudienceResult
from jobs.runs import carry_out, take
from jobs.soundcharts import AudienceItem, Plot, SongIdentifier
from jobs.soundcharts.schemas import Isrc, Song
from jobs.tasks.audience import OVERLAP_DAYS, audience_value
from jobs.tasks.metadata import store
from tests.factories import audience_rows, insert_series, make_track, platform_id, stored
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.lib.pasted import read_pasted
from webapp.models import AudienceState, JobRun, Track
from webapp.queries.search.pages import named
from webapp.work.queue import record
from webapp.work.requests import metadata_request

AUDIENCE = r"/audience/spotify"


@pytest.fixture
def track(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> int:
    """The seeds' track, created like by the metadata job, without an identifier yet."""
    return make_track(database)


def process(*, force: bool = False) -> AudienceResult:
    return AudienceDataProcessor().process_and_store_audience_data(SEED_TRACK, "spotify", force)


def run_children() -> int:
    """Executes the requested runs, like a worker; returns how many."""
    done = 0
    while uuid := db.session.scalar(db.select(JobRun.uuid).where(JobRun.state == "queued").limit(1)):
        run = take(uuid)
        db.session.commit()
        assert run is not None
        carry_out(run)
        done += 1
    return done


def last_run() -> JobRun:
    db.session.rollback()
    newest: JobRun = db.session.scalars(db.select(JobRun).order_by(JobRun.number.desc()).limit(1)).one()
    return newest


def state_of(track: int, slug: str, connection: psycopg.Connection) -> AudienceState:
    db.session.rollback()
    return db.session.get_one(AudienceState, (track, platform_id(connection, slug)))


def test_a_first_fetch_takes_90_days_and_a_back_fill_the_rest(
    track: int, database: psycopg.Connection
) -> None:
    result = process()
    assert result["success"] is True
    first = stored(database, track)
    assert 80 <= len(first) == result["records_created"] <= 90

    today = datetime.now(UTC).date()
    oldest, wrong = today - timedelta(days=1100), [(today - timedelta(days=200), 1)]
    insert_series(database, audience_rows(track, platform_id(database, "spotify"), wrong))
    assert run_children() == 1
    assert (
        f" 1 changed, 0 unchanged dates from {oldest} to {oldest + timedelta(days=1010)}; "
        in last_run().message
    )
    revised = database.execute("SELECT date, run_uuid FROM audience_revisions").fetchall()
    assert revised == [(wrong[0][0], last_run().uuid)]
    rows = stored(database, track)
    assert len(rows) >= 400
    assert rows[-len(first) :] == first
    state = state_of(track, "spotify", database)
    assert (state.status, state.first_date, state.last_date) == ("ok", rows[0][1], rows[-1][1])
    assert state.latest_value == rows[-1][2]
    assert state.version == 2
    assert state.history_from == oldest


def test_a_first_fetch_of_a_young_track_leaves_nothing_to_back_fill(
    track: int, database: psycopg.Connection
) -> None:
    released = datetime.now(UTC).date() - timedelta(days=60)
    database.execute("UPDATE tracks SET release_date = %s", [released])
    process()
    assert state_of(track, "spotify", database).history_from == released - timedelta(days=8)
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '2 days'")
    process()
    tasks = database.execute("SELECT DISTINCT task FROM job_runs").fetchall()
    assert tasks == [("fetch_audience",)]


def test_the_same_fetch_twice_changes_nothing(track: int, database: psycopg.Connection) -> None:
    process()
    run_children()
    before = database.execute("SELECT * FROM track_audience_time_series ORDER BY date").fetchall()
    version = state_of(track, "spotify", database).version

    result = process(force=True)

    assert (result["success"], result["records_created"], result["records_updated"]) == (True, 0, 0)
    assert result["records_unchanged"] in (89, 90)
    assert database.execute("SELECT * FROM track_audience_time_series ORDER BY date").fetchall() == before
    assert state_of(track, "spotify", database).version == version
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)


def test_fresh_data_are_left_alone_without_a_call(track: int, sandbox: Sandbox) -> None:
    process()
    calls = sandbox.calls()
    result = process()
    assert result["success"] is True
    assert "Already fetched" in result["message"]
    assert sandbox.calls() == calls


def test_a_later_day_and_a_corrected_one(track: int, database: psycopg.Connection, sandbox: Sandbox) -> None:
    process()
    newest = stored(database, track)[-1]
    old = stored(database, track)[-10]
    sandbox.move_on(1)
    sandbox.correct(SEED_TRACK, "spotify", old[1], value=old[2] + 7)

    result = process(force=True)

    # The API's day decides, not ours.
    assert (result["records_created"], result["records_updated"]) == (1, 1)
    assert stored(database, track)[-1][1] == newest[1] + timedelta(days=1)
    assert {day: value for _, day, value in stored(database, track)}[old[1]] == old[2] + 7
    revision = database.execute("SELECT date, former_value, audience_value, run_uuid FROM audience_revisions")
    assert revision.fetchall() == [(old[1], old[2], old[2] + 7, last_run().uuid)]


def test_incremental_reads_two_weeks_again(track: int, database: psycopg.Connection) -> None:
    process()
    database.execute("UPDATE audience_states SET fetched_at = now() - interval '2 days'")
    before = len(stored(database, track))
    result = process()
    assert result["success"] is True
    newest = stored(database, track)[-1][1]
    first = datetime.now(UTC).date() - timedelta(days=2 + OVERLAP_DAYS)
    assert result["records_unchanged"] == (newest - first).days + 1
    assert len(stored(database, track)) == before


@pytest.mark.parametrize(("last_date_ago", "fetched_ago"), [(1, 4), (4, 1)])
def test_incremental_counts_back_from_the_earlier_of_newest_date_and_last_answer(
    track: int, database: psycopg.Connection, last_date_ago: int, fetched_ago: int
) -> None:
    process()
    database.execute(
        "UPDATE audience_states"
        " SET last_date = current_date - %s, fetched_at = now() - %s * interval '1 day'",
        [last_date_ago, fetched_ago],
    )
    result = process()
    first = datetime.now(UTC).date() - timedelta(days=4 + OVERLAP_DAYS)
    assert f" dates from {first} to today; " in result["message"]
    assert result["records_unchanged"] == (stored(database, track)[-1][1] - first).days + 1


@pytest.mark.parametrize(
    ("uuid", "platform", "words"),
    [
        ("not-a-uuid", "spotify", "not-a-uuid"),
        ("00000000-0000-0000-0000-000000000000", "spotify", "no track 00000000-0000"),
        (SEED_TRACK, "myspace", "no platform 'myspace'"),
        (SEED_TRACK, "apple-music", "no audience of songs on Apple Music"),
    ],
)
def test_what_cannot_be_requested_is_reported(
    track: int, sandbox: Sandbox, uuid: str, platform: str, words: str
) -> None:
    result = AudienceDataProcessor().process_and_store_audience_data(uuid, platform)
    assert result["success"] is False
    assert words in result["error"]
    assert sandbox.calls() == 0


def test_bulk_goes_on_after_one_that_fails(track: int, sandbox: Sandbox) -> None:
    pairs = [(SEED_TRACK, "nowhere"), (SEED_TRACK, "youtube"), (SEED_TRACK, "Spotify")]
    results = AudienceDataProcessor().bulk_process_audience_data(pairs)
    assert [result["success"] for result in results] == [False, True, True]
    assert [result["platform_slug"] for result in results] == ["nowhere", "youtube", "spotify"]
    calls = sandbox.calls()
    AudienceDataProcessor().bulk_process_audience_data(pairs)
    assert sandbox.calls() == calls
    AudienceDataProcessor().bulk_process_audience_data(pairs, force_refresh=True)
    assert sandbox.calls() == calls + 2


FINAL = {
    "not_found": "absent",
    "forbidden": "failed",
    "bad_request": "failed",
    "gone": "failed",
    "unauthorized": "failed",
}


@pytest.mark.parametrize("fault", [*FINAL, "wrong_type"])
def test_final_errors_are_recorded_and_not_tried_again(
    track: int, database: psycopg.Connection, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(AUDIENCE, fault, times=50)
    result = process()
    assert result["success"] is False
    run = last_run()
    assert (run.state, run.attempt) == ("failed", 1)
    assert run.error == result["error"]
    state = state_of(track, "spotify", database)
    assert state.status == FINAL.get(fault, "failed")
    assert state.due_at is not None
    assert state.due_at > datetime.now(UTC) + timedelta(days=29)
    assert stored(database, track) == []


@pytest.mark.parametrize("fault", ["bad_gateway", "server_error", "drop", "broken_json", "rate_limited"])
def test_passing_faults_are_tried_again_at_once(
    track: int, database: psycopg.Connection, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(AUDIENCE, fault, times=2, **({"reset": 0} if fault == "rate_limited" else {}))
    assert process()["success"] is True
    assert last_run_calls(database) == 3


def last_run_calls(database: psycopg.Connection) -> int:
    row = database.execute(
        "SELECT count(*) FROM api_calls JOIN job_runs ON uuid = run_uuid WHERE task = 'fetch_audience'"
    ).fetchone()
    calls = database.execute("SELECT calls FROM job_runs WHERE task = 'fetch_audience'").fetchone()
    assert row is not None
    assert row == calls
    return int(row[0])


@pytest.mark.parametrize("fault", ["bad_gateway", "broken_json"])
def test_lasting_faults_wait_in_the_queue_and_die_in_the_end(
    track: int, database: psycopg.Connection, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(AUDIENCE, fault, times=100)
    result = process()
    assert result["success"] is False
    run = last_run()
    assert (run.state, run.attempt) == ("queued", 1)
    assert run.run_after > datetime.now(UTC)
    again = f"It will be retried after {run.run_after:%Y-%m-%d %H:%M:%S} UTC."
    assert result["error"] == f"{run.error} {again}"
    database.execute("UPDATE job_runs SET run_after = now(), attempt = max_attempts - 1")
    result = process()
    run = last_run()
    assert (run.state, run.attempt) == ("dead", run.max_attempts)
    assert run.error
    assert result["error"] == run.error
    assert stored(database, track) == []


@pytest.mark.parametrize("by_fault", [True, False])
def test_a_spent_quota_pauses_all_and_costs_no_attempt(
    track: int, database: psycopg.Connection, sandbox: Sandbox, *, by_fault: bool
) -> None:
    if by_fault:
        sandbox.fault(AUDIENCE, "quota_spent", times=10)
    else:
        sandbox.quota(0)
    result = process()
    assert result["success"] is False
    run = last_run()
    assert (run.state, run.attempt) == ("queued", 0)
    assert database.execute("SELECT reason FROM api_pause").fetchall() == [(run.error,)]
    calls = sandbox.calls()
    assert take(run.uuid) is None
    assert sandbox.calls() == calls


def test_an_answer_that_is_too_slow_is_tried_again_later(
    migrated_app: Flask, track: int, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    settings = migrated_app.config["SETTINGS"]
    sandbox.fault(AUDIENCE, "slow", times=10, seconds=3)
    migrated_app.config["SETTINGS"] = replace(settings, soundcharts_timeout=1)
    try:
        result = process()
    finally:
        migrated_app.config["SETTINGS"] = settings
    assert result["success"] is False
    assert (last_run().state, last_run().attempt) == ("queued", 1)
    assert stored(database, track) == []


def test_an_answer_without_a_quota_header_is_stored_and_its_quota_unknown(
    track: int, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    sandbox.fault(AUDIENCE, "no_quota_header", times=10)
    assert process()["success"] is True
    assert database.execute("SELECT quota_left FROM api_calls").fetchall() == [(None,)]


VALUE_CASES = [
    ([("a", 5)], (5, "a"), (5, "a")),
    ([("a", 5), ("b", 7)], (7, "b"), (12, "b")),
    ([("a", None), ("b", 7)], (7, "b"), (7, "b")),
    ([("a", 0)], (0, "a"), (0, "a")),
    ([("a", 5), ("a", 5)], (5, "a"), (5, "a")),
    ([("a", 5), ("b", 7), ("a", 6)], (7, "b"), (13, "b")),
    ([("a", None)], None, None),
    ([], None, None),
    ([("a", 2**40), ("b", 2**40 + 1)], (2**40 + 1, "b"), (2**41 + 1, "b")),
]


@pytest.mark.parametrize(("plots", "largest", "total"), VALUE_CASES)
def test_plots_become_one_value(
    plots: list[tuple[str, int | None]], largest: tuple[int, str] | None, total: tuple[int, str] | None
) -> None:
    item = AudienceItem(date=date(2026, 1, 1), plots=tuple(Plot(*plot) for plot in plots), raw={})
    assert audience_value(item, "max") == largest
    assert audience_value(item, "sum") == total


@pytest.mark.parametrize("fault", ["null_value", "empty_plots"])
def test_a_date_without_a_value_makes_no_row_and_changes_none(
    track: int, database: psycopg.Connection, sandbox: Sandbox, fault: str
) -> None:
    process()
    before = stored(database, track)
    sandbox.fault(AUDIENCE, fault, times=1)
    assert process(force=True)["success"] is True
    assert stored(database, track) == before


def test_metadata_brings_the_song_its_artists_and_its_names(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    live = record([metadata_request([SEED_TRACK], queue="interactive")])[0]
    db.session.commit()
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    carry_out(run)

    track = db.session.scalar(db.select(Track))
    assert track is not None
    assert (track.name, track.credit_name, track.isrc) == ("bad guy", "Billie Eilish", "USUM71900764")
    assert [artist.name for artist in track.artists] == ["Billie Eilish"]
    slugs = {identifier.platform.slug for identifier in track.identifiers}
    assert {"spotify", "youtube", "isrc"} <= slugs
    # Somebody waits, so the audience of every platform that has the song is requested at once.
    queued = database.execute(
        "SELECT count(*) FROM job_runs WHERE task = 'fetch_audience' AND state = 'queued'"
    )
    states = database.execute("SELECT count(*) FROM audience_states")
    assert queued.fetchone() == states.fetchone() != (0,)


def test_isrcs_of_metadata_are_stored_in_the_form_they_are_looked_up_in(app: Flask) -> None:
    song = Song(uuid=SEED_TRACK, name="bad guy", raw={}, isrc=Isrc("us-um7-19-00764"))
    names = [SongIdentifier(platform_code="isrc", identifier="USUM7 1900765")]
    store([song], {SEED_TRACK: names})
    for typed in ("USUM71900764", "ISRC US-UM7-19-00764", "usum7-19-00765"):
        found = read_pasted(typed)
        assert found is not None
        assert [hit.key for hit in named(found)] == [SEED_TRACK], typed


def test_metadata_of_unknown_songs_is_an_error_that_names_them(app: Flask, sandbox: Sandbox) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    live = record([metadata_request([unknown], queue="default")])[0]
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    carry_out(run)
    assert last_run().state == "failed"
    assert unknown in last_run().error
