"""The cascade of a ranking: metadata of tracks and artists, and audience, by the charts' settings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask

from jobs.schedule import QUEUE_LIMIT, sweep_artists, sweep_audience, sweep_metadata
from tests.factories import make_chart, make_ranking, make_track, platform_id
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Chart, Platform, Track
from webapp.work.queue import record, submit
from webapp.work.requests import audience_request, sync_request

CHART = "top-50-paris"
TODAY = datetime.now(UTC).date()


def charted(app: Flask, database: psycopg.Connection, **off: bool) -> None:
    """A chart of 50 songs, synced once, whose cascade leaves out what is `off`."""
    chart_id = make_chart(database, CHART, platform="shazam")
    for name in off:
        database.execute(f"UPDATE charts SET {name} = false")
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, chart_history_days=1)
    submit(sync_request(db.session.get_one(Chart, chart_id)))
    carry_out_all("sync_chart")
    app.config["SETTINGS"] = settings


def count(database: psycopg.Connection, what: str) -> int:
    row = database.execute(f"SELECT count(*) FROM {what}").fetchone()
    assert row is not None
    return int(row[0])


def sweep() -> list[int]:
    """Returns the number of runs each of the three sweeps requested, with the first two executed."""
    requested = []
    for each, task in ((sweep_metadata, "fetch_metadata"), (sweep_artists, "fetch_artists")):
        db.session.rollback()
        requested.append(each())
        carry_out_all(task)
    db.session.rollback()
    requested.append(sweep_audience())
    return requested


def test_a_ranking_leads_to_metadata_artists_and_audience(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    charted(app, database)
    assert count(database, "tracks") == 50
    metadata, artists, audience = sweep()
    assert metadata == 3  # batches of 20
    assert artists >= 1
    assert audience == min(QUEUE_LIMIT, count(database, "audience_states"))
    assert count(database, "tracks WHERE metadata_fetched_at IS NULL") == 0
    assert count(database, "artists WHERE metadata_fetched_at IS NULL OR search_text = ''") == 0
    assert count(database, "artists WHERE career_stage <> '' AND country_code <> ''") > 0
    due = "SELECT DISTINCT round(extract(epoch FROM metadata_due_at - now()) / 86400) FROM {}"
    for table in ("artists", "tracks"):
        assert database.execute(due.format(table)).fetchall() == [(30,)]
    assert sweep()[:2] == [0, 0]


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        ("with_metadata", (False, False, False)),
        ("with_artists", (True, False, True)),
        ("with_audience", (True, True, False)),
    ],
)
def test_each_step_can_be_switched_off_per_chart(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, off: str, expected: tuple[bool, ...]
) -> None:
    charted(app, database, **{off: True})
    assert tuple(requested > 0 for requested in sweep()) == expected
    # Another chart that wants all of it adds it to the tracks that it has too.
    database.execute("UPDATE charts SET with_metadata = true, with_artists = true, with_audience = true")
    submit(sync_request(db.session.scalars(db.select(Chart)).one()))
    carry_out_all("sync_chart")
    if off != "with_metadata":
        assert count(database, "tracks WHERE metadata_due_at <= now()") == 50
    sweep()
    assert count(database, "artists WHERE metadata_fetched_at IS NOT NULL") > 0
    assert count(database, "audience_states") >= 50


def test_a_full_queue_gets_no_more_of_a_task(
    app: Flask, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.schedule.QUEUE_LIMIT", 3)
    for task, queue, state, runs in (
        ("fetch_artists", "default", "queued", 2), ("fetch_artists", "interactive", "queued", 1),
        ("fetch_artists", "default", "succeeded", 1), ("fetch_metadata", "default", "queued", 3),
    ):  # fmt: skip
        for _ in range(runs):
            database.execute(
                "INSERT INTO job_runs (task, queue, state, args, dedupe_key) VALUES (%s, %s, %s, '{}', %s)",
                [task, queue, state, str(uuid4())],
            )
    for name in ("Nobody", "Somebody"):
        database.execute(
            "INSERT INTO artists (uuid, name, metadata_due_at) VALUES (%s, %s, now())", [uuid4(), name]
        )
    assert sweep_artists() == 1
    newest = "SELECT args FROM job_runs ORDER BY number DESC LIMIT 1"
    [(args,)] = database.execute(newest).fetchall()
    assert len(args["artist_uuids"]) == 1  # one more artist, not two


def test_artists_that_the_api_does_not_know_are_fetched_again_in_a_month(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    for _ in range(2):
        database.execute(
            "INSERT INTO artists (uuid, name, metadata_due_at) VALUES (%s, 'Nobody', now())", [uuid4()]
        )
    assert sweep_artists() == 1
    (run,) = carry_out_all()
    assert run.state == "failed"
    assert "knows none of the artists" in run.error
    told = "artists WHERE metadata_error <> '' AND metadata_due_at > now() + interval '29 days'"
    assert count(database, told) == 2


@pytest.mark.parametrize(
    ("enabled", "age", "days"), [(True, 1, 1), (True, 9, 1), (True, 12, 7), (False, 1, 7)]
)
def test_audience_of_tracks_on_followed_charts_is_due_daily(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox, *, enabled: bool, age: int, days: int
) -> None:
    track = make_track(database)
    make_ranking(database, make_chart(database, enabled=enabled), TODAY - timedelta(days=age), [track])
    fetched(track)
    due = (
        "SELECT round(extract(epoch FROM due_at - now()) / 86400) FROM audience_states WHERE platform_id = %s"
    )
    assert database.execute(due, [platform_id(database, "spotify")]).fetchone() == (days,)


def test_audience_that_the_api_has_nothing_of_is_due_in_a_month(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    track = make_track(database)
    make_ranking(database, make_chart(database), TODAY, [track])
    sandbox.fault("audience/spotify", "empty_ranking")  # no items, and a total of 0
    fetched(track)
    due = "SELECT status, round(extract(epoch FROM due_at - now()) / 86400) FROM audience_states"
    assert database.execute(due).fetchall() == [("empty", 30)]


def fetched(track: int) -> None:
    """Fetches the seed's track from Spotify, and nothing that follows."""
    spotify = Platform.find("spotify")
    assert spotify is not None
    record([audience_request(db.session.get_one(Track, track), spotify)])[0]
    db.session.commit()
    carry_out_all("fetch_audience")


def test_a_song_that_stands_on_no_chart_has_the_whole_cascade(
    app: Flask, database: psycopg.Connection
) -> None:
    make_track(database, SEED_TRACK)
    flags = "SELECT with_metadata, with_artists, with_audience FROM tracks"
    assert database.execute(flags).fetchall() == [(True, True, True)]
