"""The sum of an artist's tracks: the SQL compared with a plain model, and worked examples."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.figures import A_DAY, CASES, histories
from webapp.extensions import db
from webapp.lib.series import Interval, label_of, next_label
from webapp.queries.artists.growth import artist_totals
from webapp.queries.sums import SumPoint, sum_series

DAY = date(2025, 12, 29)  # a Monday, with a month's end in its week
SLUGS = ("spotify", "soundcloud", "awa")


class Summed(NamedTuple):
    """A label's sum according to the definitions."""

    label: date
    total: int
    gain: int | None
    series: int
    reported: int
    joined: int
    unknown: int
    tracks: int
    tracks_reported: int
    tracks_joined: int
    platforms_reported: set[int]
    platforms_joined: set[int]


class Song(NamedTuple):
    """A track on a platform: its totals by date, and its release; both have a number."""

    values: dict[date, int]
    released: date | None
    track: int
    platform: int = 0


def own_gain(song: Song, label: date, interval: Interval, start: date, end: date) -> int | None:
    """Returns what a song with a value in a bucket of the range gained in it; None: unknown."""
    shown = [day for day in song.values if start <= day <= end and label_of(day, interval) == label]
    first = max(label, start)
    before = [day for day in song.values if day < first]
    if before:
        return song.values[max(shown)] - song.values[max(before)]
    begins = min(song.values)
    if song.released is None or begins < song.released - 3 * A_DAY:
        return None
    new = start <= song.released <= end or begins <= song.released + 3 * A_DAY
    return song.values[max(shown)] if new else None


def model(songs: list[Song], start: date, end: date, interval: Interval) -> list[Summed]:
    """Returns the sums of a range, computed the plain way."""
    labels = sorted({label_of(day, interval) for song in songs for day in song.values if start <= day <= end})
    found = []
    for label in labels:
        first, last = max(label, start), min(next_label(label, interval) - A_DAY, end)
        held = [song for song in songs if any(day <= last for day in song.values)]
        reported = [song for song in held if any(first <= day for day in song.values if day <= last)]
        earlier = [song for song in held if min(song.values) < first]
        gains = [own_gain(song, label, interval, start, end) for song in reported]
        known = [gain for gain in gains if gain is not None]
        found.append(
            Summed(
                label,
                sum(song.values[max(day for day in song.values if day <= last)] for song in held),
                sum(known) if known else None,
                series=len(held),
                reported=len(reported),
                joined=len(held) - len(earlier),
                unknown=len(gains) - len(known),
                tracks=len({song.track for song in held}),
                tracks_reported=len({song.track for song in reported}),
                tracks_joined=len({song.track for song in held} - {song.track for song in earlier}),
                platforms_reported={song.platform for song in reported},
                platforms_joined={song.platform for song in held} - {song.platform for song in earlier},
            )
        )
    return found


def stored(database: psycopg.Connection, songs: list[Song]) -> tuple[int, list[int], list[int]]:
    """Stores an artist with these songs on SLUGS; returns the ids of the artist, platforms and tracks."""
    platforms = [platform_id(database, slug) for slug in SLUGS]
    tracks = {song.track: make_track(database, str(uuid4())) for song in songs}
    for song in songs:
        track = tracks[song.track]
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [song.released, track])
        insert_series(database, audience_rows(track, platforms[song.platform], song.values.items()))
    ids = [tracks[number] for number in sorted(tracks)]
    return make_artist(database, str(uuid4()), "Somebody", ids), platforms, ids


