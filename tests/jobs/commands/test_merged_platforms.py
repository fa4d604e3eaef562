"""A merge beside what runs: it waits for writers, they for it, and what comes after finds the kept row."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from threading import Thread

import psycopg
import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from jobs.commands.platforms import platforms
from jobs.runs import run_here, take
from jobs.upserts import upsert_platforms
from tests.factories import item, make_chart, make_track, platform_id, stored
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import Sandbox
from webapp.catalogue import platform_merge
from webapp.catalogue.charts import enable_charts
from webapp.catalogue.platform_merge import PlatformMergeError, live_runs, merge
from webapp.extensions import db
from webapp.models import Chart, JobRun, Platform, Track
from webapp.work.queue import record, submit
from webapp.work.requests import audience_request, discovery_request, metadata_request, sync_request

DAY = date(2024, 1, 1)
INSERT = "INSERT INTO track_audience_time_series VALUES (%s, %s, %s, %s, '', now(), %s)"


@pytest.fixture
def track(app: Flask, database: psycopg.Connection, sandbox: Sandbox) -> int:
    return make_track(database)


@pytest.fixture
def pair(database: psycopg.Connection, track: int) -> tuple[int, int]:
    """A platform created by hand, and Spotify, which will be merged into it."""
    made = database.execute(
        "INSERT INTO platforms (slug, name, platform_identifier, plot_rule, has_song_audience)"
        " VALUES ('sp_label', 'Our Spotify', 'spotify', 'max', true) RETURNING id"
    ).fetchone()
    assert made is not None
    return int(made[0]), platform_id(database, "spotify")


@contextmanager
def another(app: Flask) -> Iterator[psycopg.Connection]:
    """A second connection, in a transaction of its own."""
    with psycopg.connect(app.config["SETTINGS"].psycopg_url) as connection:
        yield connection


def wait_until_blocked(database: psycopg.Connection) -> None:
    query = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    for _ in range(200):
        row = database.execute(query).fetchone()
        if row and row[0]:
            return
        time.sleep(0.05)
    pytest.fail("nobody waits for a lock")


def in_thread(app: Flask, work: Callable[[], None]) -> Thread:
    def carried_out() -> None:
        with app.app_context():
            work()
            db.session.remove()

    thread = Thread(target=carried_out)
    thread.start()
    return thread


def test_a_merge_waits_for_who_writes_to_the_loser(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    def work() -> None:
        merge(*pair)
        db.session.commit()

    with another(app) as writer:
        writer.execute(INSERT, [track, pair[1], DAY, 5, Jsonb(item(DAY, 5))])
        thread = in_thread(app, work)
        wait_until_blocked(database)
        assert platform_id(database, "spotify") == pair[1]
        writer.commit()
    thread.join(timeout=30)
    assert stored(database, track) == [(pair[0], DAY, 5)]


def test_who_writes_to_the_loser_waits_for_the_merge_and_is_refused(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    refused: list[Exception] = []

    def work() -> None:
        with another(app) as writer:
            try:
                writer.execute(INSERT, [track, pair[1], DAY, 5, Jsonb(item(DAY, 5))])
            except psycopg.Error as error:
                refused.append(error)

    merge(*pair)
    thread = in_thread(app, work)
    wait_until_blocked(database)
    db.session.commit()
    thread.join(timeout=30)
    assert isinstance(refused[0], psycopg.errors.ForeignKeyViolation)
    assert stored(database, track) == []


def test_a_platform_that_comes_meanwhile_is_the_kept_one(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    made: list[dict[str, int]] = []

    def work() -> None:
        # As a job would that looked before the merge and had not found it.
        db.session.execute(
            db.text(
                "INSERT INTO platforms (slug, name) VALUES ('Spotify', 'Spotify')"
                " ON CONFLICT (fold) DO NOTHING"
            )
        )
        made.append(upsert_platforms({"spotify": "Spotify"}))
        db.session.commit()

    merge(*pair)
    thread = in_thread(app, work)
    wait_until_blocked(database)
    db.session.commit()
    thread.join(timeout=30)
    assert made == [{"spotify": pair[0]}]
    assert database.execute("SELECT count(*) FROM platforms WHERE fold = 'spotify'").fetchone() == (0,)


def test_a_run_that_is_overtaken_by_a_merge_writes_to_the_kept_platform(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    merge(*pair)

    def work() -> None:
        platform = Platform.find("spotify")
        assert platform is not None
        assert platform.id == pair[1]
        live = record([audience_request(db.session.get_one(Track, track), platform)])[0]
        db.session.commit()
        run_here(live.uuid)

    thread = in_thread(app, work)
    wait_until_blocked(database)
    db.session.commit()
    thread.join(timeout=30)
    assert database.execute("SELECT state, attempt, error FROM job_runs").fetchall() == [
        ("queued", 1, "Database error: ForeignKeyViolation.")
    ]
    database.execute("UPDATE job_runs SET run_after = now()")
    carry_out_all("fetch_audience")
    assert {platform for platform, _, _ in stored(database, track)} == {pair[0]}


def test_after_a_merge_every_sync_of_the_lost_spelling_writes_to_the_kept_row(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    winner, loser = pair
    submit(discovery_request(Platform.find("spotify")))
    carry_out_all()
    slug = database.execute("SELECT slug FROM charts ORDER BY slug LIMIT 1").fetchone()
    assert slug is not None
    merge(winner, loser)
    db.session.commit()

    submit(discovery_request(Platform.find("Spotify")))
    enable_charts(slug, enabled=True)
    chart = Chart.find(slug[0])
    assert chart is not None
    submit(sync_request(chart))
    carry_out_all("discover_charts")
    carry_out_all("sync_chart")
    found = db.session.get_one(Track, track)
    record([metadata_request([str(found.uuid)], queue="default")])[0]
    platform = Platform.find("spot-ify")
    assert platform is not None
    record([audience_request(found, platform)])[0]
    db.session.commit()
    runs = [*carry_out_all("fetch_metadata"), *carry_out_all("fetch_audience")]
    assert [run.state for run in runs] == ["succeeded", "succeeded"], [run.error for run in runs]

    for table in ("charts", "chart_ranking_entries", "track_audience_time_series"):
        found_in = database.execute(f"SELECT DISTINCT platform_id FROM {table}").fetchall()
        assert found_in == [(winner,)], table
    for table in ("track_identifiers", "audience_states"):
        count = f"SELECT count(*) > 0 FROM {table} WHERE platform_id = %s"
        assert database.execute(count, [winner]).fetchone() == (True,), table
    assert database.execute("SELECT count(*) FROM platforms WHERE fold = 'spotify'").fetchone() == (0,)


def requested_run(track: int, slug: str) -> JobRun:
    platform = Platform.find(slug)
    assert platform is not None
    made = record([audience_request(db.session.get_one(Track, track), platform)])[0]
    db.session.commit()
    return db.session.get_one(JobRun, made.uuid)


def test_a_merge_is_refused_while_a_run_of_the_loser_is_at_work(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    run = requested_run(track, "spotify")
    assert take(run.uuid) is not None
    db.session.commit()
    with pytest.raises(PlatformMergeError, match="A run of Spotify is in progress; try again"):
        merge(*pair)
    db.session.rollback()
    assert platform_id(database, "spotify") == pair[1]
    result = app.test_cli_runner().invoke(platforms, ["dedupe"])
    assert "0 duplicates were merged" in result.output


def test_queued_runs_are_called_off_and_those_of_charts_go_on(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    called_off, stays = requested_run(track, "spotify"), requested_run(track, "youtube")
    make_chart(database, "top")
    chart = Chart.find("top")
    assert chart is not None
    sync = submit(sync_request(chart))
    assert live_runs(pair[1]) == (0, 1)
    merge(*pair)
    db.session.commit()
    found = {run.uuid: run for run in db.session.scalars(db.select(JobRun))}
    assert (found[called_off.uuid].state, found[called_off.uuid].error) == (
        "cancelled",
        "Called off: the platform was merged into Our Spotify.",
    )
    assert found[stays.uuid].state == "queued"
    assert (found[sync.uuid].state, found[sync.uuid].args["platform"]) == ("queued", "sp_label")


def test_the_series_of_the_loser_are_due_at_once_and_their_history_is_not_requested_again(
    app: Flask, database: psycopg.Connection, track: int, pair: tuple[int, int]
) -> None:
    other = make_track(database, "00000000-0000-4000-8000-000000000001", "Other")
    for song, platform, history in ((track, pair[1], DAY), (other, pair[1], DAY), (other, pair[0], None)):
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, version, history_from)"
            " VALUES (%s, %s, 7, %s)",
            [song, platform, history],
        )
    merge(*pair)
    db.session.commit()
    states = database.execute(
        "SELECT platform_id, version, history_from, due_at <= now() FROM audience_states ORDER BY track_id"
    ).fetchall()
    assert states == [(pair[0], 8, DAY, True), (pair[0], 9, DAY, True)]


def test_the_same_merge_again_is_reported_so(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    merge(*pair)
    db.session.commit()
    for again in (pair, (pair[0], pair[0])):
        with pytest.raises(PlatformMergeError, match="already one platform"):
            merge(*again)
        db.session.rollback()


def test_isrc_is_no_platform(app: Flask, database: psycopg.Connection, pair: tuple[int, int]) -> None:
    with pytest.raises(PlatformMergeError, match="ISRC is a kind of identifier"):
        merge(pair[0], platform_id(database, "isrc"))


def test_who_does_not_let_go_is_covered(
    app: Flask,
    database: psycopg.Connection,
    track: int,
    pair: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        platform_merge, "LOCKS", ("SET LOCAL lock_timeout = '100ms'", *platform_merge.LOCKS[2:])
    )
    began = datetime.now(UTC)
    with another(app) as writer:
        writer.execute(INSERT, [track, pair[1], DAY, 5, Jsonb(item(DAY, 5))])
        with pytest.raises(PlatformMergeError, match="are being written; try again"):
            merge(*pair)
    db.session.rollback()
    assert (datetime.now(UTC) - began).total_seconds() < 5
    assert platform_id(database, "spotify") == pair[1]
