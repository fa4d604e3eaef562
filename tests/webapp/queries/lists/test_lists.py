"""The members of a list in every table, and their cost in calls."""

from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import make_list, platform_id
from tests.webapp.queries.dashboard.dashboard_data import ARTIST, World, make_world
from webapp.extensions import db
from webapp.queries import Order
from webapp.queries.artists.listed import ArtistFilter, artist_page
from webapp.queries.charts.listed import ChartFilter, chart_page
from webapp.queries.dashboard.cards import Narrow
from webapp.queries.lists.lists import list_cost, list_track_ids, lists_counted, lists_known
from webapp.queries.tracks.listed import Sort, TrackFilter, track_count, track_page


@pytest.fixture(params=range(5))
def world(app: Flask, database: psycopg.Connection, request: pytest.FixtureRequest) -> World:
    return make_world(database, request.param)


def owner(world: World, list_id: int) -> int:
    return int(next(row.owner_id for row in world.raw("SELECT * FROM lists") if row.id == list_id))


def test_a_list_stands_for_its_tracks_and_those_of_its_artists(world: World) -> None:
    assert list_track_ids(world.list_id) == world.listed
    assert list_track_ids(make_list(world.database, name="Empty")) == frozenset()


@pytest.mark.parametrize(("sort", "order"), [("title", "asc"), ("total", "desc"), ("newest", "asc")])
def test_the_table_of_tracks_keeps_those_of_a_list(world: World, sort: Sort, order: Order) -> None:
    narrow = TrackFilter(platform_id(world.database, "spotify"), list_id=world.list_id)
    found = track_page(narrow, sort=sort, order=order, after=None).tracks
    assert {track.id for track in found} == world.listed
    assert len(found) == len(world.listed)
    assert track_count(narrow) == str(len(world.listed))


def test_the_table_of_charts_keeps_those_whose_newest_ranking_holds_a_track(world: World) -> None:
    expected = set(world.charts_of(Narrow(list_id=world.list_id)))
    page = chart_page(ChartFilter(list_id=world.list_id), sort="name", order="asc", after=None)
    assert {chart.id for chart in page.charts} == expected
    assert page.total == len(expected)
    assert chart_page(ChartFilter(list_id=0), sort="name", order="asc", after=None).charts == []


def test_the_table_of_artists_keeps_those_on_the_list(world: World) -> None:
    page = artist_page(ArtistFilter(list_id=world.list_id), "name", "asc", None)
    assert [artist.uuid for artist in page.artists] == [UUID(ARTIST)]
    other = make_list(world.database, list(world.listed), name="Tracks only")
    db.session.rollback()
    assert artist_page(ArtistFilter(list_id=other), "name", "asc", None).artists == []


def test_what_a_list_costs_is_counted_by_series(world: World) -> None:
    offering = {row.id for row in world.raw("SELECT * FROM platforms WHERE has_song_audience")}
    world.database.execute(
        "UPDATE audience_states SET status = (ARRAY['ok', 'empty', 'absent', 'failed', 'never'])"
        "[1 + (track_id + platform_id) % 5]"
    )
    world.database.execute("UPDATE tracks SET with_audience = false WHERE id % 4 = 0")
    silent = {row.id for row in world.raw("SELECT * FROM tracks WHERE NOT with_audience")}
    series = [
        row.track_id
        for row in world.raw("SELECT * FROM audience_states")
        if row.track_id in world.listed - silent
        and row.platform_id in offering
        and row.status not in ("empty", "absent")
    ]
    assert list_cost(world.list_id) == (len(series), len(set(series)))


def test_who_knows_which_list(world: World) -> None:
    other = make_list(world.database, name="a shared one")
    mine, theirs = owner(world, world.list_id), owner(world, other)
    assert [known.name for known in lists_known(mine)] == ["Roster"]
    world.database.execute("UPDATE lists SET is_shared = true WHERE id = %s", [other])
    db.session.rollback()
    known = lists_known(mine)
    assert [(one.title, one.is_mine) for one in known] == [
        ("Roster", True),
        ("a shared one (a shared one@a.b)", False),
    ]
    assert [one.name for one in lists_known(theirs)] == ["a shared one"]
    counts = lists_counted(known)
    assert counts[world.list_id] == (world.list_id, len(world.listed), 1)
    assert counts[other] == (other, 0, 0)


def test_only_ones_own_stars_are_known(world: World) -> None:
    world.database.execute("UPDATE lists SET is_default = true, is_shared = true")
    other = make_list(world.database, name="other")
    tracks = {row.uuid for row in world.raw("SELECT uuid FROM tracks JOIN list_tracks ON track_id = id")}
    (mine,) = lists_known(owner(world, world.list_id))
    assert set(mine.starred) == tracks | {UUID(ARTIST)}
    assert [list(known.starred) for known in lists_known(owner(world, other))] == [[], []]
