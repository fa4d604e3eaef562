"""Which texts a spreadsheet may take for a formula."""

import pytest

from webapp.lib.tables import may_be_formula

SIGNS = ("=", "+", "-", "@", "\u2212", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe62", "\ufe63")
BEFORE = (
    *(
        "",
        " ",
        "\t",
        "\r\n",
        "\x00",
        "\x7f",
        "\xa0",
        "\xad",
        "\u115f",
        "\u1160",
        "\u180e",
        "\u200b",
        "\u200e",
    ),
    *("\u180e", "\u2028", "\u202e", "\u2060", "\u2800", "\u3000", "\u3164", "\ufeff", "\uffa0", " \u200b\t"),
)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_a_sign_after_what_shows_nothing_may_be_a_formula(before: str, sign: str) -> None:
    assert may_be_formula(f"{before}{sign}1+1")


@pytest.mark.parametrize("text", ["", " ", "a=1", "1-2", "'=1", "Ø+", "«=»", "\u200b", "日本=1", "#1", "$1"])
def test_other_texts_may_not(text: str) -> None:
    assert not may_be_formula(text)


@pytest.mark.parametrize("text", ["\ta", "\ra", "\na", "\t"])
def test_a_tab_or_line_break_at_the_beginning_may_split_the_cell(text: str) -> None:
    assert may_be_formula(text)
