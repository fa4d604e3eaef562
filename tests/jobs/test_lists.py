"""Lists that are kept fresh: what they stand for is due as often as what charts."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from jobs.schedule import sweep_audience
from tests.factories import make_artist, make_track, platform_id
from tests.jobs.tasks.rankings import carry_out_all
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.desk.lists import Members, create_list, keep_fresh, put_on, take_off
from webapp.extensions import db
from webapp.models import UserList

ARTIST = "00000000-0000-4000-8000-00000000000a"
TRACK, PERFORMER = Members([UUID(SEED_TRACK)]), Members(artists=[UUID(ARTIST)])


@pytest.fixture
def track(app: Flask, database: psycopg.Connection) -> int:
    """The seeds' track, wanted on Spotify."""
    track_id = make_track(database)
    make_artist(database, ARTIST, "Billie Eilish", [track_id])
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, due_at) VALUES (%s, %s, now())",
        [track_id, platform_id(database, "spotify")],
    )
    return track_id


@pytest.fixture
def roster(app: Flask, database: psycopg.Connection) -> UserList:
    row = database.execute(
        "INSERT INTO users (email, password_hash, role) VALUES ('a@b.c', 'x', 'operator') RETURNING id"
    ).fetchone()
    assert row is not None
    made = create_list(row[0], "Roster")
    db.session.commit()
    return made


def fetch() -> None:
    """Fetches what is due."""
    db.session.rollback()
    assert sweep_audience() == 1
    carry_out_all("fetch_audience")


def days_left(database: psycopg.Connection) -> int:
    row = database.execute("SELECT due_at FROM audience_states WHERE status = 'ok'").fetchone()
    assert row is not None
    left: timedelta = row[0] - datetime.now(UTC)
    return round(left.total_seconds() / 86400)


@pytest.mark.parametrize("members", [TRACK, PERFORMER], ids=["a track", "the track's artist"])
@pytest.mark.parametrize(("fresh", "days"), [(True, 1), (False, 7)])
def test_what_a_fresh_list_stands_for_is_due_after_a_day(
    database: psycopg.Connection,
    sandbox: Sandbox,
    track: int,
    roster: UserList,
    members: Members,
    *,
    fresh: bool,
    days: int,
) -> None:
    put_on(roster, members)
    keep_fresh(roster, fresh=fresh)
    db.session.commit()
    fetch()
    assert days_left(database) == days


def test_what_was_fetched_before_is_brought_forward(
    database: psycopg.Connection, sandbox: Sandbox, track: int, roster: UserList
) -> None:
    fetch()
    assert days_left(database) == 7
    keep_fresh(roster, fresh=True)
    db.session.commit()
    assert days_left(database) == 7  # nothing is on it yet
    put_on(roster, TRACK)
    db.session.commit()
    assert days_left(database) == 1
    take_off(roster, TRACK)
    database.execute("UPDATE audience_states SET due_at = now() + interval '7 days'")
    put_on(roster, PERFORMER)
    db.session.commit()
    assert days_left(database) == 1


def test_switching_on_brings_forward_and_what_the_api_has_nothing_of_waits(
    database: psycopg.Connection, sandbox: Sandbox, track: int, roster: UserList
) -> None:
    put_on(roster, TRACK)
    database.execute("UPDATE audience_states SET status = 'empty', due_at = now() + interval '30 days'")
    shazam = platform_id(database, "shazam")
    database.execute(
        "INSERT INTO audience_states (track_id, platform_id, status, looked_at, due_at)"
        " VALUES (%s, %s, 'ok', now() - interval '3 days', now() + interval '4 days')",
        [track, shazam],
    )
    keep_fresh(roster, fresh=True)
    db.session.commit()
    due = "SELECT platform_id, due_at <= now() FROM audience_states WHERE due_at < now() + interval '29 days'"
    assert database.execute(due).fetchall() == [(shazam, True)]
