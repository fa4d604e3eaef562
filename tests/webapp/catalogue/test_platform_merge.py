"""Merging two platforms: what moves, what wins, what waits, and that no date of a track is lost."""

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.refresher import refresh_aggregates
from jobs.upserts import upsert_audience, upsert_platforms
from tests.factories import (
    T0,
    audience_rows,
    insert_series,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
    stored,
)
from tests.jobs.test_refresher import assert_aggregates_equal_raw_rows
from webapp.catalogue.platform_merge import merge, merge_parts, merge_samples
from webapp.connection import driver_connection
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import Platform

DAY = date(2024, 1, 1)


@pytest.fixture
def pair(app: Flask, database: psycopg.Connection) -> tuple[int, int]:
    """YouTube, and the platform 'yuotube', a typing error."""
    made = database.execute(
        "INSERT INTO platforms (slug, name, platform_identifier, has_song_audience)"
        " VALUES ('yuotube', 'Yuotube', 'yuo-tube-api', true) RETURNING id"
    ).fetchone()
    assert made is not None
    return platform_id(database, "youtube"), int(made[0])


def put(track: int, platform: int, values: dict[int, int], hours: int = 0) -> None:
    """Values by days after DAY, fetched `hours` after T0."""
    dated = [(DAY + timedelta(days=day), value) for day, value in values.items()]
    upsert_audience(audience_rows(track, platform, dated, T0 + timedelta(hours=hours)))
    db.session.execute(
        db.text("INSERT INTO audience_states (track_id, platform_id) VALUES (:t, :p) ON CONFLICT DO NOTHING"),
        {"t": track, "p": platform},
    )
    db.session.commit()


def test_every_table_that_names_a_platform_is_covered(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    """A table that is added has to be merged too."""
    referring = database.execute(
        "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'platforms'::regclass"
        " AND conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    ).fetchall()
    assert {part.name for part in merge_parts(*pair)} == {name for (name,) in referring}


def test_all_of_it_moves(app: Flask, database: psycopg.Connection, pair: tuple[int, int]) -> None:
    winner, loser = pair
    track, other = make_track(database), make_track(database, str(uuid4()), "Other")
    put(track, winner, {0: 10, 1: 20}, hours=1)
    put(track, loser, {1: 25, 2: 30}, hours=2)
    put(other, loser, {5: 7})
    put(other, loser, {5: 8}, hours=1)
    chart = make_chart(database, "top", platform="yuotube")
    make_ranking(database, chart, DAY, [track, other])
    for platform, identifier, owner in ((winner, "a", track), (loser, "a", other), (loser, "b", other)):
        database.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id, last_seen_at)"
            " VALUES (%s, %s, %s, now() + %s * interval '1 hour')",
            [platform, identifier, owner, platform],
        )
    user = database.execute(
        "INSERT INTO users (email, password_hash, role) VALUES ('a@b.c', '', 'admin') RETURNING id"
    ).fetchone()
    database.execute("INSERT INTO platform_aliases VALUES ('youtoube', %s)", [loser])
    spotify, awa = platform_id(database, "spotify"), platform_id(database, "awa")
    for pairs in ((spotify, loser), (winner, loser), (awa, loser)):
        database.execute("INSERT INTO platform_distinctions VALUES (%s, %s)", pairs)
    database.execute(
        "WITH made AS (INSERT INTO batches (action, requested_by) VALUES ('fetch', %s) RETURNING uuid)"
        " INSERT INTO batch_items (batch_uuid, position, subject, platform_id, outcome)"
        " SELECT uuid, 1, 's', %s, 'fresh' FROM made",
        [user and user[0], loser],
    )
    told = {part.name: part[1:] for part in merge_parts(winner, loser)}
    assert told["track_audience_time_series"] == (3, 1, 1)
    assert told["track_identifiers"] == (2, 1, 1)
    assert told["platform_distinctions"] == (3, 1, 0)
    assert told["audience_revisions"] == (1, 0, 0)
    samples = {sample.about: sample.loser_stays for sample in merge_samples(winner, loser)}
    assert samples == {"2024-01-02": True, "a": True}

    assert {part.name: part[1:] for part in merge(winner, loser)} == told
    db.session.commit()

    assert [value for _, _, value in stored(database, track)] == [10, 25, 30]
    assert [value for _, _, value in stored(database, other)] == [8]
    for table in told:
        if table not in ("platform_aliases", "platform_distinctions"):
            left = database.execute(f"SELECT DISTINCT platform_id FROM {table}").fetchall()
            assert left == [(winner,)], table
    aliases = database.execute(
        "SELECT fold FROM platform_aliases WHERE platform_id = %s ORDER BY 1", [winner]
    )
    assert [fold for (fold,) in aliases] == ["youtoube", "yuotube", "yuotubeapi"]
    distinctions = database.execute("SELECT platform_id, other_id FROM platform_distinctions ORDER BY 1")
    assert distinctions.fetchall() == [(spotify, winner), (winner, awa)]
    assert Platform.find("Yuo-Tube") is db.session.get(Platform, winner)
    assert upsert_platforms({"yuo-tube-api": "New"}) == {"yuo-tube-api": winner}
    event = database.execute("SELECT actor, action, subject, before, after FROM audit_events").fetchall()
    assert [row[:3] for row in event] == [("command line", "platform.merge", "platform youtube")]
    assert event[0][3] == {"slug": "yuotube", "name": "Yuotube"}
    assert event[0][4]["track_audience_time_series"] == "3 moved, 1 met, 1 differed"
    refresh_aggregates()
    assert_aggregates_equal_raw_rows(database, track)


