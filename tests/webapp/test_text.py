"""Text as search sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.text import fold_text, prefix_query


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
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.text())
def test_a_query_is_words_and_nothing_else(text: str) -> None:
    words = fold_text(text).split()
    assert prefix_query(text) == " & ".join(f"'{word}':*" for word in words)
    assert all(word.isalnum() for word in words)
