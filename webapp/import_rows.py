"""What somebody wants imported, line by line: uuids, ISRCs and addresses, pasted or as a CSV file."""

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from webapp.pasted import Pasted, read_pasted

MOST_BYTES = 256 * 1024
MOST_ROWS = 1000
LONGEST_LINE = 2000
LONGEST_SHOWN = 120
COLUMNS = ("uuid", "isrc", "link")
"""What columns are called that are read; of several that are filled, the first of these."""
DELIMITERS = (";", ",", "\t")


class ImportRowsError(ValueError):
    """What was given cannot be read at all; the message is one sentence."""


class Row(NamedTuple):
    """A line that is not empty: what it names, as `kind` (uuid, isrc or link) and `term`, or why nothing."""

    line: int
    written: str
    kind: str = ""
    term: str = ""
    pasted: Pasted = Pasted()
    wrong: str = ""


class _Header(NamedTuple):
    """How columns are divided (not at all: None), and the places of those that are read."""

    delimiter: str | None
    places: list[int]


def decoded(given: bytes) -> str:
    """The text of a file, with or without a byte order mark. Raises ImportRowsError."""
    try:
        return given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRowsError(
            f"The file is not UTF-8: byte {error.start + 1} cannot be read. Save it as 'CSV UTF-8'."
        ) from error


def read_rows(text: str) -> list[Row]:
    """A row for every line that holds something, save a line of column names. Raises ImportRowsError."""
    if len(text.encode()) > MOST_BYTES:
        raise ImportRowsError(f"This is more than {MOST_BYTES // 1024} KiB: import it in parts.")
    numbered = enumerate(re.split(r"\r\n|\r|\n", text.replace("\0", "")), start=1)
    lines = [(number, line.strip()) for number, line in numbered if line.strip()]
    header = _header(lines[0][1]) if lines else None
    if header is not None:
        lines = lines[1:]
    if len(lines) > MOST_ROWS:
        raise ImportRowsError(f"These are {len(lines):,} rows, and {MOST_ROWS:,} are read at most at once.")
    return [_row(number, line, header) for number, line in lines]


def _header(line: str) -> _Header | None:
    """What the first line says of the columns, or None where it is a row like all others."""
    for delimiter in DELIMITERS:
        names = [cell.casefold() for cell in _cells(line, delimiter)]
        if places := [names.index(name) for name in COLUMNS if name in names]:
            return _Header(delimiter if len(names) > 1 else None, places)
    return None


def _row(number: int, line: str, header: _Header | None) -> Row:
    if len(line) > LONGEST_LINE:
        return _wrong(number, line, f"The line is longer than {LONGEST_LINE:,} characters.")
    cell = _cell(line, header)
    pasted = read_pasted(cell)
    if not cell or pasted is None:
        return _wrong(number, cell or line, "This is no uuid, no ISRC and no address.")
    kind, term = _named(pasted)
    return Row(number, _shown(cell), kind, term, pasted)


def _cell(line: str, header: _Header | None) -> str:
    """What is read of a line. Where no header says, the whole of it, or else its first column."""
    if header is None:
        ways = [line, *(_cells(line, delimiter)[0] for delimiter in DELIMITERS)]
        return next((way for way in ways if read_pasted(way)), line)
    if header.delimiter is None:
        return line.strip('" ')
    cells = _cells(line, header.delimiter)
    return next((cells[place] for place in header.places if place < len(cells) and cells[place]), "")


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line; there is at least one."""
    cells: Sequence[str] = next(csv.reader([line[: LONGEST_LINE + 1]], delimiter=delimiter), [])
    return [cell.strip() for cell in cells] or [""]


def _named(pasted: Pasted) -> tuple[str, str]:
    if pasted.uuid is not None:
        return "uuid", pasted.uuid.lower()
    if pasted.isrc is not None:
        return "isrc", pasted.isrc
    # 'spotify:track:...' is an address too.
    return "link", pasted.url or f"https://open.spotify.com/track/{pasted.identifiers[0]}"


def _wrong(number: int, written: str, why: str) -> Row:
    return Row(number, _shown(written), wrong=why)


def _shown(written: str) -> str:
    return written if len(written) <= LONGEST_SHOWN else f"{written[:LONGEST_SHOWN]}…"
