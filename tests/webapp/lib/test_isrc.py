"""ISRCs as others write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.lib.isrc import read_isrc, stored_isrc

ISRC = "QZABC2400017"


@pytest.mark.parametrize(
    "written",
    [
        ISRC,
        "qzabc2400017",
        "QZ-ABC-24-00017",
        "QZ ABC 24 00017",
        "QZ-ABC-2400017",
        "ISRC QZABC2400017",
        "isrc: qz-abc-24-00017",
        "ISRC-QZABC2400017",
        "ISRC code: QZABC2400017",
        "ISRC\tQZABC2400017",
        "(ISRC: QZABC2400017)",
        "QZABC2400017 (ISRC)",
        '"QZABC2400017"',
        "\N{LEFT DOUBLE QUOTATION MARK}QZABC2400017\N{RIGHT DOUBLE QUOTATION MARK}",
        "[QZABC2400017]",
        "<QZABC2400017>",
        "'QZABC2400017",
        "QZABC2400017.",
        "QZABC2400017,",
        " QZABC2400017 \r\n",
        "QZ\N{NON-BREAKING HYPHEN}ABC\N{NON-BREAKING HYPHEN}24\N{NON-BREAKING HYPHEN}00017",
        "QZ\N{EN DASH}ABC\N{EM DASH}24\N{MINUS SIGN}00017",
        "QZ\N{SOFT HYPHEN}ABC\N{HYPHEN}24\N{FIGURE DASH}00017",
        "QZ\N{NO-BREAK SPACE}ABC\N{THIN SPACE}24\N{NARROW NO-BREAK SPACE}00017",
        "QZABC2400017\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH NO-BREAK SPACE}QZABC2400017",
        "\N{LEFT-TO-RIGHT MARK}QZABC2400017\N{POP DIRECTIONAL FORMATTING}",
        "QZ.ABC.24.00017",
        "".join(chr(ord(letter) + 0xFEE0) for letter in ISRC),
    ],
)
def test_forms_of_one_isrc(written: str) -> None:
    assert read_isrc(written) == stored_isrc(written) == ISRC


def test_an_isrc_that_begins_like_the_word() -> None:
    assert read_isrc("ISRC12400017") == read_isrc("ISRC ISRC12400017") == "ISRC12400017"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISRC",
        "QZABC240001",
        "QZABC24000177",
        "1ZABC2400017",
        "QZABC2400017, QZABC2400018",
        "QZABC2400017 QZABC2400018",
        "QZ,ABC2400017",
        "QZABC240001\N{ARABIC-INDIC DIGIT SEVEN}",
        "https://a.example/QZABC2400017",
    ],
)
def test_what_is_none_is_stored_as_it_came(text: str) -> None:
    assert read_isrc(text) is None
    assert stored_isrc(f" {text} ") == text


@given(st.text(max_size=40))
def test_what_is_read_is_read_again(text: str) -> None:
    read = read_isrc(text)
    assert read is None or read_isrc(read) == stored_isrc(stored_isrc(text)) == read
