"""Storing songs: whole, once, and by many writers at a time."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from jobs.contract import Done, Run
from jobs.heartbeat import Heartbeat
from jobs.runs import carry_out, take
from jobs.soundcharts import Song, SongIdentifier
from jobs.soundcharts.schemas import SongArtist
from jobs.tasks import TASKS
from jobs.tasks.metadata import store
from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import JobRun
from webapp.work.queue import record
from webapp.work.requests import metadata_request

ARTISTS = [SongArtist(uuid=str(UUID(int=1000 + number)), name=f"Artist {number}") for number in range(12)]


def song(number: int, credited: list[SongArtist]) -> Song:
    return Song(uuid=str(UUID(int=number)), name=f"Song {number}", artists=tuple(credited), raw={})


def names_of(number: int) -> list[SongIdentifier]:
    return [
        SongIdentifier(platform_code=code, platform_name=code, identifier=f"{code}-{number}", default=True)
        for code in ("you-tube", "Spotify", "myspace", "isrc")
    ]


def test_batches_that_share_artists_do_not_wait_in_a_circle(app: Flask, database: psycopg.Connection) -> None:
    def write(seed: int) -> None:
        chance = random.Random(seed)
        with app.app_context():
            for _ in range(5):
                numbers = chance.sample(range(20), k=8)
                songs = [song(number, chance.sample(ARTISTS, k=5)) for number in numbers]
                store(songs, {each.uuid: names_of(UUID(each.uuid).int) for each in songs})
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(12)))

    assert database.execute("SELECT count(*) FROM artists").fetchone() == (12,)
    assert database.execute("SELECT count(*) FROM platforms WHERE fold = 'myspace'").fetchone() == (1,)
    twice = "SELECT platform_id, identifier FROM track_identifiers GROUP BY 1, 2 HAVING count(*) > 1"
    assert database.execute(twice).fetchall() == []


def test_a_song_stored_again_keeps_its_row_and_takes_what_is_new(
    app: Flask, database: psycopg.Connection
) -> None:
    first = store([song(1, ARTISTS[:2])], {song(1, []).uuid: names_of(1)})
    renamed = Song(
        uuid=str(UUID(int=1)), name="Früher Größe", artists=(ARTISTS[1],), raw={}, release_date=None
    )
    again = store([renamed], {})
    db.session.commit()
    assert first == again
    row = database.execute("SELECT name, search_text FROM tracks").fetchall()
    assert row == [("Früher Größe", row[0][1])]
    assert "fruher" in row[0][1]
    states = database.execute(
        "SELECT slug FROM audience_states JOIN platforms ON platforms.id = platform_id ORDER BY slug"
    ).fetchall()
    # myspace and isrc have no audience of songs.
    assert states == [("spotify",), ("youtube",)]


def test_a_database_that_refuses_for_now_is_tried_again(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deadlocked(_run: Run, _heartbeat: Heartbeat) -> Done:
        raise OperationalError("UPDATE", {}, psycopg.errors.DeadlockDetected("deadlock detected"))

    live = record([metadata_request([SEED_TRACK], queue="default")])[0]
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    monkeypatch.setitem(TASKS, "fetch_metadata", deadlocked)
    carry_out(run)
    after = db.session.get_one(JobRun, live.uuid)
    assert (after.state, after.attempt, after.error) == (
        "queued",
        1,
        "Database error: DeadlockDetected.",
    )


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://open.spotify.com/track/1", "https://open.spotify.com/track/1"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (" https://x", ""),
        ("", ""),
    ],
)
def test_only_web_urls_become_links(app: Flask, database: psycopg.Connection, url: str, kept: str) -> None:
    name = SongIdentifier(platform_code="spotify", identifier="1", url=url, default=True)
    store([song(1, [])], {song(1, []).uuid: [name]})
    db.session.commit()
    assert database.execute("SELECT url FROM track_identifiers").fetchall() == [(kept,)]


@pytest.mark.parametrize("company", [[], [SEED_TRACK]], ids=["alone", "in company"])
def test_a_track_that_the_api_does_not_know_reports_it_and_is_left_alone(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, company: list[str]
) -> None:
    unknown = str(UUID(int=7))
    make_track(database, unknown, "Kept")
    live = record([metadata_request([unknown, *company], queue="default")])[0]
    run = take(live.uuid)
    db.session.commit()
    assert run is not None
    carry_out(run)
    assert db.session.get_one(JobRun, live.uuid).state == ("succeeded" if company else "failed")
    noted = database.execute(
        "SELECT name, metadata_error, metadata_due_at > now() + interval '29 days' FROM tracks"
        " WHERE uuid = %s",
        [unknown],
    ).fetchone()
    assert noted == ("Kept", "SoundCharts does not know this song.", True)
