"""The list of tracks: every sort and filter, paged to the end, against a plain model of it."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from tests.factories import audience_rows, insert_series, make_chart, make_ranking, make_track, platform_id
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.queries import Order
from webapp.queries.tracks import listed as track_list
from webapp.queries.tracks.listed import (
    KEYS,
    ListedTrack,
    Sort,
    TrackFilter,
    sparks,
    track_count,
    track_page,
)

WORDS = ["Amber", "amber", "Blue", "Éclair", "night", "Zebra"]
LABELS = [[], [{"name": "Interscope", "type": "Universal"}], [{"name": "Small"}, {"name": "Interscope"}]]
GENRES = [[], [{"root": "pop", "sub": ["dance"]}], [{"root": "rock"}, {"root": "pop"}]]
ARTIST = UUID(int=77)

MODEL: dict[Sort, Callable[[ListedTrack], Any]] = {
    "title": lambda track: track.name.lower(),
    "artists": lambda track: track.credit_name.lower(),
    "label": lambda track: track.label.lower() if track.label else None,
    "released": lambda track: track.release_date,
    "total": lambda track: track.latest_value,
    "gain": lambda track: track.gain_7_days,
    "change": lambda track: track.gain_change,
    "newest": lambda track: track.last_date,
}


@pytest.fixture
def spotify(database: psycopg.Connection) -> int:
    """Spotify's id, with 40 tracks of which some have a series there and some repeat each other's values."""
    spotify = platform_id(database, "spotify")
    youtube = platform_id(database, "youtube")
    chance = random.Random(7)
    database.execute("INSERT INTO artists (uuid, name) VALUES (%s, 'Somebody')", [ARTIST])
    for number in range(40):
        track = database.execute(
            "INSERT INTO tracks (uuid, name, credit_name, search_text, labels, genres, release_date)"
            " VALUES (%s, %s, %s, lower(%s), %s, %s, %s) RETURNING id",
            [
                UUID(int=number),
                chance.choice(WORDS),
                chance.choice(WORDS),
                f"word{number % 5}",
                Jsonb(chance.choice(LABELS)),
                Jsonb(chance.choice(GENRES)),
                chance.choice([None, date(2020, 1, 1), date(2025, 5, chance.randint(1, 20))]),
            ],
        ).fetchone()
        assert track is not None
        if number % 3 == 0:
            database.execute("INSERT INTO track_artists SELECT %s, id, 1 FROM artists", [track[0]])
        if chance.random() < 0.7:
            database.execute(
                "INSERT INTO audience_states (track_id, platform_id, status, last_date, latest_value,"
                " gain_7_days, gain_7_days_before) VALUES (%s, %s, 'ok', %s, %s, %s, %s)",
                [
                    track[0],
                    spotify,
                    today() - timedelta(days=chance.randrange(8)),
                    chance.randrange(5) * 10**9,
                    chance.choice([None, -5, 1000, 2000]),
                    chance.choice([None, 0, 1000, 4000]),
                ],
            )
        elif chance.random() < 0.5:
            database.execute(
                "INSERT INTO audience_states (track_id, platform_id, status) VALUES (%s, %s, 'failed')",
                [track[0], spotify],
            )
        database.execute(
            "INSERT INTO audience_states (track_id, platform_id, status, last_date, latest_value)"
            " VALUES (%s, %s, 'ok', %s, %s)",
            [track[0], youtube, today(), number],
        )
    return spotify


def everything(narrow: TrackFilter, sort: Sort = "title", order: Order = "asc") -> list[ListedTrack]:
    """Returns all pages, one after the other."""
    db.session.rollback()
    found: list[ListedTrack] = []
    after: UUID | None = None
    for _page in range(50):
        page = track_page(narrow, sort=sort, order=order, after=after)
        found += page.tracks
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages do not end")


def test_every_sort_shows_every_track_once_in_order(
    app: Flask, spotify: int, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    for size, sort, order in product((1, 7, 50), KEYS, get_args(Order)):
        monkeypatch.setattr(track_list, "PAGE_SIZE", size)
        with subtests.test(size=size, sort=sort, order=order):
            every_sort_shows_every_track_once_in_order(spotify, sort, order)


def every_sort_shows_every_track_once_in_order(spotify: int, sort: Sort, order: Order) -> None:
    found = everything(TrackFilter(spotify), sort, order)
    assert len({track.id for track in found}) == len(found) == 40
    key = MODEL[sort]
    valued = [track for track in found if key(track) is not None]
    expected = sorted(valued, key=lambda track: (key(track), track.id), reverse=order == "desc")
    rest = sorted((track for track in found if key(track) is None), key=lambda track: track.id)
    assert [track.id for track in found] == [track.id for track in expected + rest]


FILTERS: list[tuple[dict[str, Any], Callable[[ListedTrack], bool]]] = [
    ({"typed": "word3"}, lambda track: track.uuid.int % 5 == 3),
    ({"typed": "wor"}, lambda _track: True),
    ({"typed": "!!!"}, lambda _track: False),
    ({"artist": ARTIST}, lambda track: track.uuid.int % 3 == 0),
    ({"artist": UUID(int=1)}, lambda _track: False),
    ({"label": "Interscope"}, lambda track: track.label in ("Interscope", "Small")),
    (
        {"released_since": date(2025, 1, 1)},
        lambda track: (track.release_date or date.min) >= date(2025, 1, 1),
    ),
    ({"data": "none"}, lambda track: track.last_date is None),
    ({"data": "failed"}, lambda track: track.status == "failed"),
    ({"data": "fresh"}, lambda track: (track.last_date or date.min) >= today() - timedelta(days=3)),
    (
        {"data": "stale"},
        lambda track: track.last_date is not None and track.last_date < today() - timedelta(days=3),
    ),
    ({"gain_min": 1000}, lambda track: (track.gain_7_days or 0) >= 1000),
    ({"gain_min": -5}, lambda track: track.gain_7_days is not None),
    ({"change_min": 1.0}, lambda track: (track.gain_change or 0) >= 1),
    ({"total_min": 2 * 10**9}, lambda track: (track.latest_value or 0) >= 2 * 10**9),
    ({"total_min": 0}, lambda track: track.latest_value is not None),
    (
        {"age_max": (today() - date(2025, 5, 10)).days},
        lambda track: (track.release_date or date.min) >= date(2025, 5, 10),
    ),
    (
        {"stale_since": today() - timedelta(days=2)},
        lambda track: track.last_date is not None and track.last_date < today() - timedelta(days=2),
    ),
    (
        {"gain_min": 1000, "total_min": 10**9, "data": "fresh"},
        lambda track: (
            (track.gain_7_days or 0) >= 1000
            and (track.latest_value or 0) >= 10**9
            and (track.last_date or date.min) >= today() - timedelta(days=3)
        ),
    ),
    (
        {"data": "fresh", "typed": "word1", "label": "Interscope"},
        lambda track: (
            (track.last_date or date.min) >= today() - timedelta(days=3)
            and track.uuid.int % 5 == 1
            and track.label is not None
        ),
    ),
]


@pytest.mark.parametrize(("given", "keeps"), FILTERS)
def test_every_filter_keeps_what_it_states(
    app: Flask, spotify: int, given: dict[str, Any], keeps: Callable[[ListedTrack], bool]
) -> None:
    every = everything(TrackFilter(spotify))
    narrow = TrackFilter(spotify, **given)
    found = everything(narrow)
    assert [track.id for track in found] == [track.id for track in every if keeps(track)]
    assert track_count(narrow) == str(len(found))


def test_positions_are_those_of_the_newest_rankings_that_are_followed(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    """Followed: songs 1 and 2 led yesterday, 3 leads today. Not followed: 4 leads today."""
    ids = [track.id for track in everything(TrackFilter(spotify))]
    first, second, third, fourth = ids[:4]
    chart, other = make_chart(database, "followed"), make_chart(database, "idle", enabled=False)
    make_ranking(database, chart, today() - timedelta(days=1), [first, second])
    make_ranking(database, chart, today(), [third, first, second])
    make_ranking(database, other, today(), [fourth])

    def found(**given: Any) -> set[int]:
        return {track.id for track in everything(TrackFilter(spotify, **given))}

    assert found(position_max=1) == {third}
    assert found(position_max=2) == {third, first}
    assert found(position_max=100) == {third, first, second}
    assert track_count(TrackFilter(spotify, position_max=2)) == "2"
    database.execute(
        "UPDATE chart_ranking_entries SET entry_date = CASE track_id WHEN %s THEN %s ELSE %s END",
        [third, today(), today() - timedelta(days=30)],
    )
    assert found(entered_since=today() - timedelta(days=7)) == {third}
    assert found(entered_since=today() - timedelta(days=30)) == {first, second, third, fourth}
    assert found(entered_since=today(), position_max=1) == {third}


def test_a_genre_is_found_among_several(app: Flask, database: psycopg.Connection, spotify: int) -> None:
    row = database.execute("SELECT count(*) FROM tracks WHERE genres::text LIKE '%%pop%%'").fetchone()
    assert row is not None
    assert len(everything(TrackFilter(spotify, genre="pop"))) == row[0] > 0


def test_a_count_is_exact_to_1000_and_then_reports_it(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    database.execute(
        "INSERT INTO tracks (uuid, name) SELECT gen_random_uuid(), 'n' FROM generate_series(1, 960)"
    )
    assert track_count(TrackFilter(spotify)) == "1,000"
    database.execute("INSERT INTO tracks (uuid, name) VALUES (gen_random_uuid(), 'one more')")
    db.session.rollback()
    assert track_count(TrackFilter(spotify)) == "1,000+"


def test_the_numbers_are_those_of_the_chosen_platform(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    youtube = platform_id(database, "youtube")
    found = everything(TrackFilter(youtube), "total", "desc")
    assert [track.latest_value for track in found] == list(range(39, -1, -1))


def test_sparks_are_the_last_30_days_before_each_series_newest_date(
    app: Flask, database: psycopg.Connection
) -> None:
    spotify = platform_id(database, "spotify")
    track = make_track(database)
    values = [(date(2025, 1, 1) + timedelta(days=day), 100 + day) for day in range(100)]
    insert_series(database, audience_rows(track, spotify, values))
    assert sparks([track, 999], spotify) == {track: values[-31:]}
    assert sparks([], spotify) == {}
