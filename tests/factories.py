"""Rows that tests begin with, written by plain SQL."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from secrets import token_urlsafe
from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from jobs.upserts import AudienceRow
from tests.sandbox_server import SEED_TRACK
from webapp.lib.text import search_text
from webapp.models import token_hash

T0 = datetime(2026, 1, 1, tzinfo=UTC)
COPY_ENTRIES = """
    COPY chart_ranking_entries (
        chart_id, ranked_on, position, track_id, platform_id, time_on_chart_unit, repeats,
        previous_position, metric, entry_date, time_on_chart
    ) FROM STDIN
"""


def add_session(database: psycopg.Connection, user: int) -> dict[str, str]:
    """A session of this user, as their browser's cookie holds it."""
    token = token_urlsafe()
    database.execute(
        "INSERT INTO user_sessions (token_hash, user_id, address, agent)"
        " VALUES (%s, %s, '127.0.0.1', 'a test')",
        [token_hash(token), user],
    )
    return {"_user_id": str(user), "token": token}


def make_track(connection: psycopg.Connection, uuid: str = SEED_TRACK, name: str = "bad guy") -> int:
    """A track with the metadata that the seeds show."""
    row = connection.execute(
        "INSERT INTO tracks (uuid, name, credit_name, search_text, metadata_fetched_at, release_date) "
        "VALUES (%s, %s, 'Billie Eilish', %s, now(), '2019-03-29') RETURNING id",
        [UUID(uuid), name, search_text(name, "Billie Eilish")],
    ).fetchone()
    assert row is not None
    return int(row[0])


def make_artist(
    connection: psycopg.Connection, uuid: str, name: str, tracks: Sequence[int] = (), country: str = ""
) -> int:
    """An artist credited on tracks."""
    row = connection.execute(
        "INSERT INTO artists (uuid, name, country_code, search_text) VALUES (%s, %s, %s, %s) RETURNING id",
        [uuid, name, country, search_text(name)],
    ).fetchone()
    assert row is not None
    for track_id in tracks:
        connection.execute("INSERT INTO track_artists VALUES (%s, %s, 1)", [track_id, row[0]])
    return int(row[0])


def make_list(
    connection: psycopg.Connection,
    tracks: Sequence[int] = (),
    artists: Sequence[int] = (),
    name: str = "Roster",
) -> int:
    """A list with these on it, of a user of its own."""
    row = connection.execute(
        "WITH owner AS (INSERT INTO users (email, password_hash, role)"
        " VALUES (%(n)s || '@a.b', 'x', 'viewer') RETURNING id)"
        " INSERT INTO lists (owner_id, name) SELECT id, %(n)s FROM owner RETURNING id",
        {"n": name},
    ).fetchone()
    assert row is not None
    for table, members in (("list_tracks", tracks), ("list_artists", artists)):
        for member in members:
            connection.execute(f"INSERT INTO {table} VALUES (%s, %s)", [row[0], member])
    return int(row[0])


def platform_id(connection: psycopg.Connection, slug: str) -> int:
    """The id of a default platform."""
    row = connection.execute("SELECT id FROM platforms WHERE slug = %s", [slug]).fetchone()
    assert row is not None, slug
    return int(row[0])


def item(day: date, value: int, identifier: str = "a") -> dict[str, object]:
    """An audience item as the API sends it."""
    return {"date": f"{day}T00:00:00+00:00", "plots": [{"identifier": identifier, "value": value}]}


def audience_rows(
    track_id: int, platform: int, values: Iterable[tuple[date, int]], fetched_at: datetime = T0
) -> list[AudienceRow]:
    """Rows as the processor makes them of one identifier's values."""
    return [
        AudienceRow(
            track_id=track_id,
            platform_id=platform,
            date=day,
            audience_value=value,
            platform_identifier="a",
            fetched_at=fetched_at,
            api_data=item(day, value),
        )
        for day, value in values
    ]


def stored(connection: psycopg.Connection, track_id: int) -> list[tuple[int, date, int]]:
    """What is stored of a track: platform, date, value."""
    return connection.execute(
        "SELECT platform_id, date, audience_value FROM track_audience_time_series WHERE track_id = %s "
        "ORDER BY platform_id, date",
        [track_id],
    ).fetchall()


