"""A chart that was renamed, joined to its history: what moves, what stays, and what the old slug leads to."""

from datetime import date, timedelta

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import T0, make_chart, make_ranking, make_track
from webapp.catalogue.chart_join import ChartJoinError, join_charts, preview_join
from webapp.catalogue.charts import enable_charts, find_charts
from webapp.extensions import db
from webapp.models import Chart
from webapp.work.queue import submit
from webapp.work.requests import acceptance_request, sync_request

DAY = date(2024, 1, 1)
REFERENCES = """
    SELECT conrelid::regclass::text, attname
    FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = 'charts'::regclass AND conrelid::regclass::text NOT LIKE '%.%'
"""
POSITIONS = "SELECT ranked_on, array_agg(track_id ORDER BY position) FROM chart_ranking_entries GROUP BY 1"


@pytest.fixture
def pair(app: Flask, database: psycopg.Connection) -> tuple[int, int]:
    """The chart with the history, and the one that it became."""
    return make_chart(database, "old"), make_chart(database, "new", name="Top Songs 2")


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    return [make_track(database, f"00000000-0000-4000-8000-00000000000{number}") for number in range(4)]


def rank(database: psycopg.Connection, chart: int, day: int, tracks: list[int], hours: int) -> None:
    """A ranking of a day after DAY, confirmed `hours` after T0."""
    make_ranking(database, chart, DAY + timedelta(days=day), tracks, T0 + timedelta(hours=hours))


def join(pair: tuple[int, int]) -> None:
    join_charts(*pair)
    db.session.commit()


def assert_unnamed(database: psycopg.Connection, chart: int) -> None:
    """No table names the chart by its id."""
    references = database.execute(REFERENCES).fetchall()
    assert len(references) >= 6
    for table, column in references:
        query = f"SELECT count(*) FROM {table} WHERE {column} = %s"
        assert database.execute(query, [chart]).fetchone() == (0,), table


@pytest.mark.parametrize("compressed", [False, pytest.param(True, marks=pytest.mark.timescale)])
def test_all_of_it_is_one_chart(
    database: psycopg.Connection, pair: tuple[int, int], songs: list[int], *, compressed: bool
) -> None:
    kept, lost = pair
    a, b, c, _ = songs
    rank(database, kept, 0, [a, b], 0)
    rank(database, kept, 1, [a, b], 0)
    rank(database, kept, 2, [a, b], 5)
    rank(database, lost, 1, [a, c], 1)
    rank(database, lost, 2, [b, a], 4)
    rank(database, lost, 3, [c], 6)
    for chart, written in ((kept, "former"), (lost, "present")):
        database.execute("INSERT INTO chart_dates VALUES (%s, %s, %s)", [chart, DAY, written])
        database.execute(
            "INSERT INTO chart_rankings_set_aside VALUES (%s, '2024-02-01', '', %s, 0, '[]', now() + %s *"
            " interval '1 hour')",
            [chart, written, chart],
        )
    database.execute("UPDATE charts SET sync_hours = 5, sync_error = 'x' WHERE slug = 'new'")
    database.execute("UPDATE charts SET sync_error = 'gone', sync_failed_at = now() WHERE slug = 'old'")
    assert [
        (each.ranked_on.day, each.loser_stays, each.differing) for each in preview_join(*pair).overlaps
    ] == [
        (3, False, 2),
        (2, True, 1),
    ]
    if compressed:
        db.session.rollback()
        database.execute("SELECT compress_chunk(c, true) FROM show_chunks('chart_ranking_entries') AS c")
    join(pair)

    assert_unnamed(database, lost)
    charts = "SELECT id, slug, name, sync_hours, sync_error, last_ranked_on, next_sync_at FROM charts"
    assert database.execute(charts).fetchall() == [
        (kept, "new", "Top Songs 2", 5, "x", DAY + timedelta(days=3), None)
    ]
    assert dict(database.execute(POSITIONS).fetchall()) == {
        DAY: [a, b],
        DAY + timedelta(days=1): [a, c],
        DAY + timedelta(days=2): [a, b],
        DAY + timedelta(days=3): [c],
    }
    revisions = "SELECT chart_id, extract(day FROM ranked_on), position, track_id FROM chart_entry_revisions"
    assert database.execute(revisions + " ORDER BY 2, 3").fetchall() == [
        (kept, 2, 2, b),
        (kept, 3, 1, b),
        (kept, 3, 2, a),
    ]
    assert database.execute("SELECT chart_id, ranked_at FROM chart_dates").fetchall() == [(kept, "present")]
    asides = "SELECT chart_id, reason FROM chart_rankings_set_aside"
    assert database.execute(asides).fetchall() == [(kept, "present")]
    assert database.execute("SELECT slug, chart_id FROM chart_aliases").fetchall() == [("old", kept)]
    event = "SELECT action, subject, before ->> 'slug' FROM audit_events"
    assert database.execute(event).fetchall() == [("chart.join", "chart new", "old")]
    refreshed = "SELECT min(first_date), max(last_date) FROM aggregate_refreshes"
    assert database.execute(refreshed).fetchone() == (DAY, DAY + timedelta(days=3))


