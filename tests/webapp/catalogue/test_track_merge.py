"""Two tracks that are one song: what a merge moves, keeps and leaves."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    T0,
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
    stored,
)
from webapp.catalogue.track_merge import TrackMergeError, merge_tracks, settle_aliases
from webapp.connection import driver_connection
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.work.queue import record
from webapp.work.requests import audience_request

OLD = UUID("00000000-0000-4000-8000-00000000000a")
NEW = UUID("00000000-0000-4000-8000-00000000000b")
DAY = date(2024, 1, 1)

REFERENCES = """
    SELECT conrelid::regclass::text, attname
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = 'tracks'::regclass AND conrelid::regclass::text NOT LIKE '%.%'
"""


@pytest.fixture
def pair(app: Flask, database: psycopg.Connection) -> tuple[int, int]:
    """The track that is kept, and the one that is lost."""
    return make_track(database, str(NEW), "Song"), make_track(database, str(OLD), "Song")


def put(track: int, platform: int, values: dict[int, int], hours: int = 0) -> None:
    """Stores values by the number of the day, fetched `hours` after T0."""
    dated = [(DAY + timedelta(days=day), value) for day, value in values.items()]
    insert_series(driver_connection(), audience_rows(track, platform, dated, T0 + timedelta(hours=hours)))


def names_of(database: psycopg.Connection, track: int) -> list[str]:
    """Returns the tables that name a track by its id."""
    found = []
    for table, column in database.execute(REFERENCES).fetchall():
        query = f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = %s)"
        if database.execute(query, [track]).fetchone() == (True,):
            found.append(table)
    return found


def test_everything_moves_and_nothing_names_the_lost_track(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    kept, lost = pair
    spotify = platform_id(database, "spotify")
    put(kept, spotify, {0: 10, 1: 20}, hours=1)
    put(lost, spotify, {1: 25, 2: 30}, hours=2)
    db.session.commit()
    chart = make_chart(database, "top")
    make_ranking(database, chart, DAY, [lost, kept])
    make_artist(database, str(uuid4()), "Both", [kept, lost])
    make_artist(database, str(uuid4()), "One", [lost])
    database.execute(
        "INSERT INTO users (email, password_hash) VALUES ('a@example.com', '');"
        "INSERT INTO lists (owner_id, name) VALUES (1, 'Mine'), (1, 'Other');"
        "INSERT INTO list_tracks (list_id, track_id) VALUES (1, 1), (1, 2), (2, 2);"
        "INSERT INTO notes (track_id, noted_on, text, search_text, author_id)"
        " VALUES (2, '2024-01-01', 'x', 'x', 1);"
        f"INSERT INTO saved_views (owner_id, name, url) VALUES (1, 'V', '/compare/?tracks={OLD}');"
        "INSERT INTO batches (action, requested_by) VALUES ('fetch', 1);"
        f"INSERT INTO batch_items SELECT uuid, 1, 'Song', '{OLD}', NULL, NULL, NULL, 'fresh' FROM batches"
    )
    database.execute(
        "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, 'x', %s)",
        [spotify, lost],
    )
    merge_tracks(kept, lost)
    db.session.commit()

    assert names_of(database, lost) == []
    assert database.execute("SELECT id, uuid FROM tracks").fetchall() == [(kept, NEW)]
    assert database.execute("SELECT uuid, track_id FROM track_aliases").fetchall() == [(OLD, kept)]
    assert [(day - DAY).days for _, day, _ in stored(database, kept)] == [0, 1, 2]
    assert [value for _, _, value in stored(database, kept)] == [10, 25, 30]
    revised = "SELECT track_id, former_value, audience_value FROM audience_revisions"
    assert database.execute(revised).fetchall() == [(kept, 20, 25)]
    states = "SELECT track_id, latest_value, due_at <= now() FROM audience_states"
    assert database.execute(states).fetchall() == [(kept, 30, True)]
    entries = "SELECT position, track_id, repeats FROM chart_ranking_entries ORDER BY position"
    assert database.execute(entries).fetchall() == [(1, kept, False), (2, kept, True)]
    assert database.execute("SELECT list_id FROM list_tracks ORDER BY 1").fetchall() == [(1,), (2,)]
    assert database.execute("SELECT count(*) FROM track_artists").fetchone() == (2,)
    assert database.execute("SELECT url FROM saved_views").fetchone() == (f"/compare/?tracks={NEW}",)
    assert database.execute("SELECT track_uuid FROM batch_items").fetchone() == (NEW,)
    event = database.execute("SELECT action, subject, before ->> 'uuid' FROM audit_events").fetchall()
    assert event == [("track.merge", f"track {NEW}", str(OLD))]


def test_runs_of_the_lost_series_are_those_of_the_kept(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    kept, lost = (db.session.get_one(Track, track) for track in pair)
    spotify, youtube = Platform.find("spotify"), Platform.find("youtube")
    assert spotify is not None
    assert youtube is not None
    for track, platform in ((kept, spotify), (lost, spotify), (lost, youtube)):
        record([audience_request(track, platform)])[0]
    db.session.commit()
    merge_tracks(*pair)
    db.session.commit()
    runs = "SELECT state, dedupe_key, args ->> 'track_uuid' FROM job_runs ORDER BY number"
    both, alone = f"audience:{pair[0]}:{spotify.id}", f"audience:{pair[0]}:{youtube.id}"
    assert database.execute(runs).fetchall() == [
        ("queued", both, str(NEW)),
        ("cancelled", both, str(NEW)),
        ("queued", alone, str(NEW)),
    ]


def test_whatever_names_the_alias_means_the_kept_track(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    third = make_track(database, str(uuid4()), "Third")
    merge_tracks(*pair)
    merge_tracks(third, pair[0])
    db.session.commit()
    for uuid in (OLD, NEW):
        found = Track.find(uuid)
        assert found is not None
        assert found.id == third
        database.execute(
            "INSERT INTO tracks (uuid, name) VALUES (%s, 'x') ON CONFLICT (uuid) DO UPDATE SET name = 'y'",
            [uuid],
        )
    assert database.execute("SELECT id, name FROM tracks").fetchall() == [(third, "y")]
    with pytest.raises(TrackMergeError, match="already one track"):
        merge_tracks(third, pair[1])


def test_a_song_that_is_not_held_under_its_own_uuid_is_renamed(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    own = uuid4()
    assert settle_aliases({OLD: own, NEW: NEW}) == [f"The song {OLD} now has the uuid {own}."]
    db.session.commit()
    assert settle_aliases({OLD: own, own: OLD}) == []
    assert database.execute("SELECT id FROM tracks WHERE uuid = %s", [own]).fetchone() == (pair[1],)
    assert database.execute("SELECT uuid, track_id FROM track_aliases").fetchall() == [(OLD, pair[1])]


@pytest.mark.timescale
def test_compressed_chunks_are_merged(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    assert describe_engine(database).has_aggregates
    spotify = platform_id(database, "spotify")
    put(pair[0], spotify, {day: day for day in range(0, 60, 2)}, hours=1)
    put(pair[1], spotify, {day: 1000 + day for day in range(40)}, hours=2)
    db.session.commit()
    for (chunk,) in database.execute("SELECT show_chunks('track_audience_time_series')::text").fetchall():
        database.execute("SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])
    connection = driver_connection()
    connection.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 1")
    merge_tracks(*pair)
    db.session.commit()
    connection.execute("RESET timescaledb.max_tuples_decompressed_per_dml_transaction")
    connection.commit()
    expected = {day: day for day in range(0, 60, 2)} | {day: 1000 + day for day in range(40)}
    values = {(day - DAY).days: value for _, day, value in stored(database, pair[0])}
    assert values == expected
    assert names_of(database, pair[1]) == []


VALUES = st.dictionaries(st.integers(0, 9), st.tuples(st.integers(0, 50), st.integers(0, 3)), max_size=10)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES, VALUES)
def test_what_is_held_is_the_union_and_the_newer_value(
    app: Flask,
    database: psycopg.Connection,
    kept: dict[int, tuple[int, int]],
    lost: dict[int, tuple[int, int]],
) -> None:
    pair = [make_track(database, str(uuid4()), "Song") for _ in range(2)]
    spotify = platform_id(database, "spotify")
    for track, series in zip(pair, (kept, lost), strict=True):
        for day, (value, hours) in series.items():
            put(track, spotify, {day: value}, hours)
    merge_tracks(*pair)
    db.session.commit()
    newest = {
        day: max(kept.get(day, (0, -1)), lost.get(day, (0, -1)), key=lambda told: told[1])[0]
        for day in kept | lost
    }
    assert {(day - DAY).days: value for _, day, value in stored(database, pair[0])} == newest
    differing = sum(kept[day][0] != lost[day][0] for day in kept.keys() & lost.keys())
    revised = "SELECT count(*) FROM audience_revisions WHERE track_id = %s"
    assert database.execute(revised, [pair[0]]).fetchone() == (differing,)
    assert names_of(database, pair[1]) == []
