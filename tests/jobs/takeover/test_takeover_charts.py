"""Taking over the Django system's charts: by the rules of rankings, bad rows refused, again and again."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from jobs.tasks.rankings import store_ranking
from tests.factories import T0
from tests.jobs.takeover.django_system import Old, add, run, told
from tests.jobs.tasks.rankings import HEAD, ranking
from webapp.extensions import db
from webapp.models import Chart

DAY = date(2025, 8, 1)
TABLES = (
    "charts",
    "chart_rankings",
    "chart_ranking_entries",
    "chart_entry_revisions",
    "chart_rankings_set_aside",
    "tracks",
    "aggregate_refreshes",
)


def put(old: Old, number: int, chart: int | None, day: object, songs: list[int], hours: int = 0) -> None:
    """A ranking, whose songs are the ids of old tracks, best first."""
    columns = {"chart_id": chart, "ranking_date": day, "fetched_at": T0 + timedelta(hours=hours)}
    add(old, "soundcharts_chartranking", id=number, **columns, total_entries=len(songs))
    for position, song in enumerate(songs, start=1):
        place = {"ranking_id": number, "track_id": song, "position": position, "weeks_on_chart": 3}
        before = {"previous_position": position + 1, "position_change": 1}
        add(old, "soundcharts_chartrankingentry", **place, **before)


def noon(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


@pytest.fixture
def charted(old: Old) -> Old:
    """Two platforms that are one, two charts, four songs, and every kind of bad row."""
    add(old, "soundcharts_platform", id=1, slug="spotify", name="Spotify")
    add(old, "soundcharts_platform", id=2, slug="Spoti-Fy", name="Spotify")
    for number in (1, 2, 3, 4):
        add(
            old,
            "soundcharts_track",
            id=number,
            uuid=str(UUID(int=number)),
            name=f"Song {number}",
            credit_name="",
        )
    chart = {"name": "Top Songs", "frequency": "daily"}
    add(old, "soundcharts_chart", id=1, slug="global-28", platform_id=1, **chart, web_url="https://x.example")
    add(old, "soundcharts_chart", id=2, slug="top-29", platform_id=2, **chart, country_code="US")
    add(old, "soundcharts_chart", id=3, slug="", platform_id=1, **chart)
    add(old, "soundcharts_chart", id=4, slug="lost", platform_id=9, **chart)
    put(old, 1, 1, noon(DAY), [1, 2, 3])
    put(old, 2, 1, noon(DAY) + timedelta(hours=6), [1, 3, 2], hours=1)  # the same date, newer
    put(old, 3, 1, noon(DAY + timedelta(days=1)), [3, 1])
    put(old, 4, 2, noon(DAY), [4, 1])
    put(old, 5, 9, noon(DAY), [1])
    put(old, 6, 1, None, [1])
    put(old, 7, 2, noon(DAY + timedelta(days=2)), [])
    put(old, 8, 2, noon(DAY + timedelta(days=3)), [1])
    old.execute("UPDATE soundcharts_chartranking SET total_entries = 200 WHERE id = 8")
    put(old, 9, 2, noon(DAY + timedelta(days=4)), [2, 99, 3])
    old.execute("UPDATE soundcharts_chartranking SET total_entries = NULL WHERE id = 9")
    bad: list[dict[str, Any]] = [{"position": 1}, {"position": 0}, {"position": None}]
    for place in bad:
        add(old, "soundcharts_chartrankingentry", ranking_id=9, track_id=1, **place)
    add(old, "soundcharts_chartrankingentry", ranking_id=None, track_id=1, position=1)
    said = {"metric": 5, "oldPosition": 9, "entryDate": "2025-06-22T12:00:00+00:00", "timeOnChartUnit": "DOC"}
    old.execute(
        "UPDATE soundcharts_chartrankingentry SET api_data = %s WHERE ranking_id = 3 AND position = 1",
        [Jsonb(said)],
    )
    return old


COUNTS = {
    "charts": [4, 2, 0, 0, 0, 2],
    "rankings": [9, 4, 1, 0, 0, 4],
    "entries": [20, 10, 2, 1, 0, 7],
}


def everything(database: psycopg.Connection) -> list[list[tuple[Any, ...]]]:
    return [database.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in TABLES]


def places(database: psycopg.Connection, slug: str) -> list[tuple[Any, ...]]:
    return database.execute(
        "SELECT ranked_on, position, tracks.name FROM chart_ranking_entries"
        " JOIN tracks ON tracks.id = track_id JOIN charts ON charts.id = chart_id"
        " WHERE charts.slug = %s ORDER BY 1, 2",
        [slug],
    ).fetchall()


def test_charts_are_taken_over_by_the_rules(
    app: Flask, database: psycopg.Connection, charted: Old, old_url: str
) -> None:
    dry = run(app, old_url, "--dry-run")
    assert {name: told(dry)[name] for name in COUNTS} == COUNTS
    assert everything(database) == [[] for _ in TABLES]

    result = run(app, old_url)
    assert {name: told(result)[name] for name in COUNTS} == COUNTS
    assert result.exit_code == 1
    output = " ".join(result.output.split())
    for words in (
        "charts: 1 refused (slug is missing): id 3",
        "charts: 1 refused (the platform is unknown): id 4",
        "rankings: 1 refused (the chart is unknown): id 5 (chart 9)",
        "rankings: 1 refused (ranking_date is missing): id 6",
        "rankings: 1 refused (it has no entries): id 7",
        "rankings: 1 refused (it has fewer entries than its own total): id 8",
        "entries: 1 refused (they have no ranking)", "entries: 1 refused (the track is unknown",
        "entries: 2 refused (it breaks the contract)",
        "entries: 1 refused (its ranking was refused: the chart is unknown)",
    ):  # fmt: skip
        assert words in output

    assert places(database, "global-28") == [
        (DAY, 1, "Song 1"), (DAY, 2, "Song 3"), (DAY, 3, "Song 2"),
        (DAY + timedelta(days=1), 1, "Song 3"), (DAY + timedelta(days=1), 2, "Song 1"),
    ]  # fmt: skip
    assert places(database, "top-29")[2:] == [
        (DAY + timedelta(days=4), 1, "Song 1"),  # a tie
        (DAY + timedelta(days=4), 1, "Song 2"),
        (DAY + timedelta(days=4), 3, "Song 3"),
    ]
    chart = database.execute(
        "SELECT platform_id, country_code, sync_enabled, last_ranked_on FROM charts ORDER BY slug"
    )
    spotify = database.execute("SELECT id FROM platforms WHERE slug = 'spotify'").fetchone()
    assert spotify is not None
    assert chart.fetchall() == [
        (spotify[0], "", False, DAY + timedelta(days=1)),
        (spotify[0], "US", False, DAY + timedelta(days=4)),
    ]
    stored = database.execute(
        "SELECT metric, previous_position, evolution, entry_date, time_on_chart, time_on_chart_unit"
        " FROM chart_ranking_entries WHERE ranked_on = %s AND position = 1",
        [DAY + timedelta(days=1)],
    )
    assert stored.fetchall() == [(5, 9, 1, date(2025, 6, 22), 3, "DOC")]
    assert database.execute("SELECT DISTINCT fetched_at FROM chart_rankings ORDER BY 1").fetchall() == [(T0,)]


def test_again_writes_nothing_and_what_is_newer_here_stays(
    app: Flask, database: psycopg.Connection, charted: Old, old_url: str
) -> None:
    run(app, old_url)
    before = everything(database)
    again = told(run(app, old_url))
    assert {name: again[name][1:3] for name in COUNTS} == {name: [0, 0] for name in COUNTS}
    assert everything(database) == before

    chart = db.session.scalars(db.select(Chart).where(Chart.slug == "global-28")).one()
    head = msgspec.structs.replace(HEAD, slug="global-28")
    store_ranking(
        chart, ranking([2, 1, 3], DAY, head=head), run_uuid=None, received_at=T0 + timedelta(days=1)
    )
    db.session.commit()
    run(app, old_url)
    assert [name for day, _position, name in places(database, "global-28") if day == DAY] == [
        "Song 2",
        "Song 1",
        "Song 3",
    ]
