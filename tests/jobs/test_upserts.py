"""Writing audience: what differs is written, what is replaced is kept, and platforms are one row."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.upserts import AudienceRow, Counts, upsert_audience, upsert_platforms
from tests.factories import T0, audience_rows, item, make_track, platform_id, stored
from webapp.extensions import db
from webapp.models import fold

DAY = date(2026, 1, 1)


def days(values: list[int]) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=place), value) for place, value in enumerate(values)]


def upsert(rows: list[AudienceRow]) -> Counts:
    counts = upsert_audience(rows)
    db.session.commit()
    return counts


def test_the_same_rows_again_change_nothing(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    rows = audience_rows(track, spotify, days([10, 20, 30]))
    later = audience_rows(track, spotify, days([10, 20, 30]), T0 + timedelta(days=1))

    assert upsert(rows) == Counts(3, 0, 0)
    before = database.execute("SELECT * FROM track_audience_time_series ORDER BY date").fetchall()
    database.execute("DELETE FROM aggregate_refreshes")
    assert upsert(later) == Counts(0, 0, 3)

    assert database.execute("SELECT * FROM track_audience_time_series ORDER BY date").fetchall() == before
    for table in ("audience_revisions", "aggregate_refreshes"):
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_changed_value_leaves_a_revision(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    upsert(audience_rows(track, spotify, days([10, 20, 30])))
    later = T0 + timedelta(hours=5)

    assert upsert(audience_rows(track, spotify, days([10, 21, 30, 40]), later)) == Counts(1, 1, 2)

    revisions = database.execute(
        "SELECT date, former_value, former_api_data, former_fetched_at, audience_value, revised_at "
        "FROM audience_revisions"
    ).fetchall()
    assert revisions == [(date(2026, 1, 2), 20, item(date(2026, 1, 2), 20), T0, 21, later)]


def test_older_answers_never_overwrite_newer_ones(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    upsert(audience_rows(track, spotify, days([10]), T0 + timedelta(hours=1)))

    assert upsert(audience_rows(track, spotify, days([9]))) == Counts(0, 0, 1)
    assert stored(database, track) == [(spotify, DAY, 10)]


IMPORTED = {"source": "import-series", "plots": [{"identifier": "import-series", "value": 10}]}
ANSWER, OTHER_ANSWER = item(DAY, 10), item(DAY, 10, "b")
NOTHING: dict[str, object] = {}


@pytest.mark.parametrize(
    ("first", "then", "hours", "kept"),
    [
        (ANSWER, OTHER_ANSWER, 1, OTHER_ANSWER),
        (ANSWER, OTHER_ANSWER, -1, ANSWER),
        (ANSWER, IMPORTED, 1, ANSWER),
        (ANSWER, NOTHING, 1, ANSWER),
        (IMPORTED, ANSWER, 1, ANSWER),
        (IMPORTED, ANSWER, -1, ANSWER),
        (NOTHING, ANSWER, -1, ANSWER),
    ],
)
def test_of_two_items_of_one_value_one_stays_and_nothing_is_revised(
    app: Flask,
    database: psycopg.Connection,
    first: dict[str, object],
    then: dict[str, object],
    hours: int,
    kept: dict[str, object],
) -> None:
    [row] = audience_rows(make_track(database), platform_id(database, "spotify"), [(DAY, 10)])
    upsert([row._replace(api_data=first)])
    database.execute("DELETE FROM aggregate_refreshes")
    database.execute("INSERT INTO audience_states (track_id, platform_id) VALUES (%s, %s)", row[:2])

    later = row._replace(api_data=then, fetched_at=T0 + timedelta(hours=hours))
    assert upsert([later]) == Counts(0, 0, 1, rewritten=int(kept != first))

    assert database.execute("SELECT api_data FROM track_audience_time_series").fetchone() == (kept,)
    assert database.execute("SELECT version FROM audience_states").fetchone() == (int(kept != first),)
    for table in ("audience_revisions", "aggregate_refreshes"):
        assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_of_one_key_twice_the_last_received_counts(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    rows = audience_rows(track, spotify, [(DAY, 1), (DAY, 2), (DAY, 3)])

    assert upsert(rows) == Counts(1, 0, 0)
    assert stored(database, track) == [(spotify, DAY, 3)]


def test_values_beyond_32_bits(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    upsert(audience_rows(track, spotify, [(DAY, 2**63 - 1)]))
    assert stored(database, track) == [(spotify, DAY, 2**63 - 1)]


@pytest.mark.parametrize("writers", [8])
def test_revisions_are_true_under_concurrency(app: Flask, database: psycopg.Connection, writers: int) -> None:
    """Every value ever stored is either the present one or the former one of exactly one revision."""
    track = make_track(database)
    spotify = platform_id(database, "spotify")
    upsert(audience_rows(track, spotify, days([0, 0, 0])))

    def write(number: int) -> None:
        with app.app_context():
            for step in range(10):
                value = 1 + number * 100 + step
                upsert(audience_rows(track, spotify, days([value] * 3), datetime.now(UTC)))
            db.session.remove()

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))

    for _platform, day, value in stored(database, track):
        chain = database.execute(
            "SELECT former_value, audience_value FROM audience_revisions WHERE date = %s ORDER BY id", [day]
        ).fetchall()
        assert chain[0][0] == 0
        assert chain[-1][1] == value
        assert [former for former, _ in chain[1:]] == [new for _, new in chain[:-1]]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.sets(st.integers(0, 9), max_size=10), max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_any_order_of_answers_ends_in_the_newest_values(
    app: Flask, database: psycopg.Connection, batches: list[set[int]], order: random.Random
) -> None:
    track = make_track(database, str(uuid4()))
    spotify = platform_id(database, "spotify")
    numbered = list(enumerate(batches))
    order.shuffle(numbered)
    for number, places in numbered:
        values = [(DAY + timedelta(days=place), number * 10 + place) for place in places]
        upsert(audience_rows(track, spotify, values, T0 + timedelta(hours=number)))

    newest = {place: number * 10 + place for number, places in enumerate(batches) for place in places}
    assert stored(database, track) == [
        (spotify, DAY + timedelta(days=place), newest[place]) for place in sorted(newest)
    ]


SPELLINGS = ["YouTube", "Youtube", "you-tube", "you_tube", "YOUTUBE", "You Tube", "you.tube", "-youtube-"]


def test_one_platform_however_many_writers_and_spellings(app: Flask, database: psycopg.Connection) -> None:
    database.execute("DELETE FROM platform_aliases")
    database.execute("DELETE FROM platforms")

    def write(number: int) -> int:
        with app.app_context():
            code = SPELLINGS[number % len(SPELLINGS)]
            ids = upsert_platforms({code: code})
            db.session.commit()
            db.session.remove()
            return ids[code]

    with ThreadPoolExecutor(32) as pool:
        ids = set(pool.map(write, range(32)))

    assert len(ids) == 1
    assert database.execute("SELECT count(*), min(fold) FROM platforms").fetchone() == (1, "youtube")


def test_an_alias_leads_to_its_platform(app: Flask, database: psycopg.Connection) -> None:
    x = platform_id(database, "x")
    assert upsert_platforms({"Twitter": "Twitter", "x": "X"}) == {"Twitter": x, "x": x}
    db.session.commit()
    database.execute(
        "INSERT INTO platforms (slug, name) VALUES ('TWITTER', 'T') ON CONFLICT (fold) DO NOTHING"
    )
    assert database.execute("SELECT count(*) FROM platforms WHERE fold = 'twitter'").fetchone() == (0,)


@pytest.mark.parametrize("slug", ["", "网易", "--", "é"])
def test_a_platform_without_letters_or_digits_is_refused(database: psycopg.Connection, slug: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        database.execute("INSERT INTO platforms (slug, name) VALUES (%s, 'n')", [slug])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12))
def test_python_folds_as_the_database_does(database: psycopg.Connection, text: str) -> None:
    folded = database.execute(
        "SELECT regexp_replace(lower(%s::text COLLATE \"C\"), '[^a-z0-9]', '', 'g')", [text]
    ).fetchone()
    assert folded == (fold(text),)