def insert_values(connection: psycopg.Connection, rows: Iterable[AudienceRow]) -> None:
    """Writes rows as they are, without revisions."""
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY track_audience_time_series FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([*row[:-1], Jsonb(row.api_data)])


def insert_series(connection: psycopg.Connection, rows: Iterable[AudienceRow]) -> None:
    """Writes rows as they are, and the state that goes with them."""
    rows = list(rows)
    insert_values(connection, rows)
    for series in dict.fromkeys((row.track_id, row.platform_id) for row in rows):
        connection.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, fetched_at, looked_at, first_date,"
            " last_date, latest_value, last_whole_date, last_whole_value, fell_on, gain_7_days,"
            " gain_7_days_base, gain_7_days_covers, gain_7_days_caveat, gain_7_days_before, version)"
            " SELECT %s, %s, 'ok', now(), now(), found.*, 1 FROM audience_summary(%s, %s) AS found"
            " ON CONFLICT (track_id, platform_id) DO NOTHING",
            [*series, *series],
        )


def make_chart(
    connection: psycopg.Connection,
    slug: str = "global-28",
    *,
    platform: str = "spotify",
    name: str = "Top Songs",
    country: tuple[str, str] = ("", "Worldwide"),
    frequency: str = "daily",
    enabled: bool = True,
) -> int:
    """A chart of a default platform; `country` is its code and name."""
    row = connection.execute(
        "INSERT INTO charts (slug, name, platform_id, country_code, country_name, frequency, sync_enabled,"
        " search_text) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [
            *(slug, name, platform_id(connection, platform), *country, frequency, enabled),
            search_text(name, slug),
        ],
    ).fetchone()
    assert row is not None
    return int(row[0])


class Entry(NamedTuple):
    """A place in a ranking as the API would give it."""

    track_id: int
    previous: int | None = None
    entry_date: date | None = None
    metric: int | None = None
    times: int | None = None


def make_ranking(
    connection: psycopg.Connection,
    chart_id: int,
    day: date,
    entries: Sequence[Entry | int],
    fetched_at: datetime = T0,
) -> None:
    """A stored ranking; the first of `entries` (track ids where no more is known) is at position 1."""
    given = [entry if isinstance(entry, Entry) else Entry(entry) for entry in entries]
    with connection.transaction():  # is counted once
        connection.execute(
            "INSERT INTO chart_rankings (chart_id, ranked_on, ranked_at, entry_count, fetched_at, checked_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [chart_id, day, f"{day}T12:00:00+00:00", len(given), fetched_at, fetched_at],
        )
        _copy_entries(connection, chart_id, day, given)
        connection.execute(
            "UPDATE charts SET last_ranked_on = greatest(last_ranked_on, %(day)s), version = version + 1,"
            " last_synced_at = %(at)s WHERE id = %(chart)s",
            {"day": day, "at": fetched_at, "chart": chart_id},
        )


def lose_row(connection: psycopg.Connection, chart_id: int, day: date, position: int) -> None:
    """A row of a stored ranking that was refused, of a song that stands there once."""
    connection.execute(
        "DELETE FROM chart_ranking_entries WHERE chart_id = %s AND ranked_on = %s AND position = %s",
        [chart_id, day, position],
    )
    connection.execute(
        "UPDATE chart_rankings SET entry_count = entry_count - 1, refused_rows = refused_rows + 1,"
        " missing_positions = missing_positions(chart_id, ranked_on) WHERE chart_id = %s AND ranked_on = %s",
        [chart_id, day],
    )


def _copy_entries(connection: psycopg.Connection, chart_id: int, day: date, entries: Sequence[Entry]) -> None:
    """Writes the entries of a ranking as they are."""
    row = connection.execute(
        "SELECT platform_id, CASE frequency WHEN 'daily' THEN 'DOC' ELSE 'WOC' END FROM charts WHERE id = %s",
        [chart_id],
    ).fetchone()
    assert row is not None
    seen: set[int] = set()
    with connection.cursor() as cursor, cursor.copy(COPY_ENTRIES) as copy:
        for position, entry in enumerate(entries, start=1):
            place = [chart_id, day, position, entry.track_id, *row, entry.track_id in seen]
            copy.write_row([*place, entry.previous, entry.metric, entry.entry_date, entry.times])
            seen.add(entry.track_id)
