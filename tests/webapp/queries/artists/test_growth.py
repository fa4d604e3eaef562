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


class Summed(NamedTuple):
    """A label's sum according to the definitions."""

    label: date
    total: int
    gain: int | None
    tracks: int
    reported: int
    joined: int
    unknown: int


class Song(NamedTuple):
    """A track: its totals by date, and its release."""

    values: dict[date, int]
    released: date | None


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
        gains = [own_gain(song, label, interval, start, end) for song in reported]
        known = [gain for gain in gains if gain is not None]
        found.append(
            Summed(
                label,
                sum(song.values[max(day for day in song.values if day <= last)] for song in held),
                sum(known) if known else None,
                len(held),
                len(reported),
                sum(min(song.values) >= first for song in reported),
                len(gains) - len(known),
            )
        )
    return found


def stored(database: psycopg.Connection, songs: list[Song]) -> tuple[int, int]:
    """Stores an artist with these songs on Spotify; returns the ids of the artist and of the platform."""
    spotify, tracks = platform_id(database, "spotify"), []
    for song in songs:
        track = make_track(database, str(uuid4()))
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [song.released, track])
        insert_series(database, audience_rows(track, spotify, song.values.items()))
        tracks.append(track)
    return make_artist(database, str(uuid4()), "Somebody", tracks), spotify


days = st.integers(0, 120).map(lambda number: DAY + timedelta(number))
releases = st.none() | days | st.integers(-400, 0).map(lambda number: DAY + timedelta(number))


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    songs=st.lists(st.builds(Song, histories(days), releases), min_size=1, max_size=4),
    ends=st.tuples(days, days).map(sorted),
    interval=st.sampled_from(["day", "week", "month"]),
)
def test_sums_are_what_the_model_states(
    app: Flask, database: psycopg.Connection, songs: list[Song], ends: list[date], interval: Interval
) -> None:
    artist, spotify = stored(database, songs)
    db.session.rollback()
    found = sum_series(
        artist_id=artist, platform_ids=[spotify], start=ends[0], end=ends[1], interval=interval
    )
    check(found, model(songs, ends[0], ends[1], interval), interval)


@settings(max_examples=CASES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(histories(days), min_size=1, max_size=4),
    released=releases,
    ends=st.tuples(days, days).map(sorted),
    interval=st.sampled_from(["day", "week", "month"]),
)
def test_platforms_are_added_as_tracks_are(
    app: Flask,
    database: psycopg.Connection,
    parts: list[dict[date, int]],
    released: date | None,
    ends: list[date],
    interval: Interval,
) -> None:
    track = make_track(database, str(uuid4()))
    database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track])
    platforms = [platform_id(database, slug) for slug in ("spotify", "soundcloud", "awa", "line_music")]
    for platform, values in zip(platforms, parts, strict=False):
        insert_series(database, audience_rows(track, platform, values.items()))
    db.session.rollback()
    found = sum_series(
        track_id=track,
        platform_ids=platforms,
        combined=True,
        start=ends[0],
        end=ends[1],
        interval=interval,
    )
    songs = [Song(values, released) for values in parts]
    check(found, model(songs, ends[0], ends[1], interval), interval)
    assert all(each.reported == len(each.reported_platforms) for each in found)
    assert all(each.joined == len(each.joined_platforms or []) for each in found)


def check(found: list[SumPoint], expected: list[Summed], interval: Interval) -> None:
    assert [
        Summed(one.label, one.total, one.gain, one.series, one.reported, one.joined, one.unknown)
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
    first = Song({DAY: 100, DAY + A_DAY: 110, DAY + 3 * A_DAY: 150}, OLD)
    return stored(database, [first, Song({DAY + A_DAY: 5000, DAY + 2 * A_DAY: 5100}, OLD)])


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
