"""Gains of a period, of an artist and among the leaders: their days and sums."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient

from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.webapp.views.conftest import HTMX
from tests.webapp.views.reading import text_of

NEWEST = date(2026, 11, 20)
ARTIST = str(UUID(int=7))
LEADERS = "/dashboard/leaders/?leaders=spotify&window=7"


def make_songs(database: psycopg.Connection, *songs: Iterable[tuple[int, int]]) -> None:
    """An artist's songs on Spotify, of totals by days before NEWEST."""
    ids = []
    for number, totals in enumerate(songs, start=1):
        ids.append(make_track(database, str(UUID(int=number)), f"Song {number}"))
        values = [(NEWEST - timedelta(back), total) for back, total in totals]
        insert_series(database, audience_rows(ids[-1], platform_id(database, "spotify"), values))
    make_artist(database, ARTIST, "Somebody", ids)


def daily(gain: int, first: int = 40) -> list[tuple[int, int]]:
    return [(back, 1_000_000 - gain * back) for back in range(first)]


def artist(viewer: FlaskClient, query: str = "range=7") -> str:
    return text_of(viewer.get(f"/artists/{ARTIST}/audience/?{query}", headers=HTMX).text)


def leaders(viewer: FlaskClient) -> str:
    return text_of(viewer.get(LEADERS, headers=HTMX).text)


@pytest.mark.parametrize(
    ("totals", "query"),
    [
        # It falls, its gain is unknown, or its only day has what several brought.
        (daily(-1000), "range=7"),
        (daily(1000, first=4), "range=7"),
        ([*daily(1000)[3:], (2, 997_000), (1, 997_000), (0, 1_000_000)], "start_date=2026-11-20"),
    ],
)
def test_a_period_without_a_best_day_shows_no_more_than_is_true(
    viewer: FlaskClient, database: psycopg.Connection, totals: list[tuple[int, int]], query: str
) -> None:
    make_songs(database, totals)
    page = artist(viewer, query)
    assert "no day that counts" in page
    assert "no two days in a row" not in page


def test_a_sum_shows_how_many_gains_have_a_note_and_compares_the_others(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    fallen = [(back, total - (5000 if back < 3 else 0)) for back, total in daily(1000)]
    make_songs(database, daily(2000), fallen)
    page = artist(viewer)
    assert "+16,000 up 1 with marks" in page
    assert "over 1 of 2 tracks" in page
    assert "2 tracks together, 1 with marks, 0.0% unchanged on as many days before over the 1" in leaders(
        viewer
    )


def test_a_sum_of_noted_gains_is_compared_with_nothing(
    viewer: FlaskClient, database: psycopg.Connection
) -> None:
    late = [(back, total) for back, total in daily(1000) if back not in (7, 8, 9)]
    make_songs(database, late, late)
    page = artist(viewer)
    assert "of 10 days, 2026-11-11 to 2026-11-20" in page
    assert "+20,000 up 2 with marks" in page
    assert "%" not in page.partition("Share")[0]
    assert "2 tracks together, 2 with marks." in leaders(viewer)


def test_shares_are_of_gains_alone(viewer: FlaskClient, database: psycopg.Connection) -> None:
    make_songs(database, daily(10_000), daily(-9000))
    page = artist(viewer)
    assert "+7,000" in page
    assert "1000.0%" not in page
    assert "900.0%" not in page
    assert page.count("no gain to have a share of, or a gain below 0") == 2


def test_a_gain_of_as_many_other_days_shows_which(viewer: FlaskClient, database: psycopg.Connection) -> None:
    weekly = [(back, 1_000_000 - 1000 * back) for back in range(2, 60, 7)]
    newest = [(back, 500_000 - 500 * back) for back in range(50)]
    make_songs(database, weekly, newest)
    for page in (artist(viewer), leaders(viewer)):
        assert "of 2026-11-12 to 2026-11-18" in page
        assert "1 with marks" in page
    assert leaders(viewer).count("no comparable gain before") == 1
