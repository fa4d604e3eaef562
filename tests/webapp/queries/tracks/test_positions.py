"""A track's charts, positions and comings and goings, against plain Python over the raw tables."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import Entry, make_chart, make_ranking, make_track
from tests.webapp.queries.ranked import available, best, history_of, make_history, peaks, stored, whole
from webapp.extensions import db
from webapp.models import Track
from webapp.queries.tracks import positions
from webapp.queries.tracks.positions import ChartChange, chart_changes, track_charts, track_positions

FAR = (date(2020, 1, 1), date(2030, 1, 1))


@pytest.fixture
def charts(database: psycopg.Connection) -> dict[str, int]:
    """Three charts with the same songs, by slug."""
    return {
        "a": make_history(database, slug="a", name="Top Songs"),
        "b": make_history(database, slug="b", name="Shazam Top", platform="shazam", step=7, seed=6),
        "c": make_history(database, slug="c", rankings=12, seed=7),
    }


def tracks(database: psycopg.Connection) -> Iterator[tuple[int, Track]]:
    db.session.rollback()
    for (uuid,) in database.execute("SELECT uuid FROM tracks ORDER BY id"):
        track = Track.find(uuid)
        assert track is not None
        yield track.id, track


def test_every_chart_of_every_track(app: Flask, database: psycopg.Connection, charts: dict[str, int]) -> None:
    histories = {slug: history_of(database, chart) for slug, chart in charts.items()}
    for number, track in tracks(database):
        found = {chart.slug: chart for chart in track_charts(track)}
        for slug, history in histories.items():
            rankings = history.rankings
            places = {day: best(rows)[number] for day, rows in rankings.items() if number in best(rows)}
            assert (slug in found) == bool(places)
            if not places:
                continue
            of_chart = found[slug]
            told = of_chart.peak, of_chart.peak_is_from_api, of_chart.rankings
            assert told == peaks(history, max(rankings))[number, 1]
            assert of_chart.peak <= min(places.values())
            assert (of_chart.first_seen, of_chart.last_seen) == (min(places), max(places))
            assert of_chart.current == places.get(max(rankings))
            assert bool(of_chart.newest_lacks) == (max(rankings) not in history.complete)
            said = [row.entry_date for rows in rankings.values() for row in rows if row.track == number]
            assert of_chart.entered == min([*filter(None, said), min(places)])
        order = [(chart.peak, -chart.rankings, chart.id) for chart in found.values()]
        assert order == sorted(order)


def test_every_position_of_every_track(
    app: Flask, database: psycopg.Connection, charts: dict[str, int]
) -> None:
    first, last = date(2026, 8, 10), date(2026, 9, 1)
    for number, track in tracks(database):
        found = track_positions(track, list(charts.values()), first, last)
        for chart in charts.values():
            expected = [
                (day, best(rows).get(number), day in whole(database, chart))
                for day, rows in stored(database, chart).items()
                if first <= day <= last
            ]
            assert [place[1:] for place in found.get(chart, [])] == expected


def changes(database: psycopg.Connection, chart: int, number: int) -> Iterator[tuple[date, bool, int]]:
    """Day, whether it came, and the position: only between two rankings with no date known between them.

    A ranking that lacks a row proves nothing about a song that it does not have.
    """
    rankings, complete = stored(database, chart), whole(database, chart)
    known = available(database, chart)
    telling = {day for day, rows in rankings.items() if day in complete or number in best(rows)}
    for one, other in pairwise(rankings):
        if not {one, other} <= telling:
            continue
        was, now = best(rankings[one]).get(number), best(rankings[other]).get(number)
        if (was is None) != (now is None) and not any(one < day < other for day in known):
            yield other, now is not None, now or was or 0


def test_comings_and_goings(
    app: Flask, database: psycopg.Connection, charts: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(positions, "CHANGES_SHOWN", 10_000)
    first, last = date(2026, 8, 9), date(2026, 10, 1)
    for number, track in tracks(database):
        expected = sorted(
            change
            for chart in charts.values()
            for change in changes(database, chart, number)
            if first <= change[0] <= last
        )
        found = chart_changes(track, first, last)
        assert sorted((one.ranked_on, one.entered, one.position) for one in found) == expected
        assert {one.total for one in found} <= {len(expected)}
        assert len(expected) > 5


def test_those_of_the_best_stays_are_shown(app: Flask, database: psycopg.Connection) -> None:
    """A song that comes and goes at the end of a chart day after day does not hide what matters."""
    chart = make_chart(database)
    song, *others = (make_track(database, str(UUID(int=n)), f"Song {n}") for n in range(5))
    day = date(2026, 8, 3)
    for number in range(60):
        ranking: list[Entry | int] = [*others, song] if number % 2 else [*others]
        if 30 <= number < 34:
            ranking = [others[0], song] if number == 31 else [others[0], others[1], song]
        make_ranking(database, chart, day + timedelta(days=number), ranking)
    track = next(track for number, track in tracks(database) if number == song)
    found = chart_changes(track, *FAR)
    assert len(found) == positions.CHANGES_SHOWN
    assert found[0].total > len(found)
    best_stay = [(one.ranked_on, one.entered, one.position) for one in found[:2]]
    assert best_stay == [(day + timedelta(days=34), False, 3), (day + timedelta(days=29), True, 5)]


@pytest.mark.parametrize(
    ("platform", "name", "title"),
    [("Spotify", "Top Songs", "Spotify Top Songs, Sweden"), ("Airplay", "Airplay", "Airplay, Sweden")],
)
def test_a_chart_is_distinguished_from_others_of_its_name(platform: str, name: str, title: str) -> None:
    assert ChartChange(FAR[0], True, 1, name, platform, "Sweden", 1).title == title
