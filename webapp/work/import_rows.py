"""Parses the rows of an import: uuids, ISRCs and URLs, pasted or as a CSV file."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from webapp.lib.pasted import Pasted, read_pasted, references
from webapp.lib.sheets import DELIMITERS, MOST_NOTES, Line, cells, declared_delimiter, logical_lines

MOST_BYTES = 256 * 1024
MOST_ROWS = 1000
LONGEST_LINE = 20_000
LONGEST_SHOWN = 120
COLUMNS = {
    "uuid": {"uuid"},
    "isrc": {"isrc", "isrcs"},
    "link": {"link", "links", "url", "urls", "uri", "href", "address"},
}
"""Words in the names of the columns to read; of several filled columns the first kind here counts."""
OTHERS = {
    "album",
    "artist",
    "artwork",
    "channel",
    "cover",
    "image",
    "label",
    "playlist",
    "preview",
    "release",
}
"""Words in the names of columns that are not about the song."""
MOST_WORDS = 4
"""The most words of a column's name; more are a sentence."""


class ImportRowsError(ValueError):
    """The input cannot be read at all; the message is one sentence."""


class Row(NamedTuple):
    """A reference in a line, as `kind` (uuid, isrc or link) and `term`, or in `wrong` why there is none."""

    line: int
    written: str
    kind: str = ""
    term: str = ""
    pasted: Pasted = Pasted()
    wrong: str = ""


class _Header(NamedTuple):
    """The line of column names: its place, the delimiter, the columns to read, and the number of columns."""

    place: int
    delimiter: str
    columns: list[int]
    width: int


def decoded(given: bytes) -> str:
    """Returns the text of a file, with or without a byte order mark. Raises ImportRowsError."""
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRowsError(
            f"The file is not UTF-8 (byte {error.start + 1} cannot be read); save it as 'CSV UTF-8'."
        ) from error


def read_rows(text: str) -> list[Row]:
    """Returns the rows of all lines that are not empty, without column names and the lines above them.

    A line with several songs becomes one row for each. Raises ImportRowsError.
    """
    if len(text.encode()) > MOST_BYTES:
        raise ImportRowsError(f"The input is larger than {MOST_BYTES // 1024} KiB; import it in parts.")
    lines = logical_lines(text)
    if lines and declared_delimiter(lines[0].text):
        del lines[0]
    header = _header(lines)
    below = lines[header.place + 1 :] if header else lines
    rows = [row for line in below for row in _rows(line, header)]
    if len(rows) > MOST_ROWS:
        raise ImportRowsError(f"The input has {len(rows):,} rows; import at most {MOST_ROWS:,} at once.")
    return rows


def _header(lines: Sequence[Line]) -> _Header | None:
    """Returns the line of column names above all songs, or None; of several the one with most columns."""
    found: list[_Header] = []
    for place, line in enumerate(lines[:MOST_NOTES]):
        if len(line.text) > LONGEST_LINE or next(references(line.text), None):
            break
        for delimiter in DELIMITERS:
            names = cells(line.text, delimiter)
            if columns := _columns(names):
                found.append(_Header(place, delimiter, columns=columns, width=len(names)))
    return max(found, key=lambda header: header.width, default=None)


def _columns(names: Sequence[str]) -> list[int]:
    """Returns the places of the columns to read."""
    words = [
        set(re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())) for name in names
    ]
    return [
        place
        for wanted in COLUMNS.values()
        for place, own in enumerate(words)
        if own & wanted and not own & OTHERS and len(own) <= MOST_WORDS
    ]


def _rows(line: Line, header: _Header | None) -> Iterator[Row]:
    if len(line.text) > LONGEST_LINE:
        yield _wrong(line.number, line.text, f"The line is longer than {LONGEST_LINE:,} characters.")
        return
    named: dict[tuple[str, str], tuple[str, Pasted]] = {}
    for text in _texts(line, header):
        for written, pasted in _pasted(text):
            named.setdefault(_named(pasted), (written, pasted))
        if named:
            break
    for (kind, term), (written, pasted) in named.items():
        yield Row(line.number, _shown(written), kind=kind, term=term, pasted=pasted)
    if not named:
        yield _wrong(line.number, line.text, "Not a uuid, an ISRC or a URL.")


def _texts(line: Line, header: _Header | None) -> Iterator[str]:
    """Yields the texts that may contain songs: the columns to read, then the whole line."""
    if header is not None:
        own = cells(line.text, header.delimiter)
        yield from (own[place] for place in header.columns if place < len(own))
    yield line.text


def _pasted(text: str) -> list[tuple[str, Pasted]]:
    """Returns the references in `text` with their original spelling."""
    pieces = list(references(text)) or [text]
    return [(piece, pasted) for piece in pieces if (pasted := read_pasted(piece)) is not None]


def _named(pasted: Pasted) -> tuple[str, str]:
    if pasted.uuid is not None:
        return "uuid", pasted.uuid.lower()
    if pasted.isrc is not None:
        return "isrc", pasted.isrc
    # 'spotify:track:...' is a link too.
    return "link", pasted.url or f"https://open.spotify.com/track/{pasted.identifiers[0]}"


def _wrong(number: int, written: str, why: str) -> Row:
    return Row(number, _shown(written), wrong=why)


def _shown(written: str) -> str:
    line = " ".join(written.split())
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}…"
