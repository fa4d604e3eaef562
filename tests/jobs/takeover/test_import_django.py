"""Taking over the Django system's database: with its duplicates and bad rows, again and again."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from jobs.takeover.database import old_database
from jobs.takeover.django import Takeover
from jobs.upserts import upsert_audience
from tests.emptying import empty
from tests.factories import T0, audience_rows, item, make_track, platform_id, stored
from tests.jobs.takeover.django_system import SERIES, Old, add, run, told, value
from tests.sandbox_server import SEED_TRACK
from webapp.extensions import db
from webapp.models import AudienceState

DAY = date(2025, 8, 1)
OTHER = "98aca268-7180-4af0-b8e1-d51ff3bc3cf9"
ARTIST = "11e81bcc-9c1c-ce38-b96b-a0369fe50396"


def everything(database: psycopg.Connection) -> list[list[tuple[Any, ...]]]:
    series = ["track_audience_time_series", "audience_states", "audience_revisions", "aggregate_refreshes"]
    tables = ["platforms", "artists", "tracks", "track_artists", *series]
    return [database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in tables]


@pytest.fixture
def broken(old: Old) -> Old:
    """The database of the seeds' report, with every kind of duplicate and of bad row."""
    for number, slug, name in (
        (41, "youtube", "YouTube"), (43, "you-tube", "Youtube"), (38, "spotify", "Spotify"),
        (45, "spotify", "Spotify"), (28, "apple_music", "Apple Music"), (50, "Boom Box", "Boom Box"),
        (51, "twitter", "Twitter"), (52, "", "网易"),
    ):  # fmt: skip
        metric = {"apple_music": "Plays", "Boom Box": "Booms"}.get(slug, "Listeners")
        kind = "radio" if slug == "Boom Box" else "streaming"
        columns = {"platform_type": kind, "audience_metric_name": metric}
        add(old, "soundcharts_platform", id=number, slug=slug, name=name, **columns)
    add(old, "soundcharts_artist", id=1, uuid=ARTIST, name="Billie Eilish", slug="billie-eilish")
    add(old, "soundcharts_artist", id=2, uuid=ARTIST.upper(), name="billie eilish")
    add(old, "soundcharts_artist", id=3, uuid="x", name="Nobody")
    song = {"name": "bad guy", "credit_name": "Billie Eilish"}
    add(old, "soundcharts_track", id=1, uuid=SEED_TRACK, **song)
    add(
        old,
        "soundcharts_track",
        id=2,
        uuid=SEED_TRACK.replace("-", ""),
        **song,
        isrc="us-um71900764",
        label="Darkroom",
    )
    add(
        old,
        "soundcharts_track",
        id=3,
        uuid=OTHER,
        name="Other",
        credit_name="",
        release_date=DAY,
        raw=Jsonb([1]),
    )
    add(old, "soundcharts_track", id=4, uuid=None, name="No uuid", credit_name="")
    for track, artist in ((1, 1), (1, 2), (2, 1), (3, 9), (9, 1), (3, 1)):
        add(old, "soundcharts_track_artists", track_id=track, artist_id=artist)
    for place in range(10):
        value(old, 1, 41, DAY + timedelta(days=place), 100 + place)
    value(old, 2, 43, DAY, 500, T0 + timedelta(hours=1))  # newer, under the other platform and track
    value(old, 2, 43, DAY + timedelta(days=1), 7, T0 - timedelta(hours=1))  # older
    value(old, 3, 50, DAY, 2**63 - 1)
    value(old, 3, 28, DAY, 0)
    old.execute(f"UPDATE {SERIES} SET api_data = NULL WHERE platform_id = 28")
    for bad in ((9, 41, DAY, 1), (4, 41, DAY, 1), (1, 52, DAY, 1), (1, 99, DAY, 1), (1, 38, None, 1),
                (1, 38, DAY, None), (1, 38, DAY, -5), (1, 38, "infinity", 1),
                (1, 38, "2999-01-01", 1), (1, 38, "0001-01-01", 1)):  # fmt: skip
        value(old, *bad)
    value(old, 1, 38, DAY, 1, None)
    value(old, 1, 38, DAY, 1, "infinity")
    value(old, 1, 38, DAY, 1, datetime(2999, 1, 1, tzinfo=UTC))
    return old


