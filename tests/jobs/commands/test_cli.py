"""The commands, with the options that people type and those they should not have."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import Result
from flask import Flask
from redis import Redis

from jobs.commands.audience import fetch_audience_data, tracks
from jobs.commands.demo import demo
from tests.factories import make_track, platform_id, stored
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.work.queue import queued_ids

UNKNOWN = "00000000-0000-4000-8000-000000000001"


def fetch(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(fetch_audience_data, arguments)


@pytest.fixture
def track(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> int:
    return make_track(database)


def test_one_track_on_one_platform(app: Flask, database: psycopg.Connection, track: int) -> None:
    result = fetch(app, "--track-uuid", SEED_TRACK, "--platform", "Spotify")
    assert result.exit_code == 0, result.output
    assert "1 series" in result.output
    assert len(stored(database, track)) > 80


def test_all_tracks_on_a_platform_up_to_a_limit(app: Flask, database: psycopg.Connection, track: int) -> None:
    unknown = make_track(database, "00000000-0000-4000-8000-000000000001", "Not in the API")
    result = fetch(app, "--all-tracks", "--platform", "youtube")
    assert result.exit_code == 1
    assert "404" in result.output
    assert stored(database, track)
    assert stored(database, unknown) == []
    database.execute("UPDATE audience_states SET fetched_at = NULL")
    assert fetch(app, "--all-tracks", "--platform", "youtube", "--limit", "1").exit_code == 0


def test_a_limit_alone_takes_what_is_due_oldest_first(
    app: Flask, database: psycopg.Connection, track: int
) -> None:
    for hours, slug in ((1, "youtube"), (3, "spotify"), (2, "shazam"), (-1, "tiktok")):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, due_at)"
            " VALUES (%s, %s, now() - %s * interval '1 hour')",
            [track, platform_id(database, slug), hours],
        )
    result = fetch(app, "--limit", "2")
    assert result.exit_code == 0, result.output
    fetched = {platform for platform, _day, _value in stored(database, track)}
    assert fetched == {platform_id(database, "spotify"), platform_id(database, "shazam")}


def test_queue_leaves_the_work_to_the_workers(
    app: Flask, database: psycopg.Connection, redis: Redis, track: int
) -> None:
    arguments = ("--track-uuid", SEED_TRACK, "--platform", "spotify", "--queue")
    assert "Queued" in fetch(app, *arguments).output
    assert "Already queued" in fetch(app, *arguments).output
    assert stored(database, track) == []
    assert len(queued_ids()) == 1


def test_force_fetches_again(app: Flask, track: int, sandbox: Sandbox) -> None:
    arguments = ("--track-uuid", SEED_TRACK, "--platform", "spotify")
    fetch(app, *arguments)
    asked = sandbox.calls()
    assert "Already fetched" in fetch(app, *arguments).output
    assert sandbox.calls() == asked
    fetch(app, *arguments, "--force")
    assert sandbox.calls() > asked


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Use --track-uuid and --platform"),
        (["--platform", "spotify"], "Use --track-uuid and --platform"),
        (["--track-uuid", SEED_TRACK], "--platform is missing"),
        (["--all-tracks"], "--platform is missing"),
        (["--all-tracks", "--track-uuid", SEED_TRACK, "--platform", "spotify"], "Use either"),
        (["--limit", "0"], "0 is not in the range"),
        (["--limit", "many"], "'many' is not a valid integer"),
        (["--track-uuid", "x", "--platform", "spotify"], "'x' is not a uuid"),
        (["--track-uuid", SEED_TRACK, "--platform", "nowhere"], "no platform 'nowhere'"),
        (["--track-uuid", SEED_TRACK, "--platform", "nowhere", "--queue"], "no platform 'nowhere'"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    app: Flask, track: int, arguments: list[str], words: str
) -> None:
    result = fetch(app, *arguments)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())


def test_metadata_by_uuid(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(tracks, ["fetch-metadata", "--track-uuid", SEED_TRACK.upper()]).exit_code == 0
    assert database.execute("SELECT name FROM tracks").fetchall() == [("bad guy",)]
    unknown = runner.invoke(
        tracks, ["fetch-metadata", "--track-uuid", "00000000-0000-4000-8000-000000000001"]
    )
    assert unknown.exit_code == 1
    assert "knows none of the songs" in unknown.output
    assert runner.invoke(tracks, ["fetch-metadata", "--track-uuid", "x"]).exit_code != 0


def test_the_demo_queues_the_seeds_song_first(
    app: Flask, database: psycopg.Connection, sandbox: Sandbox
) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(demo, ["load", "--songs", "50", "--first", "2"])
    assert result.output.splitlines()[-1] == "Queued 50 songs and 24 charts."
    runs = database.execute("SELECT queue, task, args, state FROM job_runs ORDER BY number").fetchall()
    assert runs[0][:3] == ("interactive", "fetch_metadata", {"track_uuids": [SEED_TRACK]})
    queued = [run[:3] for run in runs if run[3] == "queued"]
    assert {(queue, task) for queue, task, _args in queued[:24]} == {("sync", "sync_chart")}
    songs = [args["track_uuids"] for _queue, task, args in queued if task == "fetch_metadata"]
    assert sum(map(len, songs)) == 47
    # The seed's song and the two best placed have their audience, with its history, before all else.
    held = "SELECT count(DISTINCT track_id), min(date) < current_date - 90 FROM track_audience_time_series"
    assert database.execute(held).fetchone() == (3, True)
    assert {task for _queue, task, _args, state in runs if state == "succeeded"} == {
        "discover_charts",
        "fetch_metadata",
        "fetch_audience",
        "backfill_audience",
    }
    assert database.execute("SELECT count(*) FROM charts WHERE sync_enabled").fetchone() == (24,)
    # Daily charts with more than 60 days of history, weekly ones with all there is.
    since = {args["since"] for _queue, task, args in queued if task == "sync_chart"}
    assert since == {"2000-01-01", str(datetime.now(UTC).date() - timedelta(days=75))}

    assert "Queued 0 songs and 0 charts." in runner.invoke(demo, ["load"]).output


def test_metadata_of_what_is_stale(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> None:
    runner = app.test_cli_runner()
    first = make_track(database)
    database.execute("UPDATE tracks SET metadata_due_at = now() + interval '1 day'")
    assert "0 tracks requested." in runner.invoke(tracks, ["fetch-metadata", "--stale"]).output
    database.execute("UPDATE tracks SET metadata_due_at = now() - interval '1 day', name = 'old'")
    unwanted = make_track(database, UNKNOWN, "No chart wants it")
    database.execute("UPDATE tracks SET with_metadata = false WHERE id = %s", [unwanted])
    result = runner.invoke(tracks, ["fetch-metadata", "--stale", "--limit", "5"])
    assert (result.exit_code, "1 track requested." in result.output) == (0, True), result.output
    assert database.execute("SELECT name FROM tracks WHERE id = %s", [first]).fetchone() == ("bad guy",)
    for wrong in ([], ["--stale", "--track-uuid", SEED_TRACK]):
        assert runner.invoke(tracks, ["fetch-metadata", *wrong]).exit_code == 2
