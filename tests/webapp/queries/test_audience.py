"""Series by day, week and month: the SQL compared with a plain model of the definitions."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.upserts import AudienceRow, upsert_audience
from tests.factories import T0, audience_rows, insert_series, item, make_track, platform_id
from tests.figures import CASES, histories, last_day, period_gain
from webapp.extensions import db
from webapp.lib.series import Interval, label_of, next_label
from webapp.models import Platform, Track
from webapp.queries.audience import (
    ChartQuery,
    Point,
    change_of,
    platform_colour,
    range_gain,
    series,
    single_chart,
)

DAY = date(2025, 12, 29)  # a Monday, with a month's end in its week


def points(track: int, platform: int, query: ChartQuery) -> list[Point]:
    db.session.rollback()
    return series(track, [platform], query)


def brief(found: list[Point]) -> list[tuple[date, int, int | None]]:
    return [(point.label, point.total, point.gain) for point in found]


@pytest.fixture
def spotify(database: psycopg.Connection) -> int:
    return platform_id(database, "spotify")


def test_a_gain_counts_from_the_last_earlier_value_even_before_the_range(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track = make_track(database)
    values = [(DAY, 100), (DAY + timedelta(1), 110), (DAY + timedelta(4), 140), (DAY + timedelta(5), 130)]
    insert_series(database, audience_rows(track, spotify, values))

    found = points(track, spotify, ChartQuery(start_date=DAY + timedelta(3)))
    # Three days without a value: the gain covers them and is spread over nothing. A fall is a fall.
    assert brief(found) == [(DAY + timedelta(4), 140, 30), (DAY + timedelta(5), 130, -10)]
    assert [point.covers for point in found] == [3, 1]
    whole = points(track, spotify, ChartQuery())
    assert [point.gain for point in whole] == [None, 10, 30, -10]
    assert [point.covers for point in whole] == [None, 1, 3, 1]


def test_a_weeks_gain_is_its_last_total_minus_the_last_before_it(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track = make_track(database)
    values = [(DAY + timedelta(day), 100 + 10 * day) for day in range(28) if day not in (6, 13, 14, 15)]
    insert_series(database, audience_rows(track, spotify, values))

    found = points(track, spotify, ChartQuery(interval="week"))
    assert brief(found) == [
        (DAY, 150, None),
        (DAY + timedelta(7), 220, 70),
        (DAY + timedelta(14), 300, 80),
        (DAY + timedelta(21), 370, 70),
    ]
    assert [(point.days_known, point.length) for point in found] == [(6, 7), (6, 7), (7, 7), (7, 7)]
    assert [point.is_complete for point in found] == [False, False, True, True]
    assert [point.covers for point in found] == [None, 7, 8, 7]
    assert not any(point.so_far for point in found)


def test_the_running_week_reports_it_far(app: Flask, database: psycopg.Connection, spotify: int) -> None:
    track = make_track(database)
    today = datetime.now(UTC).date()
    insert_series(database, audience_rows(track, spotify, [(today - timedelta(day), 1) for day in range(40)]))
    for interval in ("week", "month"):
        found = points(track, spotify, ChartQuery(interval=interval))
        assert [point.so_far for point in found] == [False] * (len(found) - 1) + [True]


def test_a_revised_day_is_reported_and_one_whose_identifiers_changed(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track = make_track(database)
    upsert_audience(
        audience_rows(track, spotify, [(DAY, 1), (DAY + timedelta(1), 2), (DAY + timedelta(2), 3)])
    )
    later = T0 + timedelta(hours=1)
    changed = DAY + timedelta(1)
    upsert_audience(
        [
            AudienceRow(
                track_id=track,
                platform_id=spotify,
                date=changed,
                audience_value=5,
                platform_identifier="b",
                fetched_at=later,
                api_data=item(changed, 5, "b"),
            )
        ]
    )
    db.session.commit()

    found = points(track, spotify, ChartQuery())
    assert [(point.former_value, point.revised_at) for point in found] == [
        (None, None),
        (2, later),
        (None, None),
    ]
    assert [point.identifiers_changed for point in found] == [False, True, True]
    week = points(track, spotify, ChartQuery(interval="week"))
    assert [(point.former_value, point.identifiers_changed) for point in week] == [(2, True)]


@pytest.mark.parametrize(
    ("interval", "stalled", "marked"),
    [
        # Days reported at once on 11 March also belong to the week of 2 March, and to the one month.
        ("week", (date(2026, 3, 4), date(2026, 3, 10)), {date(2026, 3, 2): 7, date(2026, 3, 9): 7}),
        ("month", (date(2026, 3, 4), date(2026, 3, 10)), {}),
        ("week", (date(2026, 3, 3), date(2026, 3, 7)), {}),
        ("month", (date(2026, 2, 26), date(2026, 3, 3)), {date(2026, 2, 1): 6, date(2026, 3, 1): 6}),
    ],
)
def test_days_reported_in_another_week_or_month_mark_both(
    app: Flask,
    database: psycopg.Connection,
    spotify: int,
    interval: Interval,
    stalled: tuple[date, date],
    marked: dict[date, int],
) -> None:
    track = make_track(database)
    first = date(2026, 1, 5)
    every = [first + timedelta(number) for number in range(84)]
    total = {day: 1000 * number for number, day in enumerate(every)}
    values = [(day, total[stalled[0]] if stalled[0] <= day <= stalled[1] else total[day]) for day in every]
    insert_series(database, audience_rows(track, spotify, values))
    whole = points(track, spotify, ChartQuery(interval=interval))
    assert {point.label: point.reported_days for point in whole if point.reported_days} == marked
    until = points(track, spotify, ChartQuery(end_date=stalled[1], interval=interval))
    assert {point.label for point in until if point.reported_days} == {
        label for label in marked if label <= stalled[1]
    }


def test_limit_keeps_the_most_recent_labels_oldest_first(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track = make_track(database)
    values = [(DAY + timedelta(day), day) for day in range(10)]
    insert_series(database, audience_rows(track, spotify, values))
    found = points(track, spotify, ChartQuery(limit=3))
    assert [point.label for point in found] == [DAY + timedelta(day) for day in (7, 8, 9)]
    assert found[0].gain == 1


def test_nothing_stored_is_nothing_shown(app: Flask, database: psycopg.Connection, spotify: int) -> None:
    assert points(make_track(database), spotify, ChartQuery()) == []


class Counted(NamedTuple):
    """Returns a label's point according to the definitions."""

    label: date
    total: int
    gain: int | None
    covers: int | None
    known: int


