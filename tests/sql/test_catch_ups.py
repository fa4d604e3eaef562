"""Days that a platform reported at once, as the database finds them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

import psycopg
import pytest

from tests.factories import audience_rows, insert_series, make_track, platform_id

FIRST = date(2026, 8, 1)


def catch_ups(
    database: psycopg.Connection, gains: Sequence[int], since: date | None = None, until: date | None = None
) -> list[tuple[int, int]]:
    """Returns the catch-ups of a series with these gains: the place of each and the days it covers."""
    track, spotify = make_track(database), platform_id(database, "spotify")
    totals = accumulate(gains, initial=1000)
    values = [(FIRST + timedelta(days=place), total) for place, total in enumerate(totals, start=-1)]
    insert_series(database, audience_rows(track, spotify, values))
    found = database.execute(
        "SELECT date, days FROM audience_catch_ups(%s, %s, %s, %s)", [track, spotify, since, until]
    ).fetchall()
    return [((day - FIRST).days, days) for day, days in found]


@pytest.mark.parametrize(
    ("gains", "found"),
    [
        ([100] * 10 + [0, 300], [(11, 2)]),
        ([100] * 10 + [0, 0, 400, 100, 0, 210], [(12, 3), (15, 2)]),
        ([100] * 10 + [0] * 40 + [900], [(50, 41)]),
        ([100] * 10 + [0, 199], []),
        ([100] * 10 + [900], []),
        ([100] * 10 + [0, -300], []),
        ([100] * 10 + [-700, 0, 0, 800], []),
        ([100] * 10 + [0, 0], []),
        ([0, 0, 0, 0, 0, 0, 700] * 6, []),
        ([0, 0, 5], []),
        ([], []),
    ],
)
def test_a_rise_after_equal_totals_covers_the_days_since_they_began(
    database: psycopg.Connection, gains: list[int], found: list[tuple[int, int]]
) -> None:
    assert catch_ups(database, gains) == found


def test_what_lies_before_the_range_is_known_and_not_reported(database: psycopg.Connection) -> None:
    gains = [100] * 10 + [0, 0, 400, 100, 0, 210, 100, 0, 400]
    since, until = FIRST + timedelta(days=13), FIRST + timedelta(days=17)
    assert catch_ups(database, gains, since, until) == [(15, 2)]


def test_days_without_a_value_are_covered_too(database: psycopg.Connection) -> None:
    track, spotify = make_track(database), platform_id(database, "spotify")
    days = [(FIRST + timedelta(days=place), 1000 + 100 * place) for place in range(10)]
    late = [(FIRST + timedelta(days=10), 1900), (FIRST + timedelta(days=13), 2300)]
    insert_series(database, audience_rows(track, spotify, days + late))
    found = database.execute(
        "SELECT date, days FROM audience_catch_ups(%s, %s, NULL, NULL)", [track, spotify]
    ).fetchall()
    assert found == [(FIRST + timedelta(days=13), 4)]
