"""What is stored of entries and peaks equals its definition, whatever happens to the rankings."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from jobs.soundcharts import Ranking, RankingEntry, RefusedRow
from jobs.tasks.rankings import accept_set_aside, store_ranking
from tests.factories import make_chart, make_track
from tests.jobs.tasks.rankings import HEAD, song
from webapp.catalogue.chart_join import join_charts
from webapp.catalogue.track_merge import merge_tracks
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import Chart, Track
from webapp.queries import statement

FIRST = date(2026, 8, 3)
SONGS = 9
DAYS = 12
STORED = "SELECT * FROM chart_entered ORDER BY chart_id, ranked_on, track_id"
DEFINED = """
    SELECT ranked_on, chart_id, track_id, position, movement
    FROM (
        SELECT rankings.ranked_on, rankings.chart_id, movements.*
        FROM chart_rankings AS rankings
        CROSS JOIN LATERAL ranking_movements(rankings.chart_id, rankings.ranked_on) AS movements
        WHERE movements.occurrence = 1 AND movements.movement IN ('new', 're_entry')
    ) AS found
    ORDER BY chart_id, ranked_on, track_id
"""
TRACKS = "SELECT * FROM chart_tracks ORDER BY chart_id, track_id"
RECOUNTED = """
    SELECT recount_chart_tracks(chart_id, array_agg(DISTINCT track_id), '-infinity')
    FROM chart_ranking_entries GROUP BY chart_id
"""


def rows(connection: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def recounted(connection: psycopg.Connection) -> list[tuple[Any, ...]]:
    """Returns the tracks of charts as counted from all entries."""
    with connection.transaction(force_rollback=True):
        connection.execute("DELETE FROM chart_tracks")
        connection.execute(RECOUNTED)
        return rows(connection, TRACKS)


class World:
    """Charts whose rankings change by chance."""

    def __init__(self, database: psycopg.Connection, seed: int) -> None:
        """Creates three charts and their songs."""
        self.database = database
        self.random = random.Random(seed)
        self.charts = [make_chart(database, slug) for slug in ("one", "two", "three")]
        for number in range(SONGS):
            make_track(database, song(number).uuid)
        self.hours = 0
        self.is_compressible = describe_engine(database).has_aggregates

    def change(self) -> str:
        """Changes something; returns what."""
        kinds = (
            ["store"] * 12 + ["list_dates"] * 2 + ["accept", "remove", "remove", "merge", "join", "adjust"]
        )
        kinds += ["compress"] * self.is_compressible
        kind = self.random.choice(kinds)
        getattr(self, kind)()
        db.session.commit()
        return kind

    def chart(self) -> Chart:
        return db.session.get_one(Chart, self.random.choice(self.charts), populate_existing=True)

    def day(self) -> date:
        return FIRST + timedelta(days=self.random.randrange(DAYS))

    def store(self) -> None:
        """Stores a ranking, or another one of its date; some lack rows, and some are set aside."""
        day, chance = self.day(), self.random
        numbers = chance.sample(range(SONGS), chance.randint(2, 6))
        if chance.random() < 0.3:
            numbers.append(numbers[0])
        places = chance.sample(range(1, 10), len(numbers)) if chance.random() < 0.2 else range(1, 10)
        entries = tuple(
            RankingEntry(
                song=song(number),
                position=place,
                old_position=chance.choice([0, 0, 1, 2, 5]),
                entry_date=chance.choice([None, FIRST, day, day]),
                time_on_chart=chance.choice([None, 1, 2, 9]),
            )
            for place, number in zip(places, numbers, strict=False)
        )
        refused = (RefusedRow("items.position", "x", "not readable"),) if chance.random() < 0.2 else ()
        ranking = Ranking(
            chart=HEAD, ranked_at=f"{day}T12:00:00Z", ranked_on=day, entries=entries, refused=refused
        )
        self.hours += 1
        at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=self.hours)
        store_ranking(self.chart(), ranking, run_uuid=None, received_at=at)

    def list_dates(self) -> None:
        days = [self.day() for _ in range(2)]
        values = {"chart_id": self.chart().id, "days": days, "texts": [f"{day}T12:00:00Z" for day in days]}
        if days[0] != days[1]:
            db.session.execute(statement("chart_dates_store"), values)

    def accept(self) -> None:
        for chart in self.charts:
            for number in range(DAYS):
                found = db.session.get_one(Chart, chart)
                accept_set_aside(found, FIRST + timedelta(days=number), None)

    def remove(self) -> None:
        tables = ["chart_ranking_entries", "chart_rankings", *(["chart_dates"] * self.random.randint(0, 1))]
        self.random.shuffle(tables)
        values = [self.chart().id, self.day()]
        db.session.rollback()
        for table in tables:
            self.database.execute(f"DELETE FROM {table} WHERE chart_id = %s AND ranked_on = %s", values)

    def merge(self) -> None:
        tracks = list(db.session.scalars(db.select(Track.id)))
        winner, loser = self.random.sample(tracks, 2)
        if len(tracks) > SONGS // 2:
            merge_tracks(winner, loser)

    def join(self) -> None:
        if len(self.charts) > 1:
            winner, loser = self.random.sample(self.charts, 2)
            join_charts(winner, loser)
            self.charts.remove(loser)

    def compress(self) -> None:
        """Compresses all entries, as the policy does with old ones."""
        self.database.execute(
            "SELECT compress_chunk(chunk, true) FROM show_chunks('chart_ranking_entries') AS chunk"
        )

    def adjust(self) -> None:
        """Changes what the API gives of entries without a new ranking, as no writer does today."""
        self.database.execute(
            "UPDATE chart_ranking_entries SET previous_position = 1, entry_date = ranked_on"
            " WHERE chart_id = %s AND ranked_on = %s AND position < 4",
            [self.chart().id, self.day()],
        )


@pytest.mark.parametrize("seed", range(3))
def test_entries_and_peaks_are_those_of_the_definition(
    app: Flask, database: psycopg.Connection, seed: int
) -> None:
    world, seen = World(database, seed), set()
    for _ in range(50):
        kind = world.change()
        entered = rows(database, STORED)
        assert entered == rows(database, DEFINED), kind
        assert rows(database, TRACKS) == recounted(database), kind
        seen |= {(kind, movement) for *_, movement in entered}
    assert len(seen) > 8
    assert rows(database, "SELECT count(*) FROM chart_changes") == [(0,)]
