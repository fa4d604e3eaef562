"""Which platforms are suspected to be one, and which are not."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from webapp.catalogue.suspicions import SpeltPlatform, edits, is_near, open_suspicions, suspicions
from webapp.models import fold

WORDS = st.text("abc", max_size=7)


def spelt(number: int, slug: str, name: str = "", code: str = "", *aliases: str) -> SpeltPlatform:
    return SpeltPlatform(number, slug, name or slug, code or slug, aliases, ())


def pair(one: SpeltPlatform, other: SpeltPlatform) -> list[bool]:
    """Returns whether the suspected pair (if any) are siblings."""
    return [found.are_siblings for found in suspicions((one, other))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (spelt(1, "youtube"), spelt(2, "yuotube")),
        (spelt(1, "youtube"), spelt(2, "you_tube_2")),
        (spelt(1, "deezer"), spelt(2, "dezer")),
        (spelt(1, "tidal"), spelt(2, "tydall")),
        (spelt(1, "vevo"), spelt(2, "vevoo")),
        (spelt(1, "x", "X", "x", "twitter"), spelt(2, "birds", "Twitter")),
        (spelt(1, "netease", "NetEase", "netease-cloud"), spelt(2, "netease_cloud")),
        (spelt(1, "lastfm", "Last.fm", "", "audioscrobbler"), spelt(2, "scrobbles", "", "Audio-Scrobbler")),
    ],
)
def test_near_and_shared_spellings_are_suspected(one: SpeltPlatform, other: SpeltPlatform) -> None:
    assert pair(one, other) == [False]


@pytest.mark.parametrize(
    ("one", "other"),
    [("apple", "apple_music"), ("youtube", "youtube_music"), ("qq", "qq_music"), ("deezer", "deezer_app")],
)
def test_siblings_are_suspected_as_such(one: str, other: str) -> None:
    assert pair(spelt(1, one), spelt(2, other)) == [True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("youtube", "youtube_shorts"),
        ("x", "qq"),
        ("awa", "tidal"),
        ("awa", "eva"),
        ("gaana", "genius"),
        ("line_music", "apple_music"),
        ("music", "app"),
    ],
)
def test_others_are_not(one: str, other: str) -> None:
    assert pair(spelt(1, one), spelt(2, other)) == []


def test_what_was_answered_is_not_requested_again() -> None:
    one, other = spelt(1, "apple"), spelt(2, "apple_music")
    assert pair(one, other) == [True]
    assert pair(one._replace(distinct_from=(2,)), other) == []


def test_no_two_of_the_default_platforms_are_suspected(app: Flask) -> None:
    assert open_suspicions() == []


@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(one: str, two: str, three: str) -> None:
    assert edits(one, two) == edits(two, one)
    assert (edits(one, two) == 0) == (one == two)
    assert edits(one, three) <= edits(one, two) + edits(two, three)
    assert edits(one, "") == len(one)


@given(st.text("ab", min_size=1, max_size=6), st.text("ab", min_size=1, max_size=6))
def test_near_means_less_than_half_and_two_at_most(one: str, two: str) -> None:
    expected = edits(one, two) <= 2 and edits(one, two) * 2 < min(len(one), len(two))
    assert is_near(fold(one), fold(two)) == expected
