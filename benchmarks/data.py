"""Generated rankings, series, runs, calls and events of any size, stored by the system's own write path."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import psycopg

from jobs.soundcharts import Chart as ApiChart
from jobs.soundcharts import FoundSong, Ranking, RankingEntry
from jobs.tasks.rankings import store_ranking
from jobs.upserts import AudienceRow, note_imported, upsert_audience
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.models import Chart, Platform

POSITIONS = 84
BATCH = 20_000
COUNTRIES = ("", "US", "FR", "DE", "GB", "BR", "JP", "MX", "ES", "IT")


class Size(NamedTuple):
    """How many of each are generated; at scale 1 there are 10 million entries and 10 million points."""

    charts: int
    tracks: int
    series_tracks: int
    series_days: int
    log_rows: int
    ranking_days: int = 60

    @classmethod
    def at(cls, scale: float) -> "Size":
        """Returns the size at a scale."""
        return cls(
            charts=max(4, round(2000 * scale)),
            tracks=max(400, round(100_000 * scale)),
            series_tracks=max(20, round(5000 * scale)),
            series_days=400,
            log_rows=max(1000, round(1_000_000 * scale)),
        )


CHARTS = """
INSERT INTO charts (
    slug, name, platform_id, country_code, country_name, frequency, sync_enabled, search_text, max_entries
)
SELECT
    'chart-' || number, 'Chart ' || number,
    (SELECT id FROM platforms WHERE has_song_charts ORDER BY id OFFSET number %% 5 LIMIT 1),
    (CAST(%s AS text[]))[1 + number %% 10], (CAST(%s AS text[]))[1 + number %% 10],
    CASE number %% 10 WHEN 9 THEN 'weekly' ELSE 'daily' END, number %% 10 < 9, 'chart ' || number, 84
FROM generate_series(1, %s::int) AS number
"""
ARTISTS = """
INSERT INTO artists (uuid, name, search_text, country_code)
SELECT ('00000000-0000-4000-9000-' || lpad(to_hex(number), 12, '0'))::uuid, 'Artist ' || number,
    'artist ' || number, 'US'
FROM generate_series(1, %s::int) AS number
"""
CREDITS = """
INSERT INTO track_artists (track_id, artist_id, position)
SELECT tracks.id, artists.id, 1
FROM tracks
JOIN artists ON artists.name = 'Artist ' || 1 + tracks.id %% (SELECT count(*) FROM artists)
"""
RELEASES = "UPDATE tracks SET release_date = date '2019-01-01' + CAST(id %% 2800 AS integer)"
RUNS = """
INSERT INTO job_runs (
    task, args, queue, dedupe_key, state, created_at, started_at, finished_at, calls, records_created, error
)
SELECT
    (ARRAY['fetch_audience', 'sync_chart', 'fetch_ranking', 'fetch_metadata'])[1 + number %% 4],
    CASE number %% 4
        WHEN 0 THEN jsonb_build_object('track_uuid', songs.uuid, 'platform', 'spotify')
        WHEN 3 THEN jsonb_build_object('track_uuids', jsonb_build_array(songs.uuid))
        ELSE jsonb_build_object('chart', 'chart-' || 1 + number %% 100, 'platform', 'spotify')
    END,
    'sync', 'key ' || number,
    CASE WHEN number %% 200 = 0 THEN 'failed' ELSE 'succeeded' END,
    at, at + interval '2 seconds', at + interval '5 seconds', 1, number %% 3,
    CASE WHEN number %% 200 = 0 THEN 'HTTP 500 for /song' ELSE '' END
FROM generate_series(1, %s::int) AS number
CROSS JOIN LATERAL (SELECT now() - (%s::int - number) * interval '9 seconds' AS at) AS times
CROSS JOIN LATERAL (
    SELECT '00000000-0000-0000-0000-' || lpad(to_hex(1 + number %% 500), 12, '0') AS uuid
) AS songs
"""
CALLS = """
INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, quota_left)
SELECT now() - (%s::int - number) * interval '9 seconds', 'song_audience', '/song', 200, 100, 1000000 - number
FROM generate_series(1, %s::int) AS number
"""
EVENTS = """
INSERT INTO audit_events (happened_at, actor, action, subject, search_text)
SELECT now() - (%s::int - number) * interval '9 seconds', 'a@example.com', 'track.refresh', 'Song ' || number,
    'a@example.com track.refresh song ' || number
