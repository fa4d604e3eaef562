"""The page of entries, with numbers worked out by hand: counts, filters, paging and file."""

import csv
import io
import re
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import Entry, lose_row, make_chart, make_list, make_ranking, make_track
from tests.webapp.queries.dashboard.dashboard_data import filters, make_world, windows
from tests.webapp.views.conftest import HTMX, Visit
from tests.webapp.views.reading import text_of
from webapp.lib.clock import today
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.dashboard.entries import Kind, Listing, entries_of_window
from webapp.queries.dashboard.overview import NAMED, entries

PAGE = "/dashboard/entered/"
KINDS: tuple[Kind, ...] = ("new", "re_entry")


def ago(days: int) -> date:
    return today() - timedelta(days=days)


@pytest.fixture
def songs(database: psycopg.Connection) -> list[int]:
    """A US chart and a worldwide one of a week: Debut enters both, Return comes back to the US."""
    songs = [
        make_track(database, str(UUID(int=n)), name)
        for n, name in enumerate(("Old", "Debut", "Return"), start=1)
    ]
    old, debut, back = songs
    us = make_chart(database, "us", name="Top Songs", country=("US", "United States"))
    world = make_chart(database, "world", platform="youtube", name="YouTube Top Songs")
    make_ranking(database, us, ago(9), [Entry(old), Entry(back, entry_date=ago(60))])
    for chart in (us, world):
        make_ranking(database, chart, ago(8), [Entry(old)])
    make_ranking(database, us, ago(3), [Entry(old), Entry(debut, entry_date=ago(3))])
    make_ranking(
        database,
        us,
        ago(2),
        [Entry(back, entry_date=ago(60)), Entry(old), Entry(debut, entry_date=ago(3))],
    )
    make_ranking(database, world, ago(1), [Entry(debut, entry_date=ago(1)), Entry(old)])
    return songs


def counts(page: str) -> dict[str, str]:
    return {word: number for number, word in re.findall(r"<strong>([^<]+)</strong> ([\w-]+)</a>", page)}


def rows(viewer: FlaskClient, query: str = "") -> list[tuple[str, str, str]]:
    """Title, best position and charts of each row of the file."""
    data = viewer.get(f"{PAGE}entered.csv{query}").data.decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(data, newline=""))
    return [(row["title"], row["best_position"], row["charts"]) for row in found]


def test_one_row_per_track_opens_to_its_charts(viewer: FlaskClient, songs: list[int]) -> None:
    page = viewer.get(PAGE).text
    assert counts(page) == {"all": "2", "new": "1", "re-entries": "1"}
    text = text_of(page)
    assert "on 2 charts, best 1 on YouTube Top Songs" in text
    assert f"1 YouTube Top Songs, Worldwide , {ago(1)} new" in text
    assert f"2 Spotify Top Songs, United States , {ago(3)} new" in text
    assert rows(viewer) == [("Debut", "1", "2"), ("Return", "1", "1")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=new", [("Debut", "1", "2")]),
        ("?kind=re_entry", [("Return", "1", "1")]),
        ("?chart=us", [("Return", "1", "1"), ("Debut", "2", "1")]),
        ("?platform=spotify&country=US", [("Return", "1", "1"), ("Debut", "2", "1")]),
        ("?chart=us&kind=new", [("Debut", "2", "1")]),
        ("?chart=unknown", []),
        ("?released_since=2020-01-01", []),
        ("?sort=charts&order=asc", [("Return", "1", "1"), ("Debut", "1", "2")]),
        ("?sort=entered", [("Debut", "1", "2"), ("Return", "1", "1")]),
        ("?sort=entered&order=asc", [("Return", "1", "1"), ("Debut", "1", "2")]),
    ],
)
def test_filters_and_orders_of_page_and_file(
    viewer: FlaskClient, songs: list[int], query: str, expected: list[tuple[str, str, str]]
) -> None:
    assert rows(viewer, query) == expected
    page = viewer.get(f"{PAGE}{query}", headers=HTMX).text
    assert re.findall(r'<a class="track-title"[^>]*>([^<]+)</a>', page) == [row[0] for row in expected]
    assert ("data-empty" in page) == (not expected)
    assert ("Country: United States" in page) == ("country" in query)


def test_a_list_narrows_it(viewer: FlaskClient, songs: list[int], database: psycopg.Connection) -> None:
    list_id = make_list(database, [songs[2]])
    row = database.execute(
        "UPDATE lists SET is_shared = true WHERE id = %s RETURNING uuid", [list_id]
    ).fetchone()
    assert row is not None
    assert rows(viewer, f"?list={row[0]}") == [("Return", "1", "1")]


def test_by_an_incomplete_ranking_nothing_enters(
    viewer: FlaskClient, songs: list[int], database: psycopg.Connection
) -> None:
    row = database.execute("SELECT id FROM charts WHERE slug = 'us'").fetchone()
    assert row is not None
    lose_row(database, row[0], ago(3), 1)
    assert counts(viewer.get(f"{PAGE}?chart=us").text) == {"all": "1", "new": "1", "re-entries": "0"}


def test_a_page_has_fifty_tracks(viewer: FlaskClient, database: psycopg.Connection) -> None:
    chart = make_chart(database)
    many = [make_track(database, str(UUID(int=n + 1)), f"Song {n}") for n in range(61)]
    make_ranking(database, chart, ago(2), many[:1])
    make_ranking(database, chart, ago(1), [Entry(song, entry_date=ago(1)) for song in reversed(many)])
    page = viewer.get(PAGE).text
    assert "50 of 60" in page
    [following] = re.findall(r'href="(/dashboard/entered/\?after=\d+)"', page)
    second = viewer.get(following).text
    assert len(re.findall('class="track-title"', second)) == 10
    assert "Next page" not in second
    assert len(rows(viewer)) == 60


def test_an_empty_site_says_so(viewer: FlaskClient) -> None:
    page = viewer.get(PAGE).text
    assert "No rankings in these days" in page
    assert counts(page) == {"all": "\N{EN DASH}", "new": "\N{EN DASH}", "re-entries": "\N{EN DASH}"}


@pytest.mark.parametrize("seed", range(3))
def test_the_tiles_and_the_page_have_the_same_numbers(
    app: Flask, visit: Visit, database: psycopg.Connection, seed: int
) -> None:
    world = make_world(database, seed)  # into an empty database, so before anybody signs in
    for narrow in filters(world):
        for window in windows(world.random):
            tile = entries(narrow, window, None)
            both = entries_of_window(narrow, window, None, listing=Listing(("all",), NAMED))
            assert (tile.new, tile.re_entry) == (both.new, both.re_entry)
            assert len(both.listed["all"]) == both.both
            for kind in KINDS:
                own = entries_of_window(narrow, window, None, listing=Listing((kind,), NAMED)).listed[kind]
                assert len(own) == tile.number(kind)
                assert [(row.uuid, row.best) for row in own] == [
                    (row.uuid, row.best) for row in tile.listed[kind]
                ]
    page = counts(visit("viewer").get(f"{PAGE}?window=30").text)
    tile = entries(Narrow(), Window(ago(29), today()), None)
    assert (page["new"], page["re-entries"]) == (str(tile.new), str(tile.re_entry))
    assert tile.new + tile.re_entry > 0
