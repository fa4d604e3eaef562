"""What lines of a paste or a file are read as: each exactly once, whatever they hold."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.import_rows import MOST_BYTES, MOST_ROWS, ImportRowsError, decoded, read_rows

UUID = "7d534228-5165-11e9-9375-549f35161576"
SPOTIFY = "https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m"

pieces = st.sampled_from(
    [UUID, "USUM71900764", SPOTIFY, "uuid", "isrc", "link", ",", ";", "\t", '"', "\n", "\r", " "]
)


def read(text: str) -> list[tuple[int, str, str]]:
    return [(row.line, row.kind, row.term) for row in read_rows(text)]


@pytest.mark.parametrize(
    ("line", "kind", "term"),
    [
        (UUID, "uuid", UUID),
        (f"  {UUID.upper()}\t", "uuid", UUID),
        ("us-um7-19-00764", "isrc", "USUM71900764"),
        (SPOTIFY, "link", SPOTIFY),
        (SPOTIFY.removeprefix("https://"), "link", SPOTIFY),
        ("spotify:track:2Fxmhks0bxGSBdJ92vM42m", "link", SPOTIFY),
        (f"https://app.soundcharts.com/app/song/{UUID}/overview", "uuid", UUID),
        ("https://a.example/song?x=1,2;3", "link", "https://a.example/song?x=1,2;3"),
        (f"{UUID},bad guy", "uuid", UUID),
        (f'"{UUID}";"bad guy, live"', "uuid", UUID),
        (f"{UUID}\tbad guy", "uuid", UUID),
    ],
)
def test_a_line_names_a_song(line: str, kind: str, term: str) -> None:
    assert read(line) == [(1, kind, term)]


@pytest.mark.parametrize(
    "text",
    [
        f"uuid\n{UUID}",
        f"UUID;Title\n{UUID};bad guy",
        f"Title,Uuid\nbad guy,{UUID}",
        f'"title","uuid"\n"bad, guy","{UUID}"',
        f"title\tuuid\nbad guy\t{UUID}",
        f"isrc,uuid,link\nUSUM71900764,{UUID},{SPOTIFY}",
        f"uuid,isrc\r\n{UUID},",
        f"link;isrc;uuid\r\n;;{UUID}",
    ],
)
def test_columns_are_found_by_name(text: str) -> None:
    assert read(text) == [(2, "uuid", UUID)]


def test_other_columns_are_taken_where_the_first_is_empty() -> None:
    text = f"uuid,isrc,link\n,USUM71900764,\n,,{SPOTIFY}\n,,\n"
    assert read(text) == [(2, "isrc", "USUM71900764"), (3, "link", SPOTIFY), (4, "", "")]


def test_lines_keep_their_numbers() -> None:
    assert [row.line for row in read_rows(f"\n\n{UUID}\r\n\r\nfoo\rbar")] == [3, 5, 6]


@pytest.mark.parametrize("line", ["bad guy", "USUM7190076", "-", '"', ",,,", "x" * 3000])
def test_what_names_nothing_says_so(line: str) -> None:
    [row] = read_rows(line)
    assert row.kind == row.term == ""
    assert row.wrong
    assert len(row.written) <= 121


def test_a_file_may_begin_with_a_mark_and_must_be_utf_8() -> None:
    assert decoded(b"\xef\xbb\xbf" + UUID.encode()) == UUID
    with pytest.raises(ImportRowsError, match="byte 3 cannot be read"):
        decoded(b"ab\xff")


def test_bounds() -> None:
    assert len(read_rows("uuid\n" + "x\n" * MOST_ROWS)) == MOST_ROWS
    with pytest.raises(ImportRowsError, match="1,001 rows"):
        read_rows("x\n" * (MOST_ROWS + 1))
    with pytest.raises(ImportRowsError, match="256 KiB"):
        read_rows("\N{SNOWMAN}" * (MOST_BYTES // 3 + 1))


@given(st.text(max_size=400) | st.lists(pieces, max_size=30).map("".join))
def test_every_line_is_read_exactly_once(text: str) -> None:
    rows = read_rows(text)
    held = [
        number
        for number, line in enumerate(re.split("\r\n|\r|\n", text.replace("\0", "")), start=1)
        if line.strip()
    ]
    # The first may say what the columns are called.
    assert [row.line for row in rows] in (held, held[1:])
    for row in rows:
        assert bool(row.wrong) != bool(row.kind and row.term)
        assert row.written


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(given: bytes) -> None:
    with suppress(ImportRowsError):
        read_rows(decoded(given))
