"""The rows read from lines of a paste or a file: each exactly once, whatever its content."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.lib.sheets import logical_lines
from webapp.work.import_rows import MOST_BYTES, MOST_ROWS, ImportRowsError, decoded, read_rows

UUID = "7d534228-5165-11e9-9375-549f35161576"
SPOTIFY = "https://open.spotify.com/track/2Fxmhks0bxGSBdJ92vM42m"

pieces = st.sampled_from(
    [UUID, "USUM71900764", SPOTIFY, "uuid", "isrc", "link", ",", ";", "\t", '"', "\n", "\r", " "]
)


ONE, TWO, THREE = "QZABC2400017", "QZABC2400018", "QZABC2400019"
OTHER = "98aca268-7180-4af0-b8e1-d51ff3bc3cf9"
YOUTUBE = "https://youtu.be/DyDfgMOUjCI"


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
    ("line", "terms"),
    [
        (f"{ONE}, {TWO}, {THREE}", [ONE, TWO, THREE]),
        (f"{ONE};{TWO}", [ONE, TWO]),
        (f"{ONE} {TWO}\t{THREE}", [ONE, TWO, THREE]),
        (f"{ONE}/{TWO} & {THREE}", [ONE, TWO, THREE]),
        ("QZ ABC 24 00017, qz-abc-24-00018 and ISRC: QZABC2400019.", [ONE, TWO, THREE]),
        (f"{UUID} {OTHER}", [UUID, OTHER]),
        (f"{UUID},{ONE}", [UUID, ONE]),
        (f"{SPOTIFY} {YOUTUBE}", [SPOTIFY, YOUTUBE]),
        (f"{SPOTIFY},{YOUTUBE};{ONE}", [SPOTIFY, YOUTUBE, ONE]),
        (f"<{SPOTIFY}>, <{YOUTUBE}>.", [SPOTIFY, YOUTUBE]),
        (f"https://a.example/1,{ONE}", ["https://a.example/1", ONE]),
        (f"bad guy ({SPOTIFY}) and others ({YOUTUBE}).", [SPOTIFY, YOUTUBE]),
        (f"{ONE},{ONE}", [ONE]),
        (f"{SPOTIFY},bad guy", [SPOTIFY]),
        (f"{SPOTIFY},bad-guy", [SPOTIFY]),
        (f'bad guy,"Billie, and others",{ONE}', [ONE]),
        ("[bad guy](https://a.example/song)", ["https://a.example/song"]),
        ("https://a.example/song_(live)", ["https://a.example/song_(live)"]),
        (
            "spotify:track:2Fxmhks0bxGSBdJ92vM42m spotify:track:x",
            [SPOTIFY, "https://open.spotify.com/track/x"],
        ),
    ],
)
def test_a_line_may_name_several_songs(line: str, terms: list[str]) -> None:
    assert [(row.line, row.term, row.wrong) for row in read_rows(line)] == [(1, term, "") for term in terms]


@pytest.mark.parametrize(
    "head",
    [
        "Title,Track ISRC",
        "Title;ISRC-Code",
        "Title\tisrc_code",
        "Title|Recording ISRC",
        "Titel;ISRC(s)",
        "Title,trackIsrc",
        "sep=;\nTitle;ISRC",
        "Export of 2026-11-01\n\nAll of it\nTitle;ISRC",
        "ISRC export\nTitle,ISRC",
        "\ufeffTitle,ISRC",
    ],
)
def test_an_isrc_is_read_from_a_column_of_any_usual_name(head: str) -> None:
    delimiter = next(mark for mark in ";\t|," if mark in head.splitlines()[-1])
    text = f"{head}\nPlain{delimiter}{ONE}\n{delimiter}{TWO}\nNone{delimiter}n/a"
    assert [(row.term, bool(row.wrong)) for row in read_rows(text)] == [
        (ONE, False),
        (TWO, False),
        ("", True),
    ]


def test_an_isrc_is_read_from_any_column_without_a_name() -> None:
    text = f"Plain,1,{ONE}\nOther;{TWO};x\nUnknown,Names,Here"
    assert [row.term for row in read_rows(text)] == [ONE, TWO, ""]
    assert [row.term for row in read_rows(f"ISRC,Link\nn/a,{SPOTIFY}\n,{ONE}")] == [SPOTIFY, ONE]


def test_columns_about_something_else_are_not_read() -> None:
    artist = "https://open.spotify.com/artist/6qqNVTkY8uBg9cP3Jd7DAH"
    text = f"Artist URL,Track URL,Artist uuid\n{artist},{SPOTIFY},{OTHER}"
    assert [row.term for row in read_rows(text)] == [SPOTIFY]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f'isrc,title\n{ONE},"Two\nlines"\n{TWO},Plain', [(2, ONE), (4, TWO)]),
        (f'title;isrc\r\n"Two\r\nlines";{ONE}\r\n"a ""b"" c";{TWO}', [(2, ONE), (4, TWO)]),
        (f'{ONE},"Two\nlines"\n{TWO},Plain', [(1, ONE), (3, TWO)]),
        (f'5" single,{ONE}\n7" single,{TWO}', [(1, ONE), (2, TWO)]),
        (f'"{ONE}\n{TWO}', [(1, ONE), (2, TWO)]),
    ],
)
def test_a_quoted_cell_may_hold_line_breaks(text: str, rows: list[tuple[int, str]]) -> None:
    assert [(row.line, row.term) for row in read_rows(text)] == rows


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
def test_what_names_nothing_reports_it(line: str) -> None:
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
def test_every_line_is_read_and_no_song_is_lost(text: str) -> None:
    rows = read_rows(text)
    lines = [line.number for line in logical_lines(text)]
    # The lines above may be column names, without a song.
    read = list(dict.fromkeys(row.line for row in rows))
    assert read == lines[len(lines) - len(read) :]
    for row in rows:
        assert bool(row.wrong) != bool(row.kind and row.term)
        assert row.written or row.wrong


@given(st.lists(st.sampled_from([UUID, OTHER, ONE, TWO, SPOTIFY, YOUTUBE]), min_size=1, max_size=12),
       st.sampled_from([",", ";", " ", "\t", ", ", " | ", "\n"]))  # fmt: skip
def test_of_songs_however_they_are_divided_each_is_a_row(songs: list[str], between: str) -> None:
    assert {row.term for row in read_rows(between.join(songs))} == set(songs)


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(given: bytes) -> None:
    with suppress(ImportRowsError):
        read_rows(decoded(given))
