"""Rows for the dashboard, drawn at random from a seed, and the same read back raw."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

from tests.factories import (
    Entry,
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_list,
    make_ranking,
    platform_id,
)
from tests.snapshots import Snapshot, put_back, take
from webapp.lib.clock import today
from webapp.queries.dashboard.cards import Narrow, Window

ARTIST = "00000000-0000-4000-8000-00000000000a"
PLATFORMS = ("spotify", "youtube", "shazam")
COUNTRIES = (("", ""), ("FR", "France"), ("US", "United States"))
_MADE: dict[tuple[int, date], tuple["World", Snapshot]] = {}
"""The worlds by seed and day, for their dates count back from today."""
FREQUENCIES = ("daily", "weekly", "monthly", "")


class Charted(NamedTuple):
    """A chart of the generated data."""

    id: int
    slug: str
    step: int


@dataclass
class World:
    """The generated data: ids of tracks and charts; `listed` are the tracks of list `list_id`."""

    database: psycopg.Connection
    random: Random
    tracks: list[int] = field(default_factory=list)
    charts: list[Charted] = field(default_factory=list)
    list_id: int = 0
    listed: set[int] = field(default_factory=set)

    def raw(self, query: str) -> list[Any]:
        """Raw rows, by column name."""
        with self.database.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(query).fetchall()

    def charts_of(self, narrow: Narrow) -> dict[int, Any]:
        """The charts that a filter leaves, by id; of a list those whose newest ranking holds its tracks."""
        entries = self.raw("SELECT * FROM chart_ranking_entries")
        holds = {(entry.chart_id, entry.ranked_on) for entry in entries if entry.track_id in self.listed}
        return {
            chart.id: chart
            for chart in self.raw("SELECT * FROM charts")
            if narrow.platform_id in (None, chart.platform_id)
            and (narrow.country is None or narrow.country.replace("-", "") == chart.country_code)
            and (narrow.list_id is None or (chart.id, chart.last_ranked_on) in holds)
        }

    def tracks_of(self, narrow: Narrow) -> set[int]:
        """Returns the tracks that a filter leaves."""
        return set(self.tracks) if narrow.list_id is None else self.listed


def filters(world: World) -> Iterator[Narrow]:
    """No filter, each alone, and two together."""
    spotify = platform_id(world.database, "spotify")
    yield Narrow()
    yield Narrow(spotify)
    yield Narrow(None, "FR")
    yield Narrow(None, "-")
    yield Narrow(spotify, "US")
    yield Narrow(list_id=world.list_id)
    yield Narrow(spotify, list_id=world.list_id)


def windows(random: Random) -> list[Window]:
    """Returns every preset's length, and odd dates."""
    last = today()
    start = last - timedelta(days=random.randrange(20, 40))
    monday = last - timedelta(days=last.weekday() + 7)
    return [
        Window(last - timedelta(days=6), last),
        Window(last - timedelta(days=29), last),
        Window(monday, monday + timedelta(days=6)),
        Window(start, start + timedelta(days=random.randrange(12))),
    ]


def make_world(database: psycopg.Connection, seed: int) -> World:
    """Charts with holes, songs that stand twice, late, failing and idle ones; audience with gaps; calls.

    The database is empty. What was made of a seed once is only written back afterwards.
    """
    if (seed, today()) not in _MADE:
        with database.transaction():
            made = _made(World(database, Random(seed)))
        _MADE[seed, today()] = (made, take(database))
    else:
        put_back(database, _MADE[seed, today()][1])
    made, _ = _MADE[seed, today()]
    return replace(made, database=database, random=copy(made.random), listed=set(made.listed))


def _made(world: World) -> World:
    for number in range(25):
        world.tracks.append(_track(world, number))
    for number in range(7):
        chart = _chart(world, number)
        world.charts.append(chart)
        _rankings(world, chart)
    for track in world.tracks:
        _audience(world, track)
    _calls(world)
    _list(world)
    return world


