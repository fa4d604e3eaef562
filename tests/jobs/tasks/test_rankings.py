"""Which rankings replace which when they are stored in any order and concurrently."""

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import msgspec
import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from jobs.soundcharts import ChartMetric, Ranking
from jobs.tasks.rankings import Stored, accept_set_aside, store_answer, store_chart, store_ranking
from jobs.upserts import Counts, upsert_platforms
from tests.emptying import empty
from tests.factories import make_chart, make_track, platform_id
from tests.jobs.tasks.rankings import DAY, HEAD, entry, held, later, ranking, standing, store
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import Chart, Track

TABLES = (
    "tracks",
    "charts",
    "chart_rankings",
    "chart_ranking_entries",
    "chart_entry_revisions",
    "chart_rankings_set_aside",
    "aggregate_refreshes",
)


def accept(chart_id: int) -> Stored | None:
    stored = accept_set_aside(db.session.get_one(Chart, chart_id), DAY, None)
    db.session.commit()
    return stored


def rows(database: psycopg.Connection, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    return {table: database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in tables}


def test_what_is_stored_names_the_run_that_brought_it(chart_id: int, database: psycopg.Connection) -> None:
    stored = "SELECT run_uuid FROM chart_rankings"
    aside = "SELECT run_uuid FROM chart_rankings_set_aside"
    first, fewer, accepted = (UUID(int=number) for number in (1, 2, 3))
    chart = db.session.get_one(Chart, chart_id)
    store_answer(chart, ranking([1, 2, 3], DAY), run_uuid=first, received_at=later(0))
    db.session.commit()
    assert database.execute(stored).fetchall() == [(first,)]
    store_answer(
        db.session.get_one(Chart, chart_id), ranking([1, 3], DAY), run_uuid=fewer, received_at=later(1)
    )
    db.session.commit()
    assert database.execute(f"{stored} UNION ALL {aside}").fetchall() == [(first,), (fewer,)]
    assert accept_set_aside(db.session.get_one(Chart, chart_id), DAY, accepted) is not None
    db.session.commit()
    assert database.execute(f"{stored} UNION ALL {aside}").fetchall() == [(accepted,)]


def test_a_first_ranking(chart_id: int, database: psycopg.Connection) -> None:
    head = msgspec.structs.replace(
        HEAD, name="Top 200", metric=ChartMetric("streamcount", "Streams"), max_results_count=200
    )
    entries = (entry(1, 7, metric=2**40, old=3), entry(2, 8))
    store_chart(head, platform_id(database, "spotify"))
    stored = store(
        chart_id, Ranking(chart=head, ranked_at=f"{DAY}T12:00:00+00:00", ranked_on=DAY, entries=entries)
    )
    assert stored == Stored(Counts(2, 0, 0), "The ranking of 2026-03-02 is new: 2 entries.")
    assert database.execute(
        "SELECT position, name, credit_name, search_text, previous_position, evolution, metric, repeats"
        " FROM chart_ranking_entries JOIN tracks ON tracks.id = track_id ORDER BY position"
    ).fetchall() == [
        (1, "Song 7", "Artist 7", "song 7 artist 7 Nsong7 Nartist7", 3, 2, 2**40, False),
        (2, "Song 8", "Artist 8", "song 8 artist 8 Nsong8 Nartist8", None, None, None, False),
    ]
    chart = db.session.get_one(Chart, chart_id, populate_existing=True)
    assert (chart.name, chart.metric_name, chart.max_entries, chart.last_ranked_on) == (
        "Top 200",
        "Streams",
        200,
        DAY,
    )
    assert chart.version == 2  # its description changed, and its rankings
    assert database.execute("SELECT DISTINCT metadata_due_at <= now() FROM tracks").fetchall() == [(True,)]
    assert database.execute(
        "SELECT aggregate, first_date, last_date FROM aggregate_refreshes"
    ).fetchall() == [("track_appearances_daily", DAY, DAY)]


@pytest.mark.parametrize("time", ["T12:00:00+00:00", "T18:30:00+00:00", "T00:00:00+02:00"])
def test_the_same_again_writes_only_when_it_was_seen(
    chart_id: int, database: psycopg.Connection, time: str
) -> None:
    store(chart_id, ranking([1, 2, 3]))
    before = rows(database, *TABLES)
    again = store(chart_id, ranking([1, 2, 3], time=time), hours=5)
    assert again.counts == Counts(0, 0, 3)
    after = rows(database, *TABLES)
    assert {table for table in TABLES if before[table] != after[table]} == {"chart_rankings"}
    assert held(chart_id).checked_at == later(5)
    assert (held(chart_id).fetched_at, held(chart_id).replaced_at) == (later(0), None)
    assert held(chart_id).ranked_at == f"{DAY}T12:00:00+00:00"


@pytest.mark.parametrize(
    ("songs", "created", "updated", "former"),
    [
        ([2, 1, 3], 0, 2, [(1, 1), (2, 2)]),
        ([1, 2, 3, 4], 1, 0, []),
        ([4, 5, 6, 7], 1, 3, [(1, 1), (2, 2), (3, 3)]),
    ],
)
def test_another_of_the_same_length_or_more_replaces_it(
    chart_id: int,
    database: psycopg.Connection,
    songs: list[int],
    created: int,
    updated: int,
    former: list[tuple[int, int]],
) -> None:
    store(chart_id, ranking([1, 2, 3]))
    again = store(chart_id, ranking(songs), hours=1)
    assert again.counts == Counts(created, updated, len(songs) - created - updated)
    assert standing(database, chart_id) == songs
    assert (held(chart_id).entry_count, held(chart_id).replaced_at) == (len(songs), later(1))
    assert held(chart_id).fetched_at == later(0)
    revised = database.execute(
        "SELECT position, uuid, revised_at FROM chart_entry_revisions JOIN tracks ON tracks.id = track_id"
        " ORDER BY chart_entry_revisions.id"
    ).fetchall()
    assert [(position, uuid.int) for position, uuid, _at in revised] == former
    assert {at for _position, _uuid, at in revised} <= {later(1)}


def test_a_position_that_is_gone_is_kept_as_a_revision(chart_id: int, database: psycopg.Connection) -> None:
    store(chart_id, ranking([1, 2, 3]))
    tied = Ranking(
        chart=HEAD,
        ranked_at=f"{DAY}T12:00:00+00:00",
        ranked_on=DAY,
        entries=(entry(1, 1), entry(3, 3), entry(4, 2)),
    )
    assert store(chart_id, tied, hours=1).counts == Counts(1, 1, 2)
    assert standing(database, chart_id) == [1, 3, 2]
    assert database.execute("SELECT position FROM chart_entry_revisions").fetchall() == [(2,)]


@pytest.mark.parametrize(
    ("songs", "reason"),
    [([1, 2], "It has 2 entries, fewer than the 3 stored."), ([], "It has no entries.")],
)
def test_a_shorter_one_is_set_aside_until_it_is_accepted(
    chart_id: int, database: psycopg.Connection, songs: list[int], reason: str
) -> None:
    store(chart_id, ranking([3, 2, 1]))
    before = rows(database, "chart_rankings", "chart_ranking_entries", "aggregate_refreshes")
    stored = store(chart_id, ranking(songs), hours=1)
    assert stored == Stored(Counts(), f"The ranking of {DAY} was set aside. {reason}")
    assert rows(database, *before) == before
    aside = (
        "SELECT reason, entry_count, jsonb_array_length(entries), received_at FROM chart_rankings_set_aside"
    )
    assert database.execute(aside).fetchall() == [(reason, len(songs), len(songs), later(1))]
    accepted = accept(chart_id)
    if not songs:
        assert accepted is None  # there is nothing to accept
        return
    assert accepted is not None
    assert accepted.counts == Counts(0, 2, 1)  # one differs, one is gone
    assert standing(database, chart_id) == songs
    assert held(chart_id).entry_count == 2
    assert database.execute(aside).fetchall() == []
    assert accept(chart_id) is None


def test_what_is_set_aside_keeps_all_that_it_states(chart_id: int, database: psycopg.Connection) -> None:
    """Accepted, it is what would have been stored."""
    full = msgspec.structs.replace(
        entry(1, 9, metric=5, old=2),
        entry_date=DAY - timedelta(days=9),
        time_on_chart=8,
        time_on_chart_unit="DOC",
    )
    short = Ranking(chart=HEAD, ranked_at=f"{DAY}T12:00:00+00:00", ranked_on=DAY, entries=(full,))
    store(chart_id, short)
    expected = rows(database, "chart_ranking_entries")
    empty(database)
    again = make_chart(database)
    store(again, ranking([1, 9]))
    store(again, short, hours=1)
    accept(again)
    stored = "SELECT uuid, position, metric, entry_date, time_on_chart, time_on_chart_unit, previous_position"
    found = database.execute(f"{stored} FROM chart_ranking_entries JOIN tracks ON tracks.id = track_id")
    assert len(expected) == 1
    assert [(row[0].int, *row[1:]) for row in found] == [(9, 1, 5, DAY - timedelta(days=9), 8, "DOC", 2)]


def test_an_empty_one_where_nothing_is_stored(chart_id: int, database: psycopg.Connection) -> None:
    store(chart_id, ranking([]))
    assert rows(database, "chart_rankings", "tracks") == {"chart_rankings": [], "tracks": []}
    assert database.execute("SELECT reason FROM chart_rankings_set_aside").fetchall() == [
        ("It has no entries.",)
    ]
    store(chart_id, ranking([1]), hours=1)
    assert rows(database, "chart_rankings_set_aside")["chart_rankings_set_aside"] == []


def test_an_older_answer_never_overwrites_a_newer_one(chart_id: int, database: psycopg.Connection) -> None:
    store(chart_id, ranking([1, 2]), hours=1)
    store(chart_id, ranking([1, 2]), hours=3)
    before = rows(database, *TABLES)
    for late in ([2, 1], [1, 2, 3], [1], []):
        assert "newer ranking" in store(chart_id, ranking(late), hours=2).message
    assert rows(database, *TABLES) == before


def test_a_song_that_stands_twice_enters_once(chart_id: int, database: psycopg.Connection) -> None:
    store(chart_id, ranking([1, 2, 1, 3]))
    assert standing(database, chart_id) == [1, 2, 1, 3]
    assert database.execute("SELECT repeats FROM chart_ranking_entries ORDER BY position").fetchall() == [
        (False,),
        (False,),
        (True,),
        (False,),
    ]
    assert database.execute("SELECT sum(rankings) FROM track_appearances_daily").fetchone() == (3,)


def test_tracks_take_the_cascade_of_the_charts_that_bring_them(
    app: Flask, database: psycopg.Connection
) -> None:
    quiet, loud = make_chart(database, "quiet"), make_chart(database, "loud")
    database.execute(
        "UPDATE charts SET with_metadata = false, with_artists = false, with_audience = false"
        " WHERE slug = 'quiet'"
    )
    store(quiet, ranking([1, 2], head=msgspec.structs.replace(HEAD, slug="quiet")))
    database.execute("UPDATE tracks SET metadata_due_at = now() + interval '9 days'")
    flags = (
        "SELECT with_metadata, with_artists, with_audience, metadata_due_at <= now() FROM tracks ORDER BY id"
    )
    assert database.execute(flags).fetchall() == [(False, False, False, False)] * 2
    store(loud, ranking([2, 3], head=msgspec.structs.replace(HEAD, slug="loud")))
    store(quiet, ranking([3, 2], DAY + timedelta(days=1), head=msgspec.structs.replace(HEAD, slug="quiet")))
    assert database.execute(flags).fetchall() == [(False, False, False, False), (True,) * 4, (True,) * 4]


def test_an_old_ranking_does_not_make_a_chart_or_track_older(
    chart_id: int, database: psycopg.Connection
) -> None:
    store(chart_id, ranking([1]))
    store(chart_id, ranking([1, 2], DAY - timedelta(days=30)), hours=1)
    assert database.execute("SELECT last_ranked_on FROM charts").fetchone() == (DAY,)
    assert database.execute("SELECT last_on FROM chart_tracks ORDER BY track_id").fetchall() == [
        (DAY,),
        (DAY - timedelta(days=30),),
    ]


@dataclass
class Model:
    """The rules again, without a database."""

    songs: Sequence[int] = ()
    checked: int = -1
    aside: tuple[int, int] | None = None
    """Hours and length of what is set aside."""

    kept: int = 0
    history: list[Sequence[int]] = field(default_factory=list)

    def take(self, songs: Sequence[int], hours: int) -> None:
        if self.songs and hours < self.checked:
            return
        if len(songs) < max(1, len(self.songs)):
            if self.aside is None or self.aside[0] < hours:
                self.aside = (hours, len(songs))
            return
        self.kept += sum(a != b for a, b in zip(self.songs, songs, strict=False))
        self.songs, self.checked = songs, hours
        if self.aside is not None and self.aside[0] <= hours:
            self.aside = None


ANSWERS = st.lists(
    st.tuples(st.lists(st.integers(1, 6), max_size=5, unique=True), st.integers(0, 9)), min_size=1, max_size=8
)


@given(answers=ANSWERS, twice=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_answers_ends_as_the_rules_say(
    app: Flask, database: psycopg.Connection, answers: list[tuple[list[int], int]], *, twice: bool
) -> None:
    empty(database)
    chart_id, model = make_chart(database), Model()
    for songs, hours in answers:
        model.take(songs, hours)
        for _ in range(1 + twice):
            store(chart_id, ranking(songs), hours)
    assert standing(database, chart_id) == list(model.songs)
    revisions = database.execute("SELECT count(*) FROM chart_entry_revisions").fetchone()
    assert revisions == (model.kept,)
    aside = database.execute("SELECT received_at, entry_count FROM chart_rankings_set_aside").fetchall()
    assert aside == ([(later(model.aside[0]), model.aside[1])] if model.aside else [])
    counted = database.execute("SELECT entry_count, checked_at FROM chart_rankings").fetchall()
    assert counted == ([(len(model.songs), later(model.checked))] if model.songs else [])


def test_workers_that_bring_the_same_tracks_do_not_wait_in_a_circle(
    app: Flask, database: psycopg.Connection
) -> None:
    charts = [make_chart(database, f"chart-{number}") for number in range(6)]

    def write(number: int) -> None:
        chance = random.Random(number)
        with app.app_context():
            for day in range(6):
                songs = chance.sample(range(1, 60), k=40)
                head = msgspec.structs.replace(HEAD, slug=f"chart-{number % 6}")
                chart = db.session.get_one(Chart, charts[number % 6])
                store_ranking(
                    chart,
                    ranking(songs, DAY + timedelta(days=day), head=head),
                    run_uuid=None,
                    received_at=later(number),
                )
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(12)))

    counted = database.execute(
        "SELECT count(*), count(DISTINCT (chart_id, ranked_on)) FROM chart_ranking_entries"
    )
    assert counted.fetchone() == (6 * 6 * 40, 36)
    assert database.execute("SELECT count(*) FROM chart_rankings WHERE entry_count = 40").fetchone() == (36,)