def model(values: dict[date, int], released: date | None, query: ChartQuery) -> list[Counted]:
    """Returns every label of a range, computed the plain way: day by day, as docs/figures.md words it."""
    days = sorted(values)
    shown = [
        day
        for day in days
        if (query.start_date is None or day >= query.start_date)
        and (query.end_date is None or day <= query.end_date)
    ]
    if not shown:
        return []
    before = [day for day in days if day < shown[0]]
    former: tuple[date, int] | None = (before[-1], values[before[-1]]) if before else None
    new = released is not None and timedelta(0) <= shown[0] - released <= timedelta(90)
    first = query.start_date or (released if released and new else shown[0])
    last = query.end_date or shown[-1]
    early = released is not None and shown[0] < released - timedelta(3)
    if before or released is None or early:
        pass
    elif first <= released <= last or shown[0] <= released + timedelta(3):
        former = (min(released, shown[0]) - timedelta(1), 0)
    found: list[Counted] = []
    for label, group in groupby(shown, key=lambda day: label_of(day, query.interval)):
        bucket = list(group)
        begins = max(label, query.start_date or label)
        if former is None or former[0] >= begins:
            begins = max(begins, former[0] + timedelta(1) if former else bucket[0])
        gain, covers = None, None
        if former:
            gain, covers = values[bucket[-1]] - former[1], (bucket[-1] - former[0]).days
        known = (bucket[-1] - begins).days + 1
        found.append(Counted(label, values[bucket[-1]], gain, covers, known))
        former = (bucket[-1], values[bucket[-1]])
    return found


