"""The list of artists: every sort and filter, paged to the end, against a plain model of it."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import (
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.queries import Order
from webapp.queries.artists import listed as artist_list
from webapp.queries.artists.listed import ArtistFilter, ListedArtist, Sort, artist_page

MODEL: dict[Sort, Callable[[ListedArtist], Any]] = {
    "name": lambda artist: artist.name.lower(),
    "gain": lambda artist: artist.gain,
    "data": lambda artist: artist.with_data,
    "country": lambda artist: artist.country_code or None,
    "stage": lambda artist: artist.career_stage or None,
    "tracks": lambda artist: artist.tracks,
    "best": lambda artist: artist.best_position,
    "newest": lambda artist: artist.last_date,
}


@pytest.fixture(autouse=True)
def artists(database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 artists with up to 4 of 25 tracks each, some with audience, some on charts; pages of 7."""
    monkeypatch.setattr(artist_list, "PAGE_SIZE", 7)
    chance = random.Random(11)
    tracks = [make_track(database, str(UUID(int=number + 1)), f"Song {number}") for number in range(25)]
    for track in chance.sample(tracks, k=12):
        newest = today() - timedelta(days=chance.choice((0, 3, 4, 30)))
        insert_series(database, audience_rows(track, platform_id(database, "spotify"), [(newest, 5)]))
    database.execute("UPDATE audience_states SET gain_7_days = track_id * 37 % 11 - 3 WHERE track_id % 3 > 0")
    for number in range(3):
        chart = make_chart(database, f"chart-{number}")
        make_ranking(database, chart, today(), chance.sample(tracks, k=8))
    for number in range(30):
        artist = make_artist(
            database,
            str(UUID(int=1000 + number)),
            chance.choice(("Beyoncé", "beyonce", "Åsa", "Zoé", "Amber Blue")),
            chance.sample(tracks, k=chance.randrange(5)),
            chance.choice(("", "US", "FR")),
        )
        stage = chance.choice(("", "superstar", "mid_level"))
        database.execute("UPDATE artists SET career_stage = %s WHERE id = %s", [stage, artist])


def days_old(artist: ListedArtist) -> int:
    return (today() - artist.last_date).days if artist.last_date else 999


def walk(narrow: ArtistFilter, sort: Sort = "name", order: Order = "asc") -> list[ListedArtist]:
    """Returns the whole list, page by page; every page has the same total."""
    found: list[ListedArtist] = []
    page = artist_page(narrow, sort, order, None)
    while page.after is not None:
        found += page.artists
        total = page.total
        page = artist_page(narrow, sort, order, page.after)
        assert page.total == total
    found += page.artists
    assert len(found) == page.total
    return found


@pytest.mark.parametrize("order", get_args(Order))
@pytest.mark.parametrize("sort", get_args(Sort))
def test_every_sort_in_both_directions(
    app: Flask, database: psycopg.Connection, sort: Sort, order: Order
) -> None:
    found = walk(ArtistFilter(platform_id=platform_id(database, "spotify")), sort, order)
    assert len(found) == len({artist.uuid for artist in found}) == 30
    keys = [MODEL[sort](artist) for artist in found]
    valued = [key for key in keys if key is not None]
    assert keys == valued + [None] * (30 - len(valued))
    assert valued == in_order(valued, order)


def in_order(keys: list[Any], order: Order) -> list[Any]:
    """Sorted; texts as the database does, whose collation is its own."""
    if not isinstance(keys[0], str):
        return sorted(keys, reverse=order == "desc")
    query = db.text(f"SELECT key FROM unnest(CAST(:keys AS text[])) AS key ORDER BY key {order}")
    return list(db.session.scalars(query, {"keys": keys}))


@pytest.mark.parametrize(
    ("narrow", "fits"),
    [
        (ArtistFilter(country="FR"), lambda artist: artist.country_code == "FR"),
        (ArtistFilter(stage="superstar"), lambda artist: artist.career_stage == "superstar"),
        (ArtistFilter(tracks=2), lambda artist: artist.tracks >= 2),
        (ArtistFilter(best=1), lambda artist: artist.best_position == 1),
        (ArtistFilter(best=3), lambda artist: (artist.best_position or 9) <= 3),
        (ArtistFilter(data="fresh"), lambda artist: days_old(artist) <= 3),
        (ArtistFilter(data="stale"), lambda artist: 3 < days_old(artist) < 999),
        (ArtistFilter(data="none"), lambda artist: artist.last_date is None),
        (ArtistFilter(typed="BEYONCÉ"), lambda artist: artist.name.startswith(("Bey", "bey"))),
        (ArtistFilter(typed="asa"), lambda artist: artist.name == "Åsa"),
        (ArtistFilter(typed="blue am"), lambda artist: artist.name == "Amber Blue"),
        (ArtistFilter(typed="%"), lambda _: False),
        (ArtistFilter(typed="zo", country="US", tracks=1), lambda artist: artist.name == "Zoé"
            and artist.country_code == "US" and artist.tracks >= 1),
    ],
)  # fmt: skip
def test_every_filter(app: Flask, narrow: ArtistFilter, fits: Callable[[ListedArtist], object]) -> None:
    everybody = {artist.uuid: artist for artist in walk(ArtistFilter())}
    expected = {uuid for uuid, artist in everybody.items() if fits(artist)}
    assert {artist.uuid for artist in walk(narrow, "best", "desc")} == expected


def test_the_numbers_are_those_of_the_tables(app: Flask, database: psycopg.Connection) -> None:
    spotify = platform_id(database, "spotify")
    for artist in walk(ArtistFilter(platform_id=spotify)):
        tracks = "SELECT track_id FROM track_artists JOIN artists ON id = artist_id WHERE uuid = %s"
        row = database.execute(
            f"SELECT (SELECT count(*) FROM ({tracks}) AS held),"
            f" (SELECT min(position) FROM chart_ranking_entries WHERE track_id IN ({tracks})),"
            f" (SELECT max(date) FROM track_audience_time_series WHERE track_id IN ({tracks}))",
            [artist.uuid] * 3,
        ).fetchone()
        assert (artist.tracks, artist.best_position, artist.last_date) == row
        states = database.execute(
            "SELECT last_date, gain_7_days FROM audience_states"
            f" WHERE platform_id = %s AND track_id IN ({tracks})",
            [spotify, artist.uuid],
        ).fetchall()
        fresh = [gain for day, gain in states if day >= today() - timedelta(days=3) and gain is not None]
        assert (artist.with_data, artist.counted) == (len(states), len(fresh))
        assert artist.gain == (sum(fresh) if fresh else None)