def _list(world: World) -> None:
    """A list of two tracks and an artist of two more, one of them on it anyway."""
    one, both, other = world.random.sample(world.tracks, 3)
    world.list_id = make_list(
        world.database, [one, both], [make_artist(world.database, ARTIST, "A", [both, other])]
    )
    world.listed = {one, both, other}


def _track(world: World, number: int) -> int:
    released = world.random.choice([None, today() - timedelta(days=world.random.randrange(900))])
    row = world.database.execute(
        "INSERT INTO tracks (uuid, name, credit_name, search_text, release_date) VALUES (%s, %s, %s, '', %s)"
        " RETURNING id",
        [UUID(int=number + 1), f"Song {number}", f"Artist {number % 5}", released],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _chart(world: World, number: int) -> Charted:
    random = world.random
    frequency = random.choice(FREQUENCIES)
    slug = f"chart-{number}"
    chart = make_chart(
        world.database,
        slug,
        platform=random.choice(PLATFORMS),
        name=f"Chart {number}",
        country=random.choice(COUNTRIES),
        frequency=frequency,
        enabled=random.random() < 0.8,
    )
    return Charted(chart, slug, {"daily": 1, "monthly": 31}.get(frequency, 7))


def _rankings(world: World, chart: Charted) -> None:
    random, day = world.random, today() - timedelta(days=world.random.choice([0, 1, 2, 9, 30]))
    dates = [day - timedelta(days=chart.step * step) for step in range(12 if chart.step < 31 else 4)]
    for ranked_on in dates:
        if random.random() < 0.15:
            continue
        songs = random.sample(world.tracks, random.randrange(4, 12))
        if random.random() < 0.3:
            songs.append(songs[0])
        entries = [Entry(song, random.choice([None, 3, 9]), _entry_date(random, ranked_on)) for song in songs]
        make_ranking(world.database, chart.id, ranked_on, entries, _moment(random, ranked_on))
    if random.random() < 0.25:
        world.database.execute(
            "UPDATE charts SET sync_error = 'The API broke off.', sync_failed_at = now() WHERE id = %s",
            [chart.id],
        )


def _entry_date(random: Random, ranked_on: date) -> date | None:
    return random.choice([None, ranked_on, ranked_on - timedelta(days=50)])


def _moment(random: Random, ranked_on: date) -> datetime:
    """Returns a time from then to now, at times at the very edge of a day."""
    days = (today() - ranked_on).days
    on = today() - timedelta(days=random.randrange(days + 1))
    at = random.choice([(0, 0, 0), (23, 59, 59), (12, 30, 0)])
    return min(datetime(on.year, on.month, on.day, *at, tzinfo=UTC), datetime.now(UTC))


def _audience(world: World, track: int) -> None:
    random = world.random
    for slug in PLATFORMS[:2]:
        if random.random() < 0.2:
            continue
        newest = today() - timedelta(days=random.choice([1, 1, 1, 2, 3, 12]))
        total, values = random.randrange(10_000), []
        for step in range(random.choice([3, 40, 70]), -1, -1):
            total += random.choice([0, 10, 150, 900, random.randrange(3000)])
            if random.random() < 0.9 or step == 0:
                values.append((newest - timedelta(days=step), total))
        insert_series(world.database, audience_rows(track, platform_id(world.database, slug), values))
        if random.random() < 0.3:
            released = values[0][0] - timedelta(days=random.randrange(-2, 6))
            world.database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track])


def _calls(world: World) -> None:
    for _ in range(60):
        world.database.execute(
            "INSERT INTO api_calls (started_at, endpoint, path, status, duration_ms, platform)"
            " VALUES (%s, 'x', '/x', %s, %s, %s)",
            [
                datetime.now(UTC) - timedelta(minutes=world.random.randrange(10 * 24 * 60)),
                world.random.choice([200, 200, 201, 404, 429, 500, None]),
                world.random.randrange(5, 4000),
                world.random.choice([*PLATFORMS, ""]),
            ],
        )