def test_eight_writers_on_a_fresh_database_do_not_deadlock(app: Flask, database: psycopg.Connection) -> None:
    """Concurrent writes: rankings that need new chunks, details of charts, new platforms and songs."""
    drop_ranking_chunks(database)
    charts = [make_chart(database, f"chart-{number}") for number in range(8)]
    tracks = [make_track(database, str(UUID(int=number)), f"Song {number}") for number in range(1, 9)]
    start = threading.Barrier(8)

    def rank(number: int) -> None:
        for quarter in range(4):
            day = DAY - timedelta(days=91 * (quarter * 4 + number))
            chart = db.session.get_one(Chart, charts[number])
            head = msgspec.structs.replace(HEAD, slug=f"chart-{number}", name=f"Name {quarter}")
            store_answer(
                chart, ranking(range(1, 20), day, head=head), run_uuid=None, received_at=later(number)
            )
            db.session.commit()

    def describe(number: int) -> None:
        for turn in range(12):
            upsert_platforms({f"platform-{number}-{turn}": "A Platform"})
            for track in tracks:
                db.session.execute(update(Track).where(Track.id == track).values(name=f"Song {turn}"))
            db.session.commit()
            store_chart(msgspec.structs.replace(HEAD, slug=f"chart-{number % 4}", name=f"T {turn}"), 1)
            db.session.commit()

    def write(number: int) -> None:
        with app.app_context():
            start.wait()
            (rank if number < 4 else describe)(number)
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert database.execute("SELECT count(*) FROM chart_rankings").fetchone() == (16,)


def drop_ranking_chunks(database: psycopg.Connection) -> None:
    """As on a fresh database, where nothing was ranked yet."""
    if describe_engine(database).extension is not None:
        database.execute("SELECT drop_chunks('chart_ranking_entries', DATE '2100-01-01')")
