"""The figures derived by the database: movements of entries and health of charts."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.factories import Entry, make_chart, make_ranking, make_track

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 8, 3) + timedelta(days=n) for n in range(4))


def movements(database: psycopg.Connection, chart: int, day: date) -> list[tuple[int, str, int | None, bool]]:
    """Position, movement, previous position, whether the API's."""
    return database.execute(
        "SELECT position, movement, previous_position, is_from_api FROM ranking_movements(%s, %s) ORDER BY 1",
        [chart, day],
    ).fetchall()


@pytest.fixture
def tracks(database: psycopg.Connection) -> list[int]:
    return [make_track(database, str(uuid4()), f"Song {n}") for n in range(6)]


def test_a_movement_is_derived_from_the_previous_date_that_is_held(
    database: psycopg.Connection, tracks: list[int]
) -> None:
    chart = make_chart(database)
    one, two, three, four, five, six = tracks
    make_ranking(database, chart, MONDAY, [one, six])
    make_ranking(database, chart, TUESDAY, [one, two, three])
    entries = [
        Entry(two, previous=9),  # the API's value is ignored
        Entry(three),
        Entry(one),
        Entry(four, entry_date=WEDNESDAY),
        Entry(five, entry_date=date(2025, 1, 1)),
        Entry(six),
    ]
    make_ranking(database, chart, WEDNESDAY, entries)
    assert movements(database, chart, WEDNESDAY) == [
        (1, "up", 2, False),
        (2, "up", 3, False),
        (3, "down", 1, False),
        (4, "new", None, False),
        (5, "re_entry", None, False),
        (6, "re_entry", None, False),  # stored on Monday, though the API gives no entry date
    ]


def test_a_first_ranking_has_nobody_new(database: psycopg.Connection, tracks: list[int]) -> None:
    chart = make_chart(database)
    make_ranking(database, chart, MONDAY, [Entry(track, entry_date=MONDAY) for track in tracks])
    assert {row[1] for row in movements(database, chart, MONDAY)} == {"unknown"}


def test_where_the_previous_date_is_not_held_the_api_is_believed_and_it_is_marked(
    database: psycopg.Connection, tracks: list[int]
) -> None:
    chart = make_chart(database)
    make_ranking(database, chart, MONDAY, tracks)
    database.execute(
        "INSERT INTO chart_dates VALUES (%s, %s, %s)", [chart, TUESDAY, f"{TUESDAY}T12:00:00+00:00"]
    )
    one, two, three, four, *_ = tracks
    entries = [
        Entry(two, previous=1),
        Entry(one),
        Entry(three, entry_date=WEDNESDAY),
        Entry(four, previous=4),
    ]
    make_ranking(database, chart, WEDNESDAY, entries)
    assert movements(database, chart, WEDNESDAY) == [
        (1, "same", 1, True),
        (2, "unknown", None, False),
        (3, "new", None, False),
        (4, "same", 4, True),
    ]


def test_a_hole_that_the_api_has_too_is_stepped_over(database: psycopg.Connection, tracks: list[int]) -> None:
    chart = make_chart(database)
    make_ranking(database, chart, MONDAY, tracks[:2])
    make_ranking(database, chart, THURSDAY, [tracks[1], tracks[0]])
    assert movements(database, chart, THURSDAY) == [(1, "up", 2, False), (2, "down", 1, False)]


def test_a_second_entry_that_the_ranking_before_lacks_is_compared_with_what_the_api_states(
    database: psycopg.Connection, tracks: list[int]
) -> None:
    chart = make_chart(database)
    one, two, three, four, five, _ = tracks
    make_ranking(database, chart, MONDAY, [one, one, two, two])
    make_ranking(database, chart, TUESDAY, [one, two, three, four, five])
    entries = [
        Entry(one, previous=5),  # it has a former entry, so the API's value is ignored
        Entry(one, previous=4),
        Entry(two),
        Entry(two),
        Entry(three),
        Entry(three),
        Entry(four),
        Entry(four, times=3),
        Entry(five),
        Entry(five, entry_date=WEDNESDAY),
    ]
    make_ranking(database, chart, WEDNESDAY, entries)
    assert movements(database, chart, WEDNESDAY) == [
        (1, "same", 1, False),
        (2, "up", 4, True),
        (3, "down", 2, False),
        (4, "re_entry", None, False),  # has two entries on Monday
        (5, "down", 3, False),
        (6, "unknown", None, False),  # never had two entries
        (7, "down", 4, False),
        (8, "re_entry", None, False),  # it has been there three times
        (9, "down", 5, False),
        (10, "new", None, False),
    ]


def test_each_entry_of_a_song_that_stands_twice_has_its_own_movement(
    database: psycopg.Connection, tracks: list[int]
) -> None:
    chart = make_chart(database)
    one, two, *_ = tracks
    make_ranking(database, chart, MONDAY, [one, two, one])
    make_ranking(database, chart, TUESDAY, [two, one, one])
    assert [row[1:3] for row in movements(database, chart, TUESDAY)] == [
        ("up", 2),
        ("down", 1),
        ("same", 3),
    ]
    counted = database.execute(
        "SELECT bucket, rankings, best_position FROM track_appearances_daily WHERE track_id = %s ORDER BY 1",
        [one],
    ).fetchall()
    assert counted == [(MONDAY, 1, 1), (TUESDAY, 1, 2)]


@pytest.mark.parametrize(
    ("frequency", "newest_days", "stored_days", "enabled", "error", "expected"),
    [
        ("daily", 1, 1, True, "", ("healthy", True)),
        ("daily", 3, 3, True, "", ("healthy", True)),
        ("daily", 4, 4, True, "", ("late", True)),
        ("daily", 9, 9, True, "", ("late", False)),
        ("daily", 1, 1, True, "The API broke off.", ("failing", True)),
        ("daily", 1, 1, False, "", ("idle", False)),
        ("daily", 1, 1, False, "The API broke off.", ("idle", False)),
        ("weekly", 9, 9, True, "", ("healthy", True)),
        ("weekly", 10, 10, True, "", ("late", True)),
        ("weekly", 12, 12, True, "", ("late", False)),
        ("Monthly", 33, 33, True, "", ("healthy", True)),
        ("monthly", 34, 47, True, "", ("late", False)),
        ("fortnightly", 9, 9, True, "", ("healthy", True)),
        ("weekly", 40, 1, True, "", ("late", True)),  # a back-fill stores old rankings now
        ("daily", None, None, True, "", ("late", False)),
    ],
)
def test_health(
    database: psycopg.Connection,
    frequency: str,
    newest_days: int | None,
    stored_days: int | None,
    enabled: bool,  # noqa: FBT001 (a case's column)
    error: str,
    expected: tuple[str, bool],
) -> None:
    chart = make_chart(database, frequency=frequency, enabled=enabled)
    database.execute("UPDATE charts SET sync_error = %s", [error])
    if newest_days is not None and stored_days is not None:
        now = datetime.now(UTC)
        stored_at = now - timedelta(days=stored_days) + timedelta(minutes=1)
        make_ranking(
            database, chart, now.date() - timedelta(days=newest_days), [make_track(database)], stored_at
        )
    found = database.execute("SELECT health, is_active FROM chart_health").fetchone()
    assert found == expected
