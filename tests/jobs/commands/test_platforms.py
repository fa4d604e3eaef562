"""Platforms that are one: healed where a database carries two, and impossible to make where it does not."""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from jobs.commands.platforms import platforms
from jobs.refresher import refresh_aggregates
from jobs.upserts import upsert_audience, upsert_platforms
from tests.factories import (
    T0,
    audience_rows,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
    stored,
)
from tests.jobs.test_refresher import assert_aggregates_equal_raw_rows
from webapp.engine import SCHEMA, describe_engine
from webapp.extensions import db
from webapp.models import Platform

DAY = date(2024, 1, 1)
AUGUST, SEPTEMBER = datetime(2025, 8, 27).astimezone(), datetime(2025, 9, 26).astimezone()

# The rows of the system that broke: id, slug, name, created, audience records.
SEED_ROWS = [
    (41, "youtube", "YouTube", AUGUST, 10),
    (43, "youtube", "Youtube", SEPTEMBER, 0),
    (38, "spotify", "Spotify", AUGUST, 578),
    (45, "spotify", "Spotify", SEPTEMBER, 0),
    (28, "deezer", "Deezer", AUGUST, 0),
    (44, "deezer", "Deezer", SEPTEMBER, 0),
]


@pytest.fixture
def loose(app: Flask, database: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A database whose constraints somebody dropped, with no platform in it."""
    database.execute("DELETE FROM platform_aliases")
    database.execute("DELETE FROM platforms")
    database.execute("ALTER TABLE platforms DROP CONSTRAINT platforms_slug_key")
    database.execute("ALTER TABLE platforms DROP CONSTRAINT platforms_fold_key")
    yield database
    db.session.remove()
    with contextlib.suppress(psycopg.errors.UniqueViolation):
        database.execute((SCHEMA / "platform_constraints.sql").read_bytes())
        return
    database.execute("TRUNCATE platforms CASCADE")
    database.execute((SCHEMA / "platform_constraints.sql").read_bytes())


def put(connection: psycopg.Connection, row: tuple[int, str, str, datetime, int]) -> None:
    connection.execute(
        "INSERT INTO platforms (id, slug, name, created_at) OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s)",
        row[:4],
    )


def write(track: int, platform: int, values: dict[date, int], hours: int = 0) -> None:
    upsert_audience(audience_rows(track, platform, values.items(), T0 + timedelta(hours=hours)))
    db.session.execute(
        db.text(
            "INSERT INTO audience_states (track_id, platform_id, status, looked_at)"
            " VALUES (:t, :p, 'ok', now()) ON CONFLICT DO NOTHING"
        ),
        {"t": track, "p": platform},
    )
    db.session.commit()


def dedupe(app: Flask, *arguments: str) -> Result:
    result = app.test_cli_runner().invoke(platforms, ["dedupe", *arguments])
    assert result.exit_code == 0, result.output
    return result


def numbered(count: int, first: int = 100) -> dict[date, int]:
    return {DAY + timedelta(days=place): first + place for place in range(count)}


def test_the_very_rows_that_broke_the_former_system(app: Flask, loose: psycopg.Connection) -> None:
    track = make_track(loose)
    for row in SEED_ROWS:
        put(loose, row)
        write(track, row[0], numbered(row[4]))

    told = dedupe(app, "--dry-run").output
    assert "'Youtube' (id 43) joins 'YouTube' (id 41)" in told
    assert "3 duplicates would be merged" in told
    assert loose.execute("SELECT count(*) FROM platforms").fetchone() == (6,)

    assert "3 duplicates were merged" in dedupe(app).output
    assert loose.execute("SELECT id FROM platforms ORDER BY id").fetchall() == [(28,), (38,), (41,)]
    counts = "SELECT platform_id, count(*) FROM track_audience_time_series GROUP BY 1 ORDER BY 1"
    assert loose.execute(counts).fetchall() == [(38, 578), (41, 10)]
    assert "0 duplicates were merged" in dedupe(app).output
    with pytest.raises(psycopg.errors.UniqueViolation):
        loose.execute("INSERT INTO platforms (slug, name) VALUES ('You-Tube', 'again')")


@pytest.mark.parametrize("compressed", [False, pytest.param(True, marks=pytest.mark.timescale)])
def test_of_two_values_for_a_date_the_newer_stays_and_the_other_is_kept_as_a_revision(
    app: Flask, loose: psycopg.Connection, *, compressed: bool
) -> None:
    put(loose, (1, "youtube", "YouTube", AUGUST, 0))
    put(loose, (2, "you_tube", "Youtube", SEPTEMBER, 0))
    track, other = make_track(loose), make_track(loose, str(uuid4()), "Other")
    write(track, 1, numbered(10, 100), hours=1)
    write(track, 2, {**numbered(3, 500), DAY + timedelta(days=20): 7}, hours=2)
    write(track, 2, {DAY + timedelta(days=5): 900}, hours=0)
    write(other, 2, numbered(2, 40))
    if compressed:
        _compress(loose)

    assert "7 values moved, 4 of them already present for the same track and date" in dedupe(app).output

    values = {day: value for _platform, day, value in stored(loose, track)}
    expected = {**numbered(10, 100), **numbered(3, 500), DAY + timedelta(days=20): 7}
    assert values == expected
    assert [value for _platform, _day, value in stored(loose, other)] == [40, 41]
    revisions = loose.execute(
        "SELECT date, former_value, audience_value FROM audience_revisions WHERE platform_id = 1 ORDER BY 1"
    ).fetchall()
    assert revisions == [
        (DAY, 100, 500),
        (DAY + timedelta(days=1), 101, 501),
        (DAY + timedelta(days=2), 102, 502),
        (DAY + timedelta(days=5), 900, 105),
    ]
    state = loose.execute(
        "SELECT first_date, last_date, latest_value FROM audience_states WHERE track_id = %s", [track]
    ).fetchall()
    assert state == [(DAY, DAY + timedelta(days=20), 7)]
    refresh_aggregates()
    assert_aggregates_equal_raw_rows(loose, track)


def _compress(connection: psycopg.Connection) -> None:
    assert describe_engine(connection).has_aggregates
    for (chunk,) in connection.execute("SELECT show_chunks('track_audience_time_series')::text").fetchall():
        with contextlib.suppress(psycopg.errors.DuplicateObject):
            connection.execute("SELECT compress_chunk(%s::regclass, if_not_compressed => true)", [chunk])


def test_identifiers_and_aliases_follow_and_the_spelling_stays(app: Flask, loose: psycopg.Connection) -> None:
    put(loose, (1, "x", "X", AUGUST, 0))
    put(loose, (2, "birdsite", "Twitter", SEPTEMBER, 0))
    track = make_track(loose)
    write(track, 1, numbered(2))
    loose.execute("INSERT INTO platform_aliases VALUES ('birdsite', 1), ('tweets', 2)")
    for platform, identifier in ((1, "a"), (2, "a"), (2, "b")):
        loose.execute(
            "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, %s, %s)",
            [platform, identifier, track],
        )
    assert "joins 'X' (id 1)" in dedupe(app).output
    aliases = loose.execute("SELECT fold, platform_id FROM platform_aliases ORDER BY fold").fetchall()
    assert aliases == [("birdsite", 1), ("tweets", 1)]
    found = loose.execute("SELECT platform_id, identifier FROM track_identifiers ORDER BY 2").fetchall()
    assert found == [(1, "a"), (1, "b")]
    # The next job that brings the lost spelling writes to the platform that was kept.
    assert upsert_platforms({"Bird-Site": "Twitter"}) == {"Bird-Site": 1}


def test_charts_follow_with_their_entries(app: Flask, loose: psycopg.Connection) -> None:
    put(loose, (1, "youtube", "YouTube", AUGUST, 0))
    put(loose, (2, "you_tube", "Youtube", SEPTEMBER, 0))
    loose.execute("UPDATE platforms SET has_song_charts = id = 2")
    track = make_track(loose)
    chart = make_chart(loose, "top", platform="you_tube")
    for day in (DAY, DAY + timedelta(days=7)):
        make_ranking(loose, chart, day, [track])
    refresh_aggregates()
    dedupe(app)
    assert loose.execute("SELECT platform_id, version FROM charts").fetchall() == [(1, 3)]
    refresh_aggregates()
    appearances = "SELECT platform_id, bucket, rankings FROM track_appearances_daily ORDER BY bucket"
    assert loose.execute(appearances).fetchall() == [(1, DAY, 1), (1, DAY + timedelta(days=7), 1)]
    assert loose.execute("SELECT has_song_charts FROM platforms").fetchall() == [(True,)]
    # A request with the lost spelling means the platform that was kept.
    found = Platform.find("you_tube")
    assert found is not None
    assert found.id == 1


def test_siblings_stay_two(app: Flask, database: psycopg.Connection) -> None:
    assert "0 duplicates were merged" in dedupe(app).output
    assert platform_id(database, "youtube") != platform_id(database, "youtube_shorts")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create", "You-Tube", "--name", "Mine"], "'You-Tube' is already the platform YouTube (youtube)."),
        (["create", "TWITTER", "--name", "Mine"], "'TWITTER' is already the platform X (x)."),
        (["create", "网易", "--name", "Mine"], "no letter or digit"),
        (["rename", "spotify", "you_tube"], "'you_tube' is already the platform YouTube (youtube)."),
        (["rename", "nowhere", "somewhere"], "There is no platform 'nowhere'."),
    ],
)
def test_a_spelling_that_is_taken_names_its_platform(
    app: Flask, database: psycopg.Connection, arguments: list[str], words: str
) -> None:
    result = app.test_cli_runner().invoke(platforms, arguments)
    assert result.exit_code == 1
    assert words in result.output
    assert database.execute("SELECT count(*) FROM platforms WHERE name = 'Mine'").fetchone() == (0,)


def test_a_platform_can_be_made_and_renamed(app: Flask, database: psycopg.Connection) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(platforms, ["create", "bandcamp", "--name", "Bandcamp"]).exit_code == 0
    for slug in ("band_camp", "camp", "bandcamp", "camp"):
        assert runner.invoke(platforms, ["rename", "BandCamp", slug]).exit_code == 0
    row = database.execute("SELECT id, slug, fold FROM platforms WHERE name = 'Bandcamp'").fetchone()
    assert row is not None
    assert row[1:] == ("camp", "camp")
    events = database.execute("SELECT action, subject FROM audit_events ORDER BY id").fetchall()
    assert events[:2] == [("platform.create", "platform bandcamp"), ("platform.rename", "platform band_camp")]
    assert len(events) == 5
    # Whoever still brings the former spelling means the renamed platform.
    assert upsert_platforms({"band-camp": "Bandcamp"}) == {"band-camp": row[0]}