def test_whatever_names_the_old_slug_means_the_chart(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    third = make_chart(database, "newer")
    join(pair)
    join((pair[0], third))
    for slug in ("old", "new", "newer"):
        assert [chart.id for chart in find_charts([slug, "newer"])] == [pair[0]]
        found = Chart.find(slug)
        assert found is not None
        assert found.id == pair[0]
        database.execute(
            "INSERT INTO charts (slug, name, platform_id) SELECT %s, 'x', platform_id FROM charts"
            " ON CONFLICT (slug) DO UPDATE SET city_name = 'Paris'",
            [slug],
        )
    assert [chart.id for chart in enable_charts(["old"], enabled=False)] == [pair[0]]
    db.session.commit()
    assert database.execute("SELECT id, slug, name FROM charts").fetchall() == [
        (pair[0], "newer", "Top Songs")
    ]
    with pytest.raises(ChartJoinError, match="already one chart"):
        join_charts(pair[0], pair[1])


def test_a_chart_keeps_its_sync_where_the_new_one_has_none(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    database.execute("UPDATE charts SET sync_hours = 9 WHERE slug = 'old'")
    database.execute("UPDATE charts SET sync_enabled = false, with_audience = false WHERE slug = 'new'")
    join(pair)
    settings = "SELECT sync_enabled, sync_hours, with_audience FROM charts"
    assert database.execute(settings).fetchall() == [(True, 9, True)]


def test_runs_of_both_are_those_of_the_one(database: psycopg.Connection, pair: tuple[int, int]) -> None:
    kept, lost = (db.session.get_one(Chart, chart) for chart in pair)
    submit(sync_request(kept))
    submit(sync_request(lost))
    submit(acceptance_request(lost, DAY))
    database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key, state) VALUES"
        """ ('sync_chart', '{"chart": "old"}', 'sync', %s, 'succeeded')""",
        [f"chart:{kept.id}"],
    )
    join(pair)
    runs = "SELECT state, dedupe_key, args ->> 'chart' FROM job_runs ORDER BY number"
    assert database.execute(runs).fetchall() == [
        ("queued", f"chart:{pair[0]}", "new"),
        ("cancelled", f"chart:{pair[0]}", "new"),
        ("queued", f"accept:{pair[0]}:{DAY}", "new"),
        ("succeeded", f"chart:{pair[0]}", "new"),
    ]


def test_a_run_that_names_the_old_slug_fails_for_the_chart(
    database: psycopg.Connection, pair: tuple[int, int]
) -> None:
    join(pair)
    database.execute(
        "INSERT INTO job_runs (task, args, queue, dedupe_key) VALUES"
        """ ('sync_chart', '{"chart": "old"}', 'sync', 'x')"""
    )
    database.execute("UPDATE job_runs SET state = 'failed', error = 'no', finished_at = now()")
    assert database.execute("SELECT sync_error FROM charts").fetchall() == [("no",)]


def test_charts_of_two_platforms_are_not_joined(database: psycopg.Connection, pair: tuple[int, int]) -> None:
    other = make_chart(database, "other", platform="deezer", frequency="weekly")
    assert preview_join(pair[0], other).refusal == "old is a chart of Spotify and other of Deezer."
    assert preview_join(pair[0], other).warnings == ["They differ in frequency: weekly and daily."]
    with pytest.raises(ChartJoinError, match="of Deezer"):
        join_charts(pair[0], other)


RANKINGS = st.dictionaries(
    st.integers(0, 6), st.tuples(st.permutations(range(3)), st.integers(0, 3)), max_size=7
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RANKINGS, RANKINGS)
def test_what_is_held_is_the_union_and_the_ranking_confirmed_last(
    app: Flask,
    database: psycopg.Connection,
    songs: list[int],
    kept: dict[int, tuple[list[int], int]],
    lost: dict[int, tuple[list[int], int]],
) -> None:
    number = database.execute("SELECT count(*) FROM chart_aliases").fetchone()
    pair = make_chart(database, f"old {number}"), make_chart(database, f"new {number}")
    for chart, rankings in zip(pair, (kept, lost), strict=True):
        for day, (order, hours) in rankings.items():
            rank(database, chart, day, [songs[place] for place in order], hours)
    join(pair)
    staying = {
        day: max(kept.get(day, ([], -1)), lost.get(day, ([], -1)), key=lambda told: told[1])[0]
        for day in kept | lost
    }
    held = database.execute(
        "SELECT ranked_on, array_agg(track_id ORDER BY position) FROM chart_ranking_entries"
        " WHERE chart_id = %s GROUP BY 1",
        [pair[0]],
    )
    assert {(day - DAY).days: tracks for day, tracks in held} == {
        day: [songs[place] for place in order] for day, order in staying.items()
    }
    differing = sum(
        one != other
        for day in kept.keys() & lost.keys()
        for one, other in zip(kept[day][0], lost[day][0], strict=True)
    )
    revised = "SELECT count(*) FROM chart_entry_revisions WHERE chart_id = %s"
    assert database.execute(revised, [pair[0]]).fetchone() == (differing,)
    assert_unnamed(database, pair[1])
