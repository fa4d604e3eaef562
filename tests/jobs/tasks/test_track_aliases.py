"""A song that the API returns under another uuid is one track for all requests and references."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from jobs.commands.audience import tracks
from jobs.runs import run_here
from jobs.upserts import RankingRow, upsert_audience, upsert_ranking
from tests.factories import audience_rows, make_chart, make_track, platform_id, stored
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.catalogue.track_merge import merge_tracks
from webapp.extensions import db
from webapp.models import JobRun, Platform, Track
from webapp.work.queue import record
from webapp.work.requests import audience_request, metadata_request

OLD = "00000000-0000-4000-8000-00000000000a"
DAY = date(2024, 1, 1)
ABSENT = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def api(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> Sandbox:
    """The API, which returns the seeds' song for OLD."""
    sandbox.answer_under(OLD, SEED_TRACK)
    return sandbox


def fetched(*uuids: str) -> JobRun:
    live = record([metadata_request(list(uuids), queue="default")])[0]
    db.session.commit()
    return run_here(live.uuid)


def tracks_held(database: psycopg.Connection) -> list[tuple[int, str]]:
    return database.execute("SELECT id, uuid::text FROM tracks ORDER BY id").fetchall()


def aliases(database: psycopg.Connection) -> list[tuple[str, int]]:
    return database.execute("SELECT uuid::text, track_id FROM track_aliases").fetchall()


@pytest.mark.parametrize("asked", [(OLD,), (OLD, SEED_TRACK), (SEED_TRACK, OLD, ABSENT)])
def test_two_tracks_become_one_when_the_answer_reports_it(
    api: Sandbox, database: psycopg.Connection, asked: tuple[str, ...]
) -> None:
    kept, lost = make_track(database), make_track(database, OLD, "Old")
    spotify = platform_id(database, "spotify")
    upsert_audience(audience_rows(lost, spotify, [(DAY, 5)]))
    run = fetched(*asked)
    assert run.state == "succeeded", run.error
    assert f"The song {OLD} was merged into {SEED_TRACK}." in run.message
    assert (f"does not know {ABSENT}" in run.message) == (ABSENT in asked)
    assert tracks_held(database) == [(kept, SEED_TRACK)]
    assert aliases(database) == [(OLD, kept)]
    assert stored(database, kept) == [(spotify, DAY, 5)]
    lines = database.execute("SELECT line FROM run_lines WHERE line LIKE '%was merged into%'").fetchall()
    assert len(lines) == 1
    assert database.execute("SELECT action FROM audit_events").fetchall() == [("track.merge",)]
    assert fetched(OLD).state == "succeeded"
    assert tracks_held(database) == [(kept, SEED_TRACK)]


def test_a_track_held_under_the_old_uuid_alone_keeps_its_row(
    api: Sandbox, database: psycopg.Connection
) -> None:
    held = make_track(database, OLD, "Old")
    assert fetched(OLD).state == "succeeded"
    assert tracks_held(database) == [(held, SEED_TRACK)]
    assert aliases(database) == [(OLD, held)]


def test_a_song_that_is_not_held_is_known_by_both_uuids(api: Sandbox, database: psycopg.Connection) -> None:
    assert fetched(OLD).state == "succeeded"
    [(made, uuid)] = tracks_held(database)
    assert uuid == SEED_TRACK
    assert aliases(database) == [(OLD, made)]


def test_a_ranking_that_names_the_old_uuid_names_the_kept_track(
    api: Sandbox, database: psycopg.Connection
) -> None:
    kept = make_track(database)
    fetched(OLD)
    chart = make_chart(database, "top")
    rows = [
        RankingRow(position, 1, UUID(uuid), "x", "", "", "x", None, None, None, None, None, "", repeats=False)
        for position, uuid in enumerate((OLD, ABSENT, SEED_TRACK), start=1)
    ]
    for _ in range(2):
        upsert_ranking(rows, chart_id=chart, ranked_on=DAY, received_at=datetime.now(UTC))
        db.session.commit()
    entries = "SELECT position, repeats FROM chart_ranking_entries WHERE track_id = %s ORDER BY position"
    assert database.execute(entries, [kept]).fetchall() == [(1, False), (3, True)]
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (2,)


def test_a_fetch_that_names_the_old_uuid_writes_to_the_kept_track(
    api: Sandbox, database: psycopg.Connection
) -> None:
    kept, lost = make_track(database), make_track(database, OLD, "Old")
    spotify = Platform.find("spotify")
    assert spotify is not None
    run = record([audience_request(db.session.get_one(Track, lost), spotify)])[0]
    db.session.commit()
    fetched(OLD)
    assert run_here(run.uuid).state == "succeeded"
    assert {platform for platform, _, _ in stored(database, kept)} == {spotify.id}


def test_merges_and_a_fetch_at_once_lose_nothing(
    api: Sandbox, app: Flask, database: psycopg.Connection
) -> None:
    kept, lost, third = (
        make_track(database, uuid, "Song")
        for uuid in (SEED_TRACK, OLD, "00000000-0000-4000-8000-00000000000c")
    )
    spotify = platform_id(database, "spotify")
    for track, day in ((kept, 1), (lost, 2), (third, 3)):
        upsert_audience(audience_rows(track, spotify, [(date(2024, 1, day), day)]))
    platform = Platform.find("spotify")
    assert platform is not None
    live = record([audience_request(db.session.get_one(Track, lost), platform)])[0]
    db.session.commit()

    def work(number: int) -> None:
        with app.app_context():
            if number == 0:
                run_here(live.uuid)
            elif number == 1:
                fetched(OLD)
            else:
                merge_tracks(kept, third)
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    database.execute("UPDATE job_runs SET run_after = now()")
    while waiting := database.execute("SELECT uuid FROM job_runs WHERE state = 'queued'").fetchone():
        run_here(waiting[0])
    assert database.execute("SELECT DISTINCT state FROM job_runs").fetchall() == [("succeeded",)]
    assert tracks_held(database) == [(kept, SEED_TRACK)]
    dates = [day for _, day, _ in stored(database, kept)]
    assert {date(2024, 1, day) for day in (1, 2, 3)} <= set(dates)
    assert len(dates) > 60


def test_the_command(api: Sandbox, app: Flask, database: psycopg.Connection) -> None:
    kept, lost = make_track(database), make_track(database, OLD, "Old")
    upsert_audience(audience_rows(lost, platform_id(database, "spotify"), [(DAY, 5)]))
    db.session.commit()
    invoke = app.test_cli_runner().invoke
    tried = invoke(tracks, ["merge", OLD, SEED_TRACK, "--dry-run"])
    assert tried.exit_code == 0, tried.output
    assert f"Audience values of {OLD}: 1 moved, 0 of them already present." in tried.output
    assert f"{OLD} would be {SEED_TRACK}." in tried.output
    assert len(tracks_held(database)) == 2
    assert f"{OLD} is now {SEED_TRACK}." in invoke(tracks, ["merge", OLD, SEED_TRACK]).output
    assert tracks_held(database) == [(kept, SEED_TRACK)]
    assert "They are already one track." in invoke(tracks, ["merge", OLD, SEED_TRACK]).output
    assert f"There is no track {ABSENT}." in invoke(tracks, ["merge", ABSENT, SEED_TRACK]).output