def test_what_is_a_kind_of_identifier_has_no_audience(
    app: Flask, database: psycopg.Connection, old: Old, old_url: str
) -> None:
    for number, slug in ((1, "isrc"), (2, "I-S-R-C"), (3, "spotify")):
        add(old, "soundcharts_platform", id=number, slug=slug, name=slug)
    add(old, "soundcharts_track", id=1, uuid=SEED_TRACK, name="bad guy", credit_name="")
    for platform in (1, 2, 3):
        value(old, 1, platform, DAY, 100)
    result = run(app, old_url)
    assert "it is a kind of identifier, not a platform" in " ".join(result.output.split())
    counted = database.execute("SELECT DISTINCT platform_id FROM track_audience_time_series").fetchall()
    assert counted == [(platform_id(database, "spotify"),)]


COUNTS = {
    "platforms": [8, 1, 1, 3, 2, 1],
    "artists": [3, 1, 0, 0, 1, 1],
    "tracks": [4, 2, 0, 0, 1, 1],
    "credits": [6, 2, 0, 0, 2, 2],
    "charts": [0, 0, 0, 0, 0, 0],
    "rankings": [0, 0, 0, 0, 0, 0],
    "entries": [0, 0, 0, 0, 0, 0],
    "audience": [27, 12, 0, 0, 2, 13],
}


@pytest.mark.parametrize("batch", [1, 3, 5000])
def test_duplicates_are_healed_and_bad_rows_refused(
    app: Flask,
    database: psycopg.Connection,
    broken: Old,
    old_url: str,
    batch: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jobs.takeover.django.BATCH", batch)
    dry = run(app, old_url, "--dry-run")
    assert told(dry) == COUNTS
    assert "Dry run: nothing was written" in dry.output
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (0,)
    assert database.execute("SELECT count(*) FROM platforms WHERE slug = 'boom_box'").fetchone() == (0,)

    result = run(app, old_url)
    assert told(result) == COUNTS
    assert result.exit_code == 1
    output = " ".join(result.output.split())
    for words in (
        "Youtube (id 43) joins YouTube.", "Spotify (id 45) joins Spotify.",
        "platforms: 1 refused (no letter or digit in slug and name): id 52",
        'artists: 1 refused (uuid is not valid): id 3: "x"',
        'tracks: 1 refused (uuid is not valid): id 4: ""',
        "audience: 2 refused (the track is unknown): id 15 (track 9, platform 41, 2025-08-01, 1); id",
        "audience: 2 refused (the platform is unknown)", "audience: 1 refused (date is missing",
        "audience: 1 refused (value is missing)", "audience: 1 refused (value must be 0 or more",
        "refused (date must be a date as YYYY-MM-DD): id 22 (track 1, platform 38, infinity, 1)",
        "refused (date must be tomorrow (", "refused (date must be 1990-01-01 or later",
        "audience: 2 refused (fetched_at is missing)",
        "audience: 1 refused (fetched_at is in the future)",
    ):  # fmt: skip
        assert words in output

    youtube = platform_id(database, "youtube")
    track, other = (row[0] for row in database.execute("SELECT id FROM tracks ORDER BY id").fetchall())
    expected = {DAY + timedelta(days=place): 100 + place for place in range(10)} | {DAY: 500}
    assert {day: total for _platform, day, total in stored(database, track)} == expected
    assert {total for _platform, _day, total in stored(database, other)} == {0, 2**63 - 1}
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)
    newest = "SELECT api_data, fetched_at FROM track_audience_time_series WHERE audience_value = 500"
    assert database.execute(newest).fetchone() == (item(DAY, 500), T0 + timedelta(hours=1))

    songs = database.execute(
        "SELECT uuid, isrc, labels, metadata_fetched_at FROM tracks ORDER BY id"
    ).fetchall()
    label = [{"name": "Darkroom", "type": ""}]
    assert songs == [(UUID(SEED_TRACK), "USUM71900764", label, None), (UUID(OTHER), "", [], None)]
    columns = "slug, audience_metric_name, platform_type"
    platforms = f"SELECT {columns} FROM platforms WHERE slug IN ('boom_box', 'apple_music')"
    assert sorted(database.execute(platforms).fetchall()) == [
        ("apple_music", "Plays", "streaming"), ("boom_box", "Booms", "radio"),
    ]  # fmt: skip
    assert database.execute("SELECT count(*) FROM track_artists").fetchone() == (2,)

    state = db.session.get_one(AudienceState, (track, youtube))
    assert (state.status, state.fetched_at, state.version) == ("ok", T0 + timedelta(hours=1), 1)
    assert (state.first_date, state.last_date, state.latest_value) == (DAY, DAY + timedelta(days=9), 109)
    assert state.due_at is not None
    assert state.due_at < datetime.now(UTC)


