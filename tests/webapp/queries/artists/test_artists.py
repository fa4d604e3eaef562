"""Gains and chart positions of an artist, compared with the raw rows."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import (
    Entry,
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from tests.figures import A_DAY, gain_before, last_day, period_gain
from webapp.queries.artists.growth import artist_totals
from webapp.queries.artists.pages import (
    Days,
    PlatformGain,
    artist_charts,
    artist_gains,
    artist_presence,
)
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.dashboard.leaders import audience_leaders, audience_platforms

NEWEST = date(2026, 11, 20)
SLUGS = ("spotify", "youtube", "shazam")

Totals = dict[tuple[int, str], dict[date, int]]


class Catalogue(NamedTuple):
    """An artist with tracks, another's track beside them, and all totals by track and platform."""

    artist: int
    tracks: list[int]
    uuids: dict[int, UUID]
    totals: Totals
    released: dict[int, date]


@pytest.fixture
def catalogue(database: psycopg.Connection) -> Catalogue:
    """Six tracks with gaps, falls, late beginnings and early ends; the last is somebody else's.

    Two were released when their first series begins.
    """
    chance = random.Random(4)
    uuids = {}
    released: dict[int, date] = {}
    totals: Totals = {}
    for number in range(6):
        uuid = UUID(int=number + 1)
        track = make_track(database, str(uuid), f"Song {number}")
        uuids[track] = uuid
        for slug in SLUGS:
            if chance.random() < 0.25:
                continue
            totals[track, slug] = values = dict(series(chance))
            rows = audience_rows(track, platform_id(database, slug), sorted(values.items()))
            insert_series(database, rows)
        begins = min(day for (each, _), values in totals.items() if each == track for day in values)
        released[track] = begins if number in (1, 3) else date(2019, 3, 29)
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released[track], track])
    tracks = sorted(uuids)
    artist = make_artist(database, str(UUID(int=100)), "Somebody", tracks[:5])
    make_artist(database, str(UUID(int=101)), "Else", tracks[4:])
    return Catalogue(artist, tracks[:5], uuids, totals, released)


def series(chance: random.Random) -> Iterable[tuple[date, int]]:
    """About 150 days of totals; one in nine is missing, and one in fifteen is a fall."""
    total = chance.randrange(100_000)
    first, last = chance.choice((150, 40, 12)), chance.choice((0, 0, 3, 60))
    for back in range(max(first, last + 2), last - 1, -1):
        total += chance.randrange(4000) if chance.random() > 1 / 15 else -min(total, 500)
        if chance.random() > 1 / 9:
            yield NEWEST - timedelta(days=back), total


@pytest.mark.parametrize("days", [1, 7, 30, 90])
@pytest.mark.parametrize("back", [0, 2, 35, 200])
def test_gains_are_those_of_the_raw_rows(app: Flask, catalogue: Catalogue, days: int, back: int) -> None:
    end = NEWEST - timedelta(days=back)
    start = end - timedelta(days=days - 1)
    found = {each.slug: each for each in artist_gains(catalogue.artist, start, end)}
    for slug in SLUGS:
        own = {track: catalogue.totals.get((track, slug), {}) for track in catalogue.tracks}
        there = {track: values for track, values in own.items() if last_day(values, start, end)}
        assert (slug in found) == bool(there)
        if not there:
            continue
        gained = {track: period_gain(there[track], catalogue.released[track], start, end) for track in there}
        gains = {track: each and each.gain for track, each in gained.items()}
        before = {track: gain_before(there[track], catalogue.released[track], start, end) for track in there}
        assert {track.uuid: (track.gain, track.gain_before) for track in found[slug].tracks} == {
            catalogue.uuids[track]: (gains[track], before[track]) for track in there
        }
        known = [value for value in gains.values() if value is not None]
        assert found[slug].gain == (sum(known) if known else None)
        assert found[slug].change == change([(gains[each], before[each]) for each in there])
        assert len(found[slug].unknown) == len(there) - len(known)
        assert_days(
            found[slug].days,
            [
                values | ({release - A_DAY: 0} if release == min(values) else {})
                for release, values in ((catalogue.released[track], there[track]) for track in there)
            ],
            [gains[track] is not None for track in there],
            start,
            end,
        )


def change(pairs: list[tuple[int | None, int | None]]) -> float | None:
    """Returns the gain of the tracks that have both against that of the period before."""
    both = [(now, then) for now, then in pairs if now is not None and then is not None]
    then = sum(then for _, then in both)
    return (sum(now for now, _ in both) - then) / then if then >= 1000 else None


def makes_up(values: dict[date, int], day: date, start: date) -> bool:
    """Returns whether a day follows a fall, or brings a total back to where it was before one."""
    seen = [values[each] for each in sorted(values) if start - 90 * A_DAY <= each < day]
    return seen[-1] < max(seen[-2:]) or seen[-1] < max(seen) <= values[day]