days = st.integers(0, 120).map(lambda number: DAY + timedelta(number))
releases = st.none() | days | st.integers(-400, 0).map(lambda number: DAY + timedelta(number))


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tracks=st.lists(
        st.tuples(st.lists(histories(days), min_size=1, max_size=3), releases), min_size=1, max_size=4
    ),
    ends=st.tuples(days, days).map(sorted),
    interval=st.sampled_from(["day", "week", "month"]),
)
def test_sums_are_what_the_model_states(
    app: Flask,
    database: psycopg.Connection,
    tracks: list[tuple[list[dict[date, int]], date | None]],
    ends: list[date],
    interval: Interval,
) -> None:
    """The sums of an artist on each platform and on all of them, and of its first track on all of them."""
    songs = [
        Song(values, released, track, platform)
        for track, (parts, released) in enumerate(tracks)
        for platform, values in enumerate(parts)
    ]
    artist, platforms, ids = stored(database, songs)
    db.session.rollback()
    start, end = ends
    by_platform = sum_series(
        artist_id=artist, platform_ids=platforms, start=start, end=end, interval=interval
    )
    for place, platform in enumerate(platforms):
        own = [each for each in by_platform if each.platform_id == platform]
        theirs = [song for song in songs if song.platform == place]
        check(own, model(theirs, start, end, interval), interval, platforms)
    together = sum_series(
        artist_id=artist, platform_ids=platforms, combined=True, start=start, end=end, interval=interval
    )
    check(together, model(songs, start, end, interval), interval, platforms)
    of_first = sum_series(
        track_id=ids[0], platform_ids=platforms, combined=True, start=start, end=end, interval=interval
    )
    theirs = [song for song in songs if song.track == 0]
    check(of_first, model(theirs, start, end, interval), interval, platforms)


def check(found: list[SumPoint], expected: list[Summed], interval: Interval, platforms: list[int]) -> None:
    def placed(ids: list[int] | None) -> set[int]:
        return {platforms.index(each) for each in ids or []}

    same = [name for name in Summed._fields if name in SumPoint._fields]
    assert [
        Summed(
            **{name: getattr(one, name) for name in same},
            platforms_reported=placed(one.reported_platforms),
            platforms_joined=placed(one.joined_platforms),
        )
        for one in found
    ] == expected
    assert [one.length for one in found] == [
        (next_label(one.label, interval) - one.label).days for one in found
    ]
    assert all(1 <= one.days_known <= one.length for one in found)


OLD = date(2019, 3, 29)


@pytest.fixture
def two(database: psycopg.Connection) -> tuple[int, int]:
    """A song with values on days 0, 1 and 3, and an old one that joins on day 1 and has none on day 3."""
    first = Song({DAY: 100, DAY + A_DAY: 110, DAY + 3 * A_DAY: 150}, OLD, track=0)
    second = Song({DAY + A_DAY: 5000, DAY + 2 * A_DAY: 5100}, OLD, track=1)
    artist, platforms, _ = stored(database, [first, second])
    return artist, platforms[0]


def test_a_track_without_a_value_counts_with_its_last_total(app: Flask, two: tuple[int, int]) -> None:
    found = sum_series(
        artist_id=two[0], platform_ids=[two[1]], start=DAY, end=DAY + 3 * A_DAY, interval="day"
    )
    assert [(one.total, one.gain, one.series, one.reported) for one in found] == [
        (100, None, 1, 1),
        (5110, 10, 2, 2),  # all that the second song had before is no gain
        (5210, 100, 2, 1),
        (5250, 40, 2, 1),
    ]
    assert [(one.joined, one.unknown, one.covers) for one in found] == [
        (1, 1, None),
        (1, 1, 1),
        (0, 0, 1),
        (0, 0, 2),
    ]


def test_the_total_is_of_the_tracks_that_have_one(
    app: Flask, database: psycopg.Connection, two: tuple[int, int]
) -> None:
    other = make_track(database, str(uuid4()))
    database.execute("INSERT INTO track_artists VALUES (%s, %s, 1)", [other, two[0]])
    (found,) = artist_totals(two[0])
    assert (found.slug, found.total, found.tracks, found.held) == ("spotify", 5250, 2, 3)
    assert (found.first_date, found.last_date) == (DAY, DAY + 3 * A_DAY)


def test_a_week_is_whole_when_the_values_reach_its_last_day(app: Flask, two: tuple[int, int]) -> None:
    (week,) = sum_series(
        artist_id=two[0], platform_ids=[two[1]], start=DAY, end=DAY + 3 * A_DAY, interval="week"
    )
    assert (week.label, week.total, week.gain, week.unknown) == (DAY, 5250, None, 2)
    assert (week.days_known, week.length) == (4, 7)
