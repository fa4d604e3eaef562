"""The headlines of the dashboard, with numbers worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from tests.factories import (
    Entry,
    audience_rows,
    insert_series,
    make_chart,
    make_list,
    make_ranking,
    make_track,
    platform_id,
)
from tests.webapp.queries.dashboard.dashboard_data import filters, make_world, windows
from webapp.queries.dashboard.cards import Narrow, Window
from webapp.queries.dashboard.leaders import audience_leaders, audience_platforms, leaders_window
from webapp.queries.dashboard.overview import (
    MOST_PLATFORMS,
    entries,
    milestones,
    new_peaks,
    platform_gains,
)

END = date(2026, 11, 20)
WEEK = Window(END - timedelta(days=6), END)
ALL = Narrow()


def song(database: psycopg.Connection, number: int) -> int:
    return make_track(database, str(UUID(int=number)), f"Song {number}")


def ago(days: int) -> date:
    return END - timedelta(days=days)


@pytest.mark.parametrize("seed", range(4))
def test_the_gains_are_those_of_the_leaders(app: Flask, database: psycopg.Connection, seed: int) -> None:
    world = make_world(database, seed)
    for narrow in filters(world):
        for window in windows(world.random):
            found = {row.slug: row for row in platform_gains(narrow, window, None)}
            expected = {}
            for platform in audience_platforms(narrow.platform_id):
                own = leaders_window(platform, window)
                sums = audience_leaders(platform, own, narrow, released_since=None).sums
                if sums.known + sums.unknown:
                    expected[platform.slug] = (own.end, sums)
            assert {slug: (row.last_day, row.sums) for slug, row in found.items()} == expected


def test_platforms_with_half_of_the_most_tracks_come_in_their_order(
    app: Flask, database: psycopg.Connection
) -> None:
    counts = {"spotify": 2, "youtube": 3, "shazam": 5, "soundcloud": 4, "tiktok": 5, "deezer": 5}
    for place, (slug, count) in enumerate(counts.items(), start=1):
        for track in range(count):
            song_id = make_track(database, str(UUID(int=100 * place + track)))
            values = [(ago(7), 5), (END, 8)]
            insert_series(database, audience_rows(song_id, platform_id(database, slug), values))
    many = sorted(counts.keys() - {"spotify"}, key=lambda slug: platform_id(database, slug))
    found = platform_gains(ALL, WEEK, None)
    assert [(row.slug, row.sums.gain_of_all) for row in found] == [
        (slug, 3 * counts[slug]) for slug in many[:MOST_PLATFORMS]
    ]


def test_a_headline_ends_with_a_whole_day(app: Flask, database: psycopg.Connection) -> None:
    spotify, noon = platform_id(database, "spotify"), datetime(END.year, END.month, END.day, 12, tzinfo=UTC)
    values = [(ago(back), 100_000 - 1000 * back) for back in range(1, 30)] + [(END, 99_100)]
    insert_series(database, audience_rows(song(database, 1), spotify, values, noon))
    (found,) = platform_gains(ALL, WEEK, None)
    assert (found.last_day, found.sums.headline, found.sums.change) == (ago(1), 7000, 0)
    (platform,) = audience_platforms(None)
    assert leaders_window(platform, WEEK).end == ago(1)


def test_a_headline_is_of_the_tracks_that_are_compared(app: Flask, database: psycopg.Connection) -> None:
    spotify = platform_id(database, "spotify")
    steady = [(ago(14), 10_000), (ago(7), 12_000), (END, 15_000)]
    corrected = [(ago(14), 90_000), (ago(7), 95_000), (ago(2), 50_000), (END, 51_000)]
    insert_series(database, audience_rows(song(database, 1), spotify, steady))
    insert_series(database, audience_rows(song(database, 2), spotify, corrected))
    [found] = platform_gains(ALL, WEEK, None)
    assert (found.sums.headline, found.sums.change) == (3000, 0.5)
    assert (found.sums.gain_of_all, found.sums.known, found.sums.compared) == (3000 - 44_000, 2, 1)


def test_a_headline_without_a_change_is_of_all_tracks(app: Flask, database: psycopg.Connection) -> None:
    values = [(ago(7), 12_000), (END, 15_000)]
    insert_series(database, audience_rows(song(database, 1), platform_id(database, "spotify"), values))
    [found] = platform_gains(ALL, WEEK, None)
    assert (found.sums.headline, found.sums.change) == (3000, None)


def test_entries_count_each_track_once(app: Flask, database: psycopg.Connection) -> None:
    old, new, back = song(database, 1), song(database, 2), song(database, 3)
    one, two = make_chart(database, "one"), make_chart(database, "two", platform="youtube")
    for chart in (one, two):
        make_ranking(database, chart, ago(9), [Entry(old), Entry(back, entry_date=ago(40))])
        make_ranking(database, chart, ago(8), [Entry(old)])
        make_ranking(database, chart, ago(7), [Entry(old)])
    make_ranking(database, one, ago(3), [Entry(old), Entry(new, entry_date=ago(3))])
    make_ranking(
        database, two, ago(2), [Entry(new, entry_date=ago(2)), Entry(old), Entry(back, entry_date=ago(40))]
    )
    found = entries(ALL, WEEK, None)
    assert (found.rankings, found.new, found.re_entry, found.both) == (2, 1, 1, 2)
    [entered] = found.listed["new"]
    assert (entered.name, entered.charts, entered.best.position, entered.best.chart_slug) == (
        "Song 2", 2, 1, "two",
    )  # fmt: skip
    [again] = found.listed["re_entry"]
    assert (again.name, again.charts, again.best.position, again.best.ranked_on) == ("Song 3", 1, 3, ago(2))
    spotify = entries(Narrow(platform_id(database, "spotify")), WEEK, None)
    assert [(row.charts, row.best.position) for row in spotify.listed["new"]] == [(1, 2)]
    assert spotify.re_entry == 0
    listed = entries(Narrow(list_id=make_list(database, [back])), WEEK, None)
    assert (listed.new, listed.re_entry) == (0, 1)
    database.execute("UPDATE charts SET sync_enabled = false")
    assert entries(ALL, WEEK, None).rankings == 0


def test_nothing_entered_a_period_without_rankings(app: Flask) -> None:
    found = entries(ALL, WEEK, None)
    assert (found.rankings, found.new, found.re_entry) == (0, 0, 0)
    assert (new_peaks(ALL, WEEK, None), milestones(ALL, WEEK, None)) == ([], [])
    assert platform_gains(ALL, WEEK, None) == []


def test_a_new_peak_is_higher_than_ever_before(app: Flask, database: psycopg.Connection) -> None:
    first, climber, equal, debut = (song(database, number) for number in range(1, 5))
    chart = make_chart(database)
    # Before the week: 1 first, 2 equal, 3 climber. In it the climber is second, and a debut comes third.
    make_ranking(
        database, chart, ago(8), [Entry(first, times=1), Entry(equal, times=1), Entry(climber, times=1)]
    )
    make_ranking(
        database, chart, ago(7), [Entry(first, times=2), Entry(climber, times=2), Entry(equal, times=2)]
    )
    assert [(peak.name, peak.position) for peak in new_peaks(ALL, Window(ago(7), ago(7)), None)] == [
        ("Song 2", 2)
    ]
    make_ranking(
        database,
        chart,
        ago(2),
        [Entry(climber, times=3), Entry(equal, times=3), Entry(debut, times=1), Entry(first, times=3)],
    )
    [peak] = new_peaks(ALL, WEEK, None)
    assert (peak.name, peak.position, peak.charts, peak.tracks, peak.unsure) == ("Song 2", 1, 1, 1, 0)
    assert new_peaks(ALL, Window(ago(1), END), None) == []


def test_a_peak_may_have_been_better_where_rankings_are_missing(
    app: Flask, database: psycopg.Connection
) -> None:
    one, two = song(database, 1), song(database, 2)
    chart = make_chart(database)
    make_ranking(database, chart, ago(8), [Entry(one), Entry(two, times=30)])
    make_ranking(database, chart, ago(1), [Entry(two, times=31), Entry(one)])
    [peak] = new_peaks(ALL, WEEK, None)
    assert (peak.name, peak.tracks, peak.unsure) == ("Song 2", 1, 1)


def test_a_position_that_soundcharts_gives_rules_a_peak_out(app: Flask, database: psycopg.Connection) -> None:
    one, two, three = song(database, 1), song(database, 2), song(database, 3)
    chart = make_chart(database)
    # SoundCharts says that the second song stood first before the first ranking that is held.
    make_ranking(database, chart, ago(8), [Entry(one), Entry(three, 9), Entry(two, 1)])
    make_ranking(database, chart, ago(1), [Entry(two), Entry(three), Entry(one)])
    assert new_peaks(ALL, WEEK, None) == []


@pytest.mark.parametrize(
    ("before", "last", "expected"),
    [
        (9_990_000, 10_004_000, 10_000_000),
        (999_000, 1_000_000, 1_000_000),
        (900_000, 2_100_000, 2_000_000),
        (1_000_000, 1_900_000, None),
        (4_999_999_999, 5_000_000_000, 5_000_000_000),
        (500_000, 999_999, None),
    ],
)
def test_a_total_passes_a_milestone(
    app: Flask, database: psycopg.Connection, before: int, last: int, expected: int | None
) -> None:
    rows = audience_rows(song(database, 1), platform_id(database, "spotify"), [(ago(7), before), (END, last)])
    insert_series(database, rows)
    found = [(row.tracks, row.milestone, row.total) for row in milestones(ALL, WEEK, None)]
    assert found == ([(1, expected, last)] if expected else [])


def test_what_is_not_known_passes_no_milestone(app: Flask, database: psycopg.Connection) -> None:
    spotify, youtube = platform_id(database, "spotify"), platform_id(database, "youtube")
    # Nobody knows what the first had before, and a total of the second fell.
    insert_series(
        database, audience_rows(song(database, 1), spotify, [(ago(5), 5_100_000), (END, 5_200_000)])
    )
    fell = [(ago(7), 900_000), (ago(6), 1_200_000), (ago(5), 800_000), (END, 1_300_000)]
    insert_series(database, audience_rows(song(database, 2), spotify, fell))
    # The third is one track with a milestone on both platforms.
    both = song(database, 3)
    for platform in (spotify, youtube):
        insert_series(database, audience_rows(both, platform, [(ago(7), 1_999_999), (END, 2_000_001)]))
    found = milestones(ALL, WEEK, None)
    assert [(row.tracks, row.name, row.platform_slug) for row in found] == [
        (1, "Song 3", "spotify"),
        (1, "Song 3", "youtube"),
    ]
    assert milestones(Narrow(list_id=make_list(database, [])), WEEK, None) == []