@pytest.mark.parametrize(("rule", "values"), [("max", [7, 9]), ("sum", [12, 14])])
def test_values_of_another_plot_rule_are_counted_again(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int], rule: str, values: list[int]
) -> None:
    """The loser counts the largest of two plots on two days; the winner has what it counted itself."""
    winner, loser = pair
    track = make_track(database)
    database.execute("UPDATE platforms SET plot_rule = %s WHERE id = %s", [rule, winner])
    database.execute("UPDATE platforms SET plot_rule = 'max' WHERE id = %s", [loser])
    put(track, winner, {2: 20})
    rows = [
        row._replace(
            api_data={"plots": [{"identifier": "a", "value": row[3]}, {"identifier": "b", "value": 5}]}
        )
        for row in audience_rows(track, loser, [(DAY, 7), (DAY + timedelta(days=1), 9)])
    ]
    insert_series(database, rows)
    merge(winner, loser)
    db.session.commit()
    assert [value for _, _, value in stored(database, track)] == [*values, 20]
    query = "SELECT former_value, audience_value FROM audience_revisions ORDER BY date"
    changed = [] if rule == "max" else [(7, 12), (9, 14)]
    assert database.execute(query).fetchall() == changed
    kept = database.execute("SELECT latest_value, gain_7_days FROM audience_states").fetchall()
    assert (
        kept
        == database.execute(
            "SELECT latest_value, gain_7_days FROM audience_summary(%s, %s)", [track, winner]
        ).fetchall()
    )
    refresh_aggregates()
    assert_aggregates_equal_raw_rows(database, track)


@pytest.mark.timescale
def test_a_compressed_chunk_is_merged(
    app: Flask, database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    winner, loser = pair
    assert describe_engine(database).has_aggregates
    track = make_track(database)
    put(track, winner, {day: day for day in range(0, 60, 2)}, hours=1)
    put(track, loser, {day: 1000 + day for day in range(40)}, hours=2)
    for (chunk,) in database.execute("SELECT show_chunks('track_audience_time_series')::text").fetchall():
        database.execute("SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])
    database.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 1")
    connection = driver_connection()
    connection.execute("SET timescaledb.max_tuples_decompressed_per_dml_transaction = 1")
    merge(winner, loser)
    db.session.commit()
    limit = connection.execute("SHOW timescaledb.max_tuples_decompressed_per_dml_transaction").fetchone()
    assert limit == ("1",)
    connection.execute("RESET timescaledb.max_tuples_decompressed_per_dml_transaction")
    connection.commit()
    values = {day: value for _, day, value in stored(database, track)}
    expected = {day: day for day in range(0, 60, 2)} | {day: 1000 + day for day in range(40)}
    assert values == {DAY + timedelta(days=day): value for day, value in expected.items()}
    refresh_aggregates()
    assert_aggregates_equal_raw_rows(database, track)


SERIES = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 9)),
    st.tuples(st.integers(0, 50), st.integers(0, 3)),
    max_size=20,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SERIES, SERIES)
def test_no_date_of_a_track_is_lost_and_the_newer_value_stays(
    app: Flask,
    database: psycopg.Connection,
    kept: dict[tuple[int, int], tuple[int, int]],
    lost: dict[tuple[int, int], tuple[int, int]],
) -> None:
    winner = platform_id(database, "youtube")
    loser = platform_id(database, "youtube_shorts")
    tracks = [make_track(database, str(uuid4()), "Song") for _ in range(2)]
    for platform, series in ((winner, kept), (loser, lost)):
        for (track, day), (value, hours) in series.items():
            dated = [(DAY + timedelta(days=day), value)]
            fetched = T0 + timedelta(hours=hours)
            insert_series(database, audience_rows(tracks[track], platform, dated, fetched))
    merge(winner, loser)
    try:
        found = {
            (tracks.index(row.track_id), (row.date - DAY).days): row.audience_value
            for row in db.session.execute(
                db.text(
                    "SELECT track_id, date, audience_value FROM track_audience_time_series"
                    " WHERE track_id = ANY(:tracks)"
                ),
                {"tracks": tracks},
            )
        }
        revised = db.session.execute(
            db.text("SELECT former_value, audience_value FROM audience_revisions")
        ).all()
    finally:
        db.session.rollback()
        database.execute("TRUNCATE track_audience_time_series, audience_states")
    newest = {
        key: max(kept.get(key, (0, -1)), lost.get(key, (0, -1)), key=lambda told: told[1])[0]
        for key in kept | lost
    }
    assert found == newest
    met = [{kept[key][0], lost[key][0]} for key in kept.keys() & lost.keys()]
    assert sorted(map(sorted, map(set, revised))) == sorted(sorted(both) for both in met if len(both) == 2)
