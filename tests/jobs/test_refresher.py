"""Aggregates equal the raw rows after all kinds of changes."""

import random
from datetime import date, timedelta
from itertools import pairwise
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from jobs.refresher import DateRange, bucket_end, bucket_start, merge, refresh_aggregates
from jobs.upserts import upsert_audience
from tests.factories import T0, audience_rows, make_track, platform_id
from webapp.engine import REFRESHED
from webapp.extensions import db

TODAY = date(2026, 3, 18)  # a Wednesday
RAW = {
    "audience_weekly": "date_trunc('week', date)::date",
    "audience_monthly": "date_trunc('month', date)::date",
}


def assert_aggregates_equal_raw_rows(connection: psycopg.Connection, track: int) -> None:
    for name, bucket in RAW.items():
        truth = connection.execute(
            f"SELECT track_id, platform_id, {bucket} AS bucket, (array_agg(audience_value ORDER BY date))[1],"
            " (array_agg(audience_value ORDER BY date DESC))[1], min(audience_value), max(audience_value),"
            " min(date), max(date), count(*) FROM track_audience_time_series WHERE track_id = %s"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [track],
        ).fetchall()
        seen = connection.execute(
            f"SELECT * FROM {name} WHERE track_id = %s ORDER BY 1, 2, 3",
            [track],
        ).fetchall()
        assert seen == truth, name


def upsert(track: int, platform: int, values: list[tuple[date, int]], hours: int) -> None:
    upsert_audience(audience_rows(track, platform, values, T0 + timedelta(hours=hours)))
    db.session.commit()


@pytest.mark.parametrize("seed", range(5))
def test_aggregates_equal_raw_rows_after_late_changed_and_repeated_points(
    app: Flask, database: psycopg.Connection, seed: int
) -> None:
    chance = random.Random(seed)
    track = make_track(database, str(uuid4()))
    platforms = [platform_id(database, slug) for slug in ("spotify", "youtube")]
    for step in range(6):
        days = chance.sample(range(400), k=60)
        values = [(TODAY - timedelta(days=day), chance.randrange(10**10)) for day in days]
        upsert(track, chance.choice(platforms), values, step)
        if chance.random() < 0.6:
            refresh_aggregates(TODAY)
            assert_aggregates_equal_raw_rows(database, track)
    refresh_aggregates(TODAY)
    assert_aggregates_equal_raw_rows(database, track)


def test_the_running_week_shows_its_later_days_at_once(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database, str(uuid4()))
    spotify = platform_id(database, "spotify")
    for day in range(20):
        today = TODAY + timedelta(days=day)
        upsert(track, spotify, [(today, 100 + day)], day)
        refresh_aggregates(today)
        assert_aggregates_equal_raw_rows(database, track)


def test_a_closed_bucket_is_taken_up_once_and_the_open_one_stays_pending(
    app: Flask, database: psycopg.Connection
) -> None:
    track = make_track(database, str(uuid4()))
    spotify = platform_id(database, "spotify")
    upsert(track, spotify, [(TODAY - timedelta(days=day), 100 - day) for day in range(60)], 1)

    assert refresh_aggregates(TODAY) == 2
    pending = database.execute("SELECT aggregate, first_date, last_date FROM aggregate_refreshes ORDER BY 1")
    assert pending.fetchall() == [
        ("audience_monthly", date(2026, 3, 1), TODAY),
        ("audience_weekly", date(2026, 3, 16), TODAY),
    ]
    assert refresh_aggregates(TODAY) == 0
    # On Monday the week is closed; the month is not.
    assert refresh_aggregates(date(2026, 3, 23)) == 1


def test_one_refresher_at_a_time(app: Flask, database: psycopg.Connection) -> None:
    track = make_track(database, str(uuid4()))
    upsert(track, platform_id(database, "spotify"), [(TODAY - timedelta(days=60), 1)], 1)
    database.execute("SELECT pg_advisory_lock(7215002)")
    assert refresh_aggregates(TODAY) == 0
    database.execute("SELECT pg_advisory_unlock(7215002)")
    assert refresh_aggregates(TODAY) == 2


dates = st.dates(date(2020, 1, 1), date(2027, 1, 1))
ranges = st.tuples(dates, st.integers(1, 90)).map(
    lambda pair: DateRange(pair[0], pair[0] + timedelta(days=pair[1]))
)


@given(st.lists(ranges, max_size=12))
def test_merged_ranges_hold_the_same_days_apart_and_in_order(given_ranges: list[DateRange]) -> None:
    def days(of: list[DateRange]) -> set[date]:
        return {each.start + timedelta(days=n) for each in of for n in range((each.end - each.start).days)}

    merged = merge(given_ranges)
    assert days(merged) == days(given_ranges)
    assert all(former.end < latter.start for former, latter in pairwise(merged))


@given(dates)
def test_buckets_tile_the_calendar(day: date) -> None:
    for aggregate in REFRESHED:
        start, end = bucket_start(aggregate, day), bucket_end(aggregate, day)
        assert start <= day < end
        assert bucket_start(aggregate, end) == end
        assert bucket_end(aggregate, start) == end
