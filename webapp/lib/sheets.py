"""Parses tables in text, as written by spreadsheets, mails and databases."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
MOST_NOTES = 20
"""The most lines above the column names."""
MOST_BREAKS = 20
"""The most line breaks in a quoted cell; a quote that is closed later is a plain quote."""

# A quote that opens a cell.
_OPENS = re.compile(r'(?:^|[,;\t|])\s*"')


class Line(NamedTuple):
    """A line that is not empty, including the further lines of a quoted cell; `number` is its first."""

    number: int
    text: str


def logical_lines(text: str) -> list[Line]:
    """Returns the lines of `text` as rows of a table."""
    physical = re.split(r"\r\n|\r|\n", text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\0", ""))
    return [Line(number, line) for number, line in _joined(physical) if line.strip()]


def _joined(physical: Sequence[str]) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(physical):
        lines = _cell_lines(physical, place)
        yield place + 1, "\n".join(physical[place : place + lines])
        place += lines


def _cell_lines(physical: Sequence[str], place: int) -> int:
    """Returns the number of lines from `place` on until all quoted cells are closed."""
    if not _OPENS.search(physical[place]):
        return 1
    quotes = 0
    for lines, line in enumerate(physical[place : place + MOST_BREAKS], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return lines
    return 1


def cells(line: str, delimiter: str) -> list[str]:
    """Returns the cells of one line, at least one."""
    found: Sequence[str] = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    return [cell.strip() for cell in found] or [""]


def declared_delimiter(line: str) -> str | None:
    """Returns the delimiter of a line like 'sep=;', as Excel reads and writes; None for other lines."""
    found = re.fullmatch(r'\s*"?sep=(.)"?[\s,;]*', line, re.IGNORECASE)
    return found[1] if found else None


class Head(NamedTuple):
    """The line of column names: its number, the delimiter, and the names in lower case."""

    line: int
    delimiter: str
    names: list[str]


def find_head(lines: Iterable[str], columns: Sequence[str]) -> Head | None:
    """Returns the first line with all of `columns`, or else the one with most of them; None if all are empty.

    Reads at most MOST_NOTES lines that are not empty, and none after the one it returns.
    """
    best: Head | None = None
    delimiters, seen = list(DELIMITERS), 0
    for number, line in enumerate(lines, start=1):
        if declared := declared_delimiter(line):
            delimiters.insert(0, declared)
            continue
        heads = [Head(number, mark, [name.lower() for name in cells(line, mark)]) for mark in delimiters]
        known = max(heads, key=lambda head: _named(head, columns))
        if best is None or _named(known, columns) > _named(best, columns):
            best = known
        seen += bool(line.strip())
        if _named(known, columns) == len(columns) or seen == MOST_NOTES:
            break
    return best if seen else None


def _named(head: Head, columns: Sequence[str]) -> int:
    return sum(column in head.names for column in columns)