@pytest.mark.parametrize("batches", range(10))
def test_a_run_that_broke_off_is_finished_by_the_next(
    app: Flask,
    database: psycopg.Connection,
    broken: Old,
    old_url: str,
    batches: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jobs.takeover.django.BATCH", 3)
    left = iter(range(batches))

    def commit() -> None:
        if next(left, None) is None:
            raise InterruptedError
        db.session.commit()

    with pytest.raises(InterruptedError), old_database(old_url) as source:
        Takeover(source, commit).carry_out(lambda _rows: None)
    db.session.rollback()
    run(app, old_url)
    totals = database.execute("SELECT audience_value FROM track_audience_time_series ORDER BY 1").fetchall()
    assert [total for (total,) in totals] == [0, *range(101, 110), 500, 2**63 - 1]
    assert database.execute("SELECT count(*) FROM tracks").fetchone() == (2,)
    assert database.execute("SELECT isrc FROM tracks WHERE name = 'bad guy'").fetchone() == ("USUM71900764",)
    assert told(run(app, old_url))["audience"][1:3] == [0, 0]


def test_a_second_run_finds_nothing_to_do(
    app: Flask, database: psycopg.Connection, broken: Old, old_url: str
) -> None:
    run(app, old_url)
    before = everything(database)
    again = told(run(app, old_url))
    assert everything(database) == before
    assert database.execute("SELECT action FROM audit_events").fetchall() == [("django.import",)]
    for table, counts in COUNTS.items():
        read, created, changed, unchanged, joined, refused = counts
        assert again[table] == [read, 0, 0, created + changed + unchanged, joined, refused]


def test_what_is_newer_here_stays(app: Flask, database: psycopg.Connection, old: Old, old_url: str) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    database.execute("UPDATE tracks SET isrc = 'OURS'")
    upsert_audience(audience_rows(track, spotify, [(DAY, 10), (DAY + timedelta(days=1), 20)]))
    db.session.commit()
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, status, fetched_at, version)"
        " VALUES (%s, %s, 'empty', %s, 4)",
        [track, spotify, moment],
    )
    add(
        old,
        "soundcharts_platform",
        slug="SPOTIFY",
        name="Spotty",
        audience_metric_name="Fans",
        platform_type="tv",
    )
    add(
        old,
        "soundcharts_track",
        uuid=SEED_TRACK,
        name="Bad Guy",
        credit_name="B. E.",
        isrc="THEIRS",
        label="Darkroom",
    )
    value(old, 1, 1, DAY, 9, T0 - timedelta(days=1))
    value(old, 1, 1, DAY + timedelta(days=1), 21, T0 + timedelta(days=1))
    value(old, 1, 1, DAY + timedelta(days=2), 30)

    counts = told(run(app, old_url))

    assert counts["audience"] == [3, 1, 1, 1, 0, 0]
    assert counts["tracks"] == [1, 0, 1, 0, 0, 0]
    assert counts["platforms"] == [1, 0, 0, 1, 0, 0]
    assert [total for _platform, _day, total in stored(database, track)] == [10, 21, 30]
    song = database.execute("SELECT name, credit_name, isrc, labels FROM tracks").fetchone()
    assert song == ("bad guy", "Billie Eilish", "OURS", [{"name": "Darkroom", "type": ""}])
    state = db.session.get_one(AudienceState, (track, spotify))
    assert (state.status, state.fetched_at, state.version) == ("empty", moment, 5)
    assert run(app, old_url).exit_code == 0


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from([1, 2, 3]), st.integers(0, 3), st.integers(0, 3)),
        max_size=20,
    ),
    order=st.randoms(use_true_random=False),
)
def test_any_duplicates_in_any_order_end_in_the_newest_values_once(
    app: Flask,
    database: psycopg.Connection,
    old: Old,
    old_url: str,
    rows: list[tuple[int, ...]],
    order: random.Random,
) -> None:
    """Two old tracks are one of ours, and of three old platforms two; the value tells which row it was."""
    empty(database)
    old.execute(f"TRUNCATE soundcharts_platform, soundcharts_track, {SERIES} RESTART IDENTITY")
    for slug in ("youtube", "You-Tube", "spotify"):
        add(old, "soundcharts_platform", slug=slug, name=slug)
    for uuid in (SEED_TRACK, SEED_TRACK.upper()):
        add(old, "soundcharts_track", uuid=uuid, name="bad guy", credit_name="")
    shuffled = list(enumerate(rows + rows))
    order.shuffle(shuffled)
    newest: dict[tuple[str, date], tuple[datetime, int]] = {}
    for number, (track, platform, place, hours) in shuffled:
        day, moment = DAY + timedelta(days=place), T0 + timedelta(hours=hours)
        value(old, track, platform, day, number, moment)
        key = ("spotify" if platform == 3 else "youtube", day)
        newest[key] = max(newest.get(key, (moment, number)), (moment, number), key=lambda each: each[0])
        if newest[key][0] == moment:
            newest[key] = (moment, number)  # of two of one moment the later row

    assert run(app, old_url).exit_code == 0
    found = database.execute(
        "SELECT slug, date, fetched_at, audience_value FROM track_audience_time_series"
        " JOIN platforms ON platforms.id = platform_id ORDER BY 1, 2"
    ).fetchall()
    assert found == [(*key, *newest[key]) for key in sorted(newest)]
    assert database.execute("SELECT count(*) FROM audience_revisions").fetchone() == (0,)
    assert told(run(app, old_url))["audience"][1:3] == [0, 0]


def test_it_only_reads_the_old_database(app: Flask, broken: Old, old_url: str) -> None:
    tables = ("soundcharts_platform", "soundcharts_artist", "soundcharts_track", SERIES)
    queries = [f"SELECT xmin, old::text FROM {table} AS old ORDER BY id" for table in tables]
    before = [broken.execute(query).fetchall() for query in queries]
    run(app, old_url)
    assert [broken.execute(query).fetchall() for query in queries] == before


def test_tracks_under_two_uuids_of_one_song_are_joined(
    app: Flask, database: psycopg.Connection, old: Old, old_url: str
) -> None:
    make_track(database, OTHER, "Kept")
    database.execute("INSERT INTO track_aliases (uuid, track_id) SELECT %s, id FROM tracks", [SEED_TRACK])
    add(old, "soundcharts_track", id=1, uuid=SEED_TRACK, name="One", credit_name="")
    add(old, "soundcharts_track", id=2, uuid=OTHER, name="Two", credit_name="")
    result = run(app, old_url)
    assert result.exit_code == 0, result.output
    assert database.execute("SELECT uuid::text, name FROM tracks").fetchall() == [(OTHER, "Kept")]