def assert_days(found: Days, there: list[dict[date, int]], known: list[bool], start: date, end: date) -> None:
    """Days with any value, and the day whose gains on the day before come to most, of the tracks counted."""
    days = {day for values in there for day in values if start <= day <= end}
    sums: defaultdict[date, int] = defaultdict(int)
    for values in itertools.compress(there, known):
        for day, total in values.items():
            if start <= day <= end and day - A_DAY in values and not makes_up(values, day, start):
                sums[day] += total - values[day - A_DAY]
    gained = [day for day in sums if sums[day] > 0]
    best = min(gained, key=lambda day: (-sums[day], day)) if gained else None
    assert found.days == len(days)
    assert (found.best_day, found.best_gain) == (best, sums[best] if best else None)


def test_nothing_held_is_nothing(app: Flask, database: psycopg.Connection) -> None:
    nobody = make_artist(database, str(UUID(int=9)), "Nobody")
    assert artist_totals(nobody) == []
    assert artist_gains(nobody, NEWEST, NEWEST) == []
    assert artist_charts(nobody) == []
    assert artist_presence(nobody) is None


def test_charts_are_counted_from_the_raw_entries(
    app: Flask, catalogue: Catalogue, database: psycopg.Connection
) -> None:
    chance = random.Random(5)
    everything = [*catalogue.uuids]
    for number in range(4):
        chart = make_chart(database, f"chart-{number}", name=f"Chart {number}")
        for back in (9, 2, 1, 0)[: 4 - number % 2]:
            entries = [Entry(track) for track in chance.choices(everything, k=8)]
            make_ranking(database, chart, NEWEST - timedelta(days=back), entries)
    rows = database.execute(
        "SELECT entries.chart_id, ranked_on, position, track_id, ranked_on = last_ranked_on"
        " FROM chart_ranking_entries AS entries JOIN charts ON charts.id = chart_id WHERE track_id = ANY(%s)",
        [catalogue.tracks],
    ).fetchall()
    once: dict[tuple[int, date, int], int] = {}
    for chart, day, position, track, _ in rows:
        once[chart, day, track] = min(position, once.get((chart, day, track), position))
    ever = artist_presence(catalogue.artist)
    assert ever is not None
    assert (ever.rankings, ever.charts) == (len(once), len({chart for chart, _, _ in once}))
    assert ever.tracks == len({track for _, _, track in once})
    assert ever.best_position == min(once.values())
    assert ever.best_on == max(
        day for (_, day, _), position in once.items() if position == ever.best_position
    )
    newest = {(chart, track) for chart, _, _, track, is_newest in rows if is_newest}
    now = artist_charts(catalogue.artist)
    assert sorted(each.position for each in now) == [each.position for each in now]
    assert len(now) == len(newest)


def last_month_of_a_song(database: psycopg.Connection, totals: list[int]) -> PlatformGain:
    """Returns the gain of an artist's only song in 30 days, from a total for each day until the newest."""
    artist = make_artist(database, str(UUID(int=7)), "Somebody", [track := make_track(database)])
    days = [(NEWEST - back * A_DAY, total) for back, total in enumerate(reversed(totals))]
    insert_series(database, audience_rows(track, platform_id(database, "spotify"), days))
    [found] = artist_gains(artist, NEWEST - 29 * A_DAY, NEWEST)
    return found


def test_days_that_are_reported_at_once_are_no_best_day(app: Flask, database: psycopg.Connection) -> None:
    # 1,000 a day, 1,500 on one, and three days that come as one.
    totals = [1_000_000 + 1000 * day + 500 * (day > 30) for day in range(50)]
    totals[40:43] = [totals[39]] * 3
    found = last_month_of_a_song(database, totals)
    assert found.gain == 30_500
    assert (found.days.best_day, found.days.best_gain) == (NEWEST - 18 * A_DAY, 1500)


@pytest.mark.parametrize("wrong", [[10], [10, 20, 30], [0, 1_070_000]])
def test_a_total_that_is_wrong_for_days_makes_no_best_day(
    app: Flask, database: psycopg.Connection, wrong: list[int]
) -> None:
    totals = [1_000_000 + 1000 * day + 500 * (day > 45) for day in range(50)]
    totals[30 : 30 + len(wrong)] = wrong
    found = last_month_of_a_song(database, totals)
    assert found.gain == 30_500
    assert (found.days.best_day, found.days.best_gain) == (NEWEST - 3 * A_DAY, 1500)


def test_sums_may_be_larger_than_any_total(app: Flask, database: psycopg.Connection) -> None:
    spotify = platform_id(database, "spotify")
    tracks = [make_track(database, str(UUID(int=number))) for number in (1, 2)]
    artist = make_artist(database, str(UUID(int=7)), "Somebody", tracks)
    largest = 2**63 - 1
    for track in tracks:
        values = [(NEWEST - 10 * A_DAY, 0), (NEWEST - A_DAY, 0), (NEWEST, largest)]
        insert_series(database, audience_rows(track, spotify, values))
    [found] = artist_gains(artist, NEWEST - 6 * A_DAY, NEWEST)
    assert (found.gain, found.days.best_gain) == (2 * largest, 2 * largest)
    [platform] = audience_platforms(spotify)
    sums = audience_leaders(platform, Window(NEWEST - 6 * A_DAY, NEWEST), Narrow(), released_since=None).sums
    assert (sums.known, sums.gain_of_all) == (2, 2 * largest)
    assert isinstance(sums.gain_of_all, int)