days = st.integers(0, 120).map(lambda number: DAY + timedelta(number))


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=histories(days),
    released=st.none() | days | st.integers(-400, 0).map(lambda number: DAY + timedelta(number)),
    start=st.none() | days,
    end=st.none() | days,
    interval=st.sampled_from(["day", "week", "month"]),
)
def test_series_are_what_the_model_states(
    app: Flask,
    database: psycopg.Connection,
    spotify: int,
    values: dict[date, int],
    released: date | None,
    start: date | None,
    end: date | None,
    interval: Interval,
) -> None:
    track = make_track(database, str(uuid4()))
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track])
    insert_series(database, audience_rows(track, spotify, values.items()))
    query = ChartQuery(start, end, interval=interval)
    found = points(track, spotify, query)
    counted = [
        Counted(point.label, point.total, point.gain, point.covers, point.days_known) for point in found
    ]
    assert counted == model(values, released, query)
    assert [point.length for point in found] == [
        (next_label(point.label, interval) - point.label).days for point in found
    ]
    assert all(point.days_known <= point.length for point in found)
    if start is None or end is None or start > end:
        return
    # The gains of a range are the gain of the range, by days as by weeks and months.
    gained = range_gain(found) if found else None
    assert (gained is None) == (last_day(values, start, end) is None)
    expected = period_gain(values, released, start, end) if gained else None
    assert (gained and gained.gain) == (expected and expected.gain)
    if gained and gained.gain is not None:
        assert sum(point.gain or 0 for point in found) == gained.gain
        assert expected is not None
        caveat = "fall" if expected.fell else None
        assert (gained.base_date, gained.caveat) == (expected.base_date, caveat)
        assert (gained.first_date, gained.first_total) == min(
            (day, total) for day, total in values.items() if start <= day <= end
        )
    elif found:
        known = found[0].gain is not None and found[0].covers is not None
        stale = known and found[0].last_date - timedelta(found[0].covers or 0) < start - timedelta(8)
        assert found[0].gain is None or stale


def test_two_platforms_are_kept_apart_and_a_limit_counts_the_union(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track = make_track(database)
    youtube = platform_id(database, "youtube")
    insert_series(database, audience_rows(track, spotify, [(DAY, 1), (DAY + timedelta(2), 3)]))
    insert_series(database, audience_rows(track, youtube, [(DAY, 10), (DAY + timedelta(1), 20)]))
    db.session.rollback()
    found = series(track, [youtube, spotify], ChartQuery(limit=2))
    assert [(point.platform_id, point.label) for point in found] == [
        (spotify, DAY + timedelta(2)),
        (youtube, DAY + timedelta(1)),
    ]
    stored = db.session.get_one(Track, track)
    platforms = [db.session.get_one(Platform, each) for each in (spotify, youtube)]
    compared = stored.get_platform_audience_comparison(platforms)
    assert [dataset["data"] for dataset in compared["datasets"]] == [[1, None, 3], [10, 20, None]]
    alone = stored.get_audience_chart_data(platforms[1], limit=1)
    assert alone["labels"] == [(DAY + timedelta(1)).isoformat()]
    assert alone["datasets"][0]["borderColor"] == "#3b82f6"


def test_every_label_of_a_range_is_there_until_tomorrow_at_most(
    app: Flask, database: psycopg.Connection, spotify: int
) -> None:
    track, platform = make_track(database), db.session.get_one(Platform, spotify)
    today = datetime.now(UTC).date()
    insert_series(
        database, audience_rows(track, spotify, [(today - timedelta(5), 1), (today - timedelta(2), 4)])
    )

    def labels(start: int | None = None, end: int | None = None) -> tuple[int, int, int]:
        """How many days ago the first and the last label are, and how many labels there are."""
        first, last = (None if day is None else today - timedelta(day) for day in (start, end))
        query = ChartQuery(first, last, every_label=True)
        found = single_chart(db.session.get_one(Track, track), platform, query)["labels"]
        days = [(today - date.fromisoformat(label)).days for label in found]
        return days[0], days[-1], len(days)

    assert labels() == (5, 2, 4)
    assert labels(start=7, end=1) == (7, 1, 7)
    assert labels(end=-30) == (5, -1, 7)


@pytest.mark.parametrize(
    ("gain", "before", "change"),
    [(1500, 1000, 0.5), (500, 1000, -0.5), (1500, 999, None), (1500, None, None), (None, 1000, None)],
)
def test_a_change_is_a_share_of_what_is_large_enough(
    gain: int | None, before: int | None, change: float | None
) -> None:
    assert change_of(gain, before) == change


def test_no_two_platforms_with_an_audience_share_a_colour(app: Flask) -> None:
    platforms = db.session.scalars(db.select(Platform).where(Platform.has_song_audience)).all()
    assert len({platform_colour(platform) for platform in platforms}) == len(platforms) == 16
