from datetime import date, timedelta
from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import series
from sandbox.catalogue import catalogue
from sandbox.defects import DEFECTS, SEED_SONG, series_of
from sandbox.model import Song
from sandbox.platforms import BY_CODE, PLATFORMS
from tests.sandbox.conftest import TODAY

Row = tuple[date, dict[str, int | None]]

WITH_AUDIENCE = [platform.code for platform in PLATFORMS if platform.size is not None]
SEEDS = st.integers(0, 5)
LONG_AGO = date(2000, 1, 1)
# The only defects that make totals fall.
FALLS = frozenset({"small_falls", "halved_total"})


def rows(seed: int, song: Song, platform: str, start: date, today: date = TODAY) -> list[Row]:
    """Days and totals by identifier, oldest first."""
    data = series_of(seed, song.uuid, platform)
    days = series.days(data, song, start=start, end=today, today=today)
    found = [(day, series.plots(data, song, day, today=today)) for day in reversed(days)]
    return [(day, {by.value: value for by, value in plots}) for day, plots in found]


def falls(found: list[Row]) -> int:
    """How often an identifier's total lies under the one that it had last."""
    last: dict[str, int] = {}
    count = 0
    for _, plots in found:
        for identifier, value in plots.items():
            if value is not None:
                count += value < last.get(identifier, 0)
                last[identifier] = value
    return count


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 300), st.sampled_from(WITH_AUDIENCE))
def test_totals_fall_only_where_a_defect_reports_it(seed: int, number: int, platform: str) -> None:
    songs = catalogue(seed, TODAY).songs
    song = songs[number % len(songs)]
    found = rows(seed, song, platform, LONG_AGO)
    may_fall = series_of(seed, song.uuid, platform).defects & FALLS or (song.uuid, platform) == (
        SEED_SONG,
        "youtube",
    )
    assert falls(found) == 0 or may_fall
    assert all(value is None or value >= 0 for _, plots in found for value in plots.values())


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 300), st.sampled_from(WITH_AUDIENCE), st.integers(1, 400))
def test_a_later_day_changes_nothing_but_the_newest_point(
    seed: int, number: int, platform: str, days: int
) -> None:
    song = catalogue(seed, TODAY).songs[1 + number % 250]
    start, later = TODAY - timedelta(days=200), TODAY + timedelta(days=days)
    before = rows(seed, song, platform, start)
    after = dict(rows(seed, song, platform, start, later))
    assert all(after[day] == plots for day, plots in before[:-1])
    assert len(after) >= len(before)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 300), st.sampled_from(WITH_AUDIENCE))
def test_series_lie_between_release_and_newest_day(seed: int, number: int, platform: str) -> None:
    songs = catalogue(seed, TODAY).songs
    song = songs[number % len(songs)]
    for day, _ in rows(seed, song, platform, LONG_AGO):
        assert (
            max(song.release, TODAY - series.HISTORY) <= day <= TODAY - timedelta(days=BY_CODE[platform].lag)
        )


def gains(song: Song, platform: str, start: date, end: date) -> dict[date, int]:
    """Gains of the default identifier from day to day, free of defects."""
    curve = series.curve(1, song.uuid, song.on(platform)[0])
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    return {day: curve.total(day) - curve.total(day - timedelta(days=1)) for day in days}


def test_a_release_bursts_and_decays() -> None:
    songs = [song for song in catalogue(1, TODAY).songs if song.release.year == 2024 and song.on("spotify")]
    first = [
        sum(gains(song, "spotify", song.release, song.release + timedelta(28)).values()) for song in songs
    ]
    later = [
        sum(gains(song, "spotify", song.release + timedelta(300), song.release + timedelta(328)).values())
        for song in songs
    ]
    assert len(songs) > 5
    assert mean(first) > 2 * mean(later)


@pytest.mark.parametrize(("platform", "strong", "weak"), [("spotify", 4, 6), ("youtube", 5, 1)])
def test_weekdays_differ_by_platform(platform: str, strong: int, weak: int) -> None:
    song = catalogue(1, TODAY).songs[0]
    found = gains(song, platform, date(2025, 1, 1), date(2026, 1, 1))
    by_weekday = [mean(gain for day, gain in found.items() if day.weekday() == n) for n in range(7)]
    assert by_weekday[strong] > 1.15 * by_weekday[weak]


def test_the_song_of_the_seeds_grows_as_recorded_whatever_the_seed() -> None:
    for seed in range(6):
        song = catalogue(seed, TODAY).songs[0]
        curve = series.curve(seed, song.uuid, song.on("spotify")[0])
        totals = [curve.total(date(2025, 8, 1) + timedelta(days=n)) for n in range(29)]
        assert abs(totals[27] - 2_783_193_386) <= 1
        assert 400_000 < mean(b - a for a, b in pairwise(totals)) < 650_000


@pytest.mark.parametrize("defect", DEFECTS)
def test_every_defect_of_the_table_strikes_some_series(defect: str) -> None:
    struck = [
        (song, code)
        for song in catalogue(1, TODAY).songs
        for code in WITH_AUDIENCE
        if song.on(code) and defect in series_of(1, song.uuid, code).defects
    ]
    assert struck
    assert all(song.uuid != SEED_SONG for song, _ in struck)


def test_each_kind_of_defect_can_be_seen() -> None:
    seen: set[str] = set()
    for song in catalogue(1, TODAY).songs[::3]:
        data = series_of(1, song.uuid, "spotify")
        found = rows(1, song, "spotify", TODAY - series.HISTORY)
        seen |= {"missing_days"} if any((b[0] - a[0]).days > 1 for a, b in pairwise(found)) else set()
        seen |= {"null_values"} if any(None in plots.values() for _, plots in found) else set()
        seen |= {"empty_plots"} if any(not plots for _, plots in found) else set()
        identifiers = [set(plots) for _, plots in found if plots]
        seen |= {"begins or stops"} if any(a != b for a, b in pairwise(identifiers)) else set()
        totals = [plots[song.on("spotify")[0].value] or 0 for _, plots in found if plots]
        seen |= {"halved_total"} if any(0 < b < 0.51 * a for a, b in pairwise(totals) if b) else set()
        seen |= {"small_falls"} if any(0.99 * a < b < a for a, b in pairwise(totals)) else set()
        busy = totals and totals[-1] > 10**7
        seen |= {"repeated_values"} if busy and any(a == b for a, b in pairwise(totals)) else set()
        assert "repeated_values" in data.defects or not busy or all(a != b for a, b in pairwise(totals) if b)
    expected = {
        "missing_days",
        "null_values",
        "empty_plots",
        "halved_total",
        "small_falls",
        "repeated_values",
    }
    assert seen == expected | {"begins or stops"}


def test_a_revised_newest_point_is_too_low_for_a_day() -> None:
    revised = [
        song
        for song in catalogue(1, TODAY).songs[:80]
        if series_of(1, song.uuid, "youtube").defects == {"revised_newest"} and song.on("youtube")
    ]
    assert revised
    for song in revised:
        first = rows(1, song, "youtube", TODAY)[0][1]
        second = rows(1, song, "youtube", TODAY, TODAY + timedelta(days=1))[0][1]
        assert set(first) <= set(second)
        assert sum(v or 0 for v in first.values()) < sum(v or 0 for v in second.values())


def test_another_seed_is_another_catalogue_with_the_same_known_song() -> None:
    one, other = catalogue(1, TODAY).songs, catalogue(2, TODAY).songs
    assert {song.uuid for song in one} & {song.uuid for song in other} == {SEED_SONG}
