"""Text as search sees it."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.lib.text import fold_text, is_near, read_typed, search_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Beyoncé: Don't Hurt Yourself", "beyonce dont hurt yourself"),
        ("will.i.am", "will i am"),
        ("AC/DC", "ac dc"),
        ("\N{LATIN SMALL LIGATURE FI}re", "fire"),
        ("snake_case", "snake case"),
        ("  a \t b  ", "a b"),
        ("!!!", ""),
        ("Smørrebrød på Łódź", "smorrebrod pa lodz"),
        ("IŞIK \u0131\u015f\u0131k İstanbul", "isik isik istanbul"),
        ("Þórður Đorđe Straße Œuvre Ærø", "thordur dorde strasse oeuvre aero"),
        ("밤편지", "밤편지"),
        ("❤\N{VARIATION SELECTOR-16}", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("rem", "R.E.M."),
        ("r.e.m", "REM"),
        ("acdc", "AC/DC"),
        ("AC DC", "AC/DC"),
        ("jayz", "Jay-Z"),
        ("badguy", "bad guy"),
        ("bad guy", "Badguy"),
        ("bad guy", "bad & guy"),
        ("bad & guy", "bad guy"),
        ("!!!", "!!!"),
        ("÷", "÷ (Deluxe)"),
        ("+", "+"),
        ("夜に", "昨日夜に駆ける"),
        ("駆", "昨日夜に駆ける"),
        ("편지", "밤편지"),
        ("ข้าว", "กินข้าวกัน"),
        ("夜 city", "真夜中city"),
        ("❤️", "❤"),
    ],
)
def test_what_is_typed_is_in_a_name(typed: str, name: str) -> None:
    assert read_typed(typed).is_in(name)


@pytest.mark.parametrize(("typed", "name"), [("guy", "Superguy"), ("!", "bad guy"), ("夜駆", "夜に駆ける")])
def test_what_is_not_in_a_name(typed: str, name: str) -> None:
    assert not read_typed(typed).is_in(name)


def test_other_spellings_follow_the_words() -> None:
    assert search_text("AC/DC Live", "Trio") == "ac dc live trio acdc Nacdclive Ntrio"
    assert search_text("", "") == ""


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.text(), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_a_name_is_found_by_itself_in_any_case_and_form(name: str, cased: Callable[[str], str]) -> None:
    for form in ("NFC", "NFKD"):
        typed = read_typed(unicodedata.normalize(form, cased(name)))
        assert typed.chunks == read_typed(name).chunks
        assert typed.is_in(name) or not typed.chunks


@given(st.text("abcdefghij", min_size=5, max_size=40), st.data())
def test_words_a_typing_error_apart_are_near(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    swapped = before + after[:1] + letter + after[1:]
    for wrong in (before + after, f"{before}z{letter}{after}", f"{before}z{after}", swapped):
        assert is_near(word, wrong)
        assert is_near(wrong, word)


@pytest.mark.parametrize(
    ("word", "other"), [("bad", "and"), ("guy", "guitar"), ("abcde", "xbcdy"), ("abcdefgh", "xbcdefgy")]
)
def test_words_that_are_not_near(word: str, other: str) -> None:
    assert not is_near(word, other)
