"""How numbers, dates and ages read."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.lib import formats

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (999, "999"),
        (-999, "-999"), (1000, "1.0K"), (1049, "1.0K"), (99_949, "99.9K"), (99_950, "100K"),
        (999_499, "999K"), (999_500, "1.0M"), (1_000_000, "1.0M"), (2_783_193_386, "2.8B"), (-1234, "-1.2K"),
        (999_999_999_999, "1.0T"), (5_000_000_000_000_000, "5000T"),
    ],
)  # fmt: skip
def test_compact(number: int, text: str) -> None:
    assert formats.compact(number) == text


@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_compact_never_turns_an_order_round(one: int, other: int) -> None:
    sizes = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

    def read(text: str) -> float:
        return float(text[:-1]) * sizes[text[-1]] if text[-1] in sizes else float(text)

    low, high = sorted((one, other))
    assert read(formats.compact(low)) <= read(formats.compact(high))
    assert read(formats.compact(low)) == pytest.approx(low, rel=0.051)


@pytest.mark.parametrize(
    ("number", "words", "text"),
    [
        (1, ("entry", "entries"), "1 entry"),
        (0, ("entry", "entries"), "0 entries"),
        (1200, ("track",), "1,200 tracks"),
    ],
)
def test_counted(number: int, words: tuple[str, ...], text: str) -> None:
    assert formats.counted(number, *words) == text


@pytest.mark.parametrize(
    ("number", "text"), [(520_000, "+520,000"), (0, "0"), (-1_234, "\N{MINUS SIGN}1,234")]
)
def test_signed(number: int, text: str) -> None:
    assert formats.signed(number) == text


@pytest.mark.parametrize(("number", "text"), [(520_000, "+520K"), (0, "0"), (-1_234, "\N{MINUS SIGN}1.2K")])
def test_signed_compact(number: int, text: str) -> None:
    assert formats.signed_compact(number) == text


@pytest.mark.parametrize(
    ("part", "base", "text"),
    [
        (17, 1000, "+1.7%"), (-17, 1000, "\N{MINUS SIGN}1.7%"), (0, 1000, "0.0%"), (5, 999, None),
        (5, None, None), (5, 0, None), (1, 3_000_000_000, "0.0%"), (-1, 3_000_000_000, "0.0%"),
    ],
)  # fmt: skip
def test_percent(part: int, base: int | None, text: str | None) -> None:
    assert formats.percent(part, base) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(0), "just now"), (timedelta(seconds=59), "just now"), (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"), (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"), (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"), (timedelta(days=60), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)  # fmt: skip
def test_age(passed: timedelta, text: str) -> None:
    assert formats.age(NOW - passed, NOW) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (2794, "2,794 days ago"),
        (-1, "tomorrow"),
        (-9, "in 9 days"),
    ],
)
def test_age_in_days(days: int, text: str) -> None:
    assert formats.age_in_days(NOW.date() - timedelta(days=days), NOW.date()) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (9, "0:09"), (194, "3:14"), (3599, "59:59"), (3725, "1:02:05")]
)
def test_song_length(seconds: int, text: str) -> None:
    assert formats.song_length(seconds) == text


def test_days_and_moments_are_utc() -> None:
    assert formats.day(date(2026, 11, 20)) == "2026-11-20"
    assert formats.day(NOW) == "2026-11-21"
    paris = datetime.fromisoformat("2026-11-21T01:30:00+02:00")
    assert formats.moment(paris) == "2026-11-20 23:30"
    assert formats.second(paris) == "2026-11-20 23:30:00"


def test_names_of_every_form() -> None:
    given_items = [
        "pop",
        {"name": "Interscope", "type": "Universal"},
        {"root": "rock", "sub": ["punk"]},
        {},
        None,
        "pop",
    ]
    assert formats.names(given_items) == ["pop", "Interscope", "rock"]


def test_a_gain_states_of_how_many_days_it_is_and_what_keeps_it_from_comparison() -> None:
    assert formats.gain_notes(7, 7, None) == []
    assert formats.gain_notes(None, 7, None) == []
    assert formats.gain_notes(5, 7, None) == ["5 of 7 days"]
    assert formats.gain_notes(11, 7, "fall") == ["of 11 days", "a total fell"]
    assert formats.gain_notes(7, 7, "identifiers") == ["other identifiers"]


@pytest.mark.parametrize(
    ("base", "covers", "notes"),
    [
        (13, 7, []),
        (11, 7, ["of 2026-11-12 to 2026-11-18"]),
        (13, 5, ["5 of 7 days, 2026-11-14 to 2026-11-18"]),
        (16, 4, ["4 of 7 days, 2026-11-17 to 2026-11-20"]),
        (9, 11, ["of 11 days, 2026-11-10 to 2026-11-20"]),
    ],
)
def test_a_gain_of_other_days_than_its_period_states_which(base: int, covers: int, notes: list[str]) -> None:
    start, since = date(2026, 11, 14), date(2026, 11, base)
    found = formats.gain_notes(covers, 7, "fall", since, start)
    assert [re.sub(r"</?time>", "", note) for note in found] == [*notes, "a total fell"]


def test_a_name_from_right_to_left_stands_for_itself() -> None:
    assert formats.isolated("Sóley") == "Sóley"
    assert formats.isolated("\u05e9\u05dc\u05d5\u05dd") == "\u2068\u05e9\u05dc\u05d5\u05dd\u2069"
    assert formats.isolated("a\u202eb") == "\u2068a\u202eb\u2069"


def test_a_share_that_rounds_to_nothing_has_no_sign() -> None:
    assert [formats.share(part) for part in (0.0001, -0.0001, 0.0, -0.001)] == [
        "0.0%",
        "0.0%",
        "0.0%",
        "\N{MINUS SIGN}0.1%",
    ]


def test_the_name_of_a_chart_has_its_platform_once() -> None:
    assert formats.on_platform("Top Songs", "YouTube") == "YouTube Top Songs"
    assert formats.on_platform("Spotify Top 200", "Spotify") == "Spotify Top 200"