FROM generate_series(1, %s::int) AS number
"""


def fill(connection: psycopg.Connection, size: Size) -> None:
    """Stores everything in the database of the current app."""
    codes = list(COUNTRIES)
    connection.execute(CHARTS, [codes, codes, size.charts])
    for chart in db.session.scalars(db.select(Chart).order_by(Chart.id)).all():
        for ranking in rankings(chart, size):
            store_ranking(chart, ranking, run_uuid=None, received_at=datetime.now(UTC))
        db.session.commit()
    connection.execute(ARTISTS, [max(1, size.tracks // 10)])
    for statement in (RELEASES, CREDITS):
        connection.execute(statement, [])  # without parameters %% would stay
    tracks = [
        row[0]
        for row in connection.execute("SELECT id FROM tracks ORDER BY id LIMIT %s", [size.series_tracks])
    ]
    points = series(tracks, size.series_days)
    while rows := list(islice(points, BATCH)):
        upsert_audience(rows)
        note_imported(dict.fromkeys((row.track_id, row.platform_id) for row in rows), datetime.now(UTC))
        db.session.commit()
    for statement in (RUNS, CALLS, EVENTS):
        connection.execute(statement, [size.log_rows, size.log_rows])
    connection.execute("VACUUM ANALYZE")


def rankings(chart: Chart, size: Size) -> Iterator[Ranking]:
    """Generates a chart's rankings, oldest first: each day three songs enter, and others move a little."""
    chance = random.Random(chart.id)  # noqa: S311 (the same songs each time)
    head = ApiChart(slug=chart.slug, name=chart.name, platform="spotify", frequency=chart.frequency)
    songs = chance.sample(range(1, size.tracks + 1), POSITIONS)
    entered: dict[int, date] = {}
    before: list[int] = []
    step = 7 if chart.frequency == "weekly" else 1
    for day in range(0, size.ranking_days, step):
        ranked_on = today() - timedelta(days=size.ranking_days - 1 - day)
        entries = tuple(
            entry(place, song, entered.setdefault(song, ranked_on), before=before)
            for place, song in enumerate(songs, start=1)
        )
        yield Ranking(
            chart=head, ranked_at=f"{ranked_on}T12:00:00+00:00", ranked_on=ranked_on, entries=entries
        )
        before = songs
        new = [song for song in chance.sample(range(1, size.tracks + 1), 6) if song not in songs][:3]
        songs = moved(chance, songs)[: POSITIONS - len(new)]
        for song in new:
            songs.insert(chance.randrange(len(songs)), song)


def moved(chance: random.Random, songs: Sequence[int]) -> list[int]:
    """Returns the songs in another order, each near its former place."""
    places = [(place + chance.uniform(-4, 4), song) for place, song in enumerate(songs)]
    return [song for _, song in sorted(places)]


def entry(position: int, number: int, entered_on: date, *, before: Sequence[int]) -> RankingEntry:
    """Returns the row of song `number`, with its place in the ranking before."""
    song = FoundSong(uuid=str(UUID(int=number)), name=f"Song {number}", credit_name=f"Artist {number % 1000}")
    old_position = before.index(number) + 1 if number in before else 0
    return RankingEntry(song=song, position=position, entry_date=entered_on, old_position=old_position)


def series(tracks: Iterable[int], days: int) -> Iterator[AudienceRow]:
    """Generates a value a day for each track on five platforms."""
    query = db.select(Platform.id).where(Platform.has_song_audience).order_by(Platform.id).limit(5)
    platforms = db.session.scalars(query).all()
    fetched_at = datetime.now(UTC)
    dates: list[date] = [today() - timedelta(days=days - 1 - day) for day in range(days)]
    for track in tracks:
        for platform in platforms:
            gain = 100 + track * 7919 % 5000
            for place, day in enumerate(dates):
                value = 10_000 + gain * place + place * place
                item = {"date": f"{day}", "plots": [{"identifier": "a", "value": value}]}
                yield AudienceRow(
                    track_id=track,
                    platform_id=platform,
                    date=day,
                    audience_value=value,
                    platform_identifier="a",
                    fetched_at=fetched_at,
                    api_data=item,
                )
