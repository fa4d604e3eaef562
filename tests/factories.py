"""Rows that tests begin with, written by plain SQL."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from jobs.upserts import AudienceRow
from tests.sandbox_server import SEED_TRACK

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def make_track(connection: psycopg.Connection, uuid: str = SEED_TRACK, name: str = "bad guy") -> int:
    """A track with the metadata that the seeds show."""
    row = connection.execute(
        "INSERT INTO tracks (uuid, name, credit_name, search_text, metadata_fetched_at, release_date) "
        "VALUES (%s, %s, 'Billie Eilish', lower(%s || ' billie eilish'), now(), '2019-03-29') RETURNING id",
        [UUID(uuid), name, name],
    ).fetchone()
    assert row is not None
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
        AudienceRow(track_id, platform, day, value, "a", fetched_at, item(day, value))
        for day, value in values
    ]


def stored(connection: psycopg.Connection, track_id: int) -> list[tuple[int, date, int]]:
    """What is stored of a track: platform, date, value."""
    return connection.execute(
        "SELECT platform_id, date, audience_value FROM track_audience_time_series WHERE track_id = %s "
        "ORDER BY platform_id, date",
        [track_id],
    ).fetchall()


def insert_series(connection: psycopg.Connection, rows: Iterable[AudienceRow]) -> None:
    """Writes rows as they are, without revisions, and the state that goes with them."""
    series: set[tuple[int, int]] = set()
    for row in rows:
        connection.execute(
            "INSERT INTO track_audience_time_series VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [*row[:-1], Jsonb(row.api_data)],
        )
        series.add((row.track_id, row.platform_id))
    for track_id, platform in series:
        connection.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, fetched_at, looked_at, first_date,"
            " last_date, latest_value, version)"
            " SELECT %(t)s, %(p)s, 'ok', now(), now(), min(date), max(date), max(audience_value), 1"
            " FROM track_audience_time_series WHERE track_id = %(t)s AND platform_id = %(p)s"
            " ON CONFLICT (track_id, platform_id) DO NOTHING",
            {"t": track_id, "p": platform},
        )
