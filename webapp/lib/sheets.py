"""Tables as spreadsheets, mails and databases write them as text."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
MOST_NOTES = 20
"""Lines that may stand above the names of the columns."""
MOST_BREAKS = 20
"""Line breaks in one quoted cell; a quote that is closed later is only a quote."""

# A quote that opens a cell.
_OPENS = re.compile(r'(?:^|[,;\t|])\s*"')


class Line(NamedTuple):
    """A line that is not empty, with those that a quoted cell goes on in; `number` is the first one's."""

    number: int
    text: str


def logical_lines(text: str) -> list[Line]:
    """The lines of `text` as a table has them."""
    physical = re.split(r"\r\n|\r|\n", text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\0", ""))
    return [Line(number, line) for number, line in _joined(physical) if line.strip()]


def _joined(physical: Sequence[str]) -> Iterator[tuple[int, str]]:
    place = 0
    while place < len(physical):
        lines = _cell_lines(physical, place)
        yield place + 1, "\n".join(physical[place : place + lines])
        place += lines


def _cell_lines(physical: Sequence[str], place: int) -> int:
    """How many lines the line at `place` has with all its quoted cells closed."""
    if not _OPENS.search(physical[place]):
        return 1
    quotes = 0
    for lines, line in enumerate(physical[place : place + MOST_BREAKS], start=1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return lines
    return 1


def cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line; there is at least one."""
    found: Sequence[str] = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    return [cell.strip() for cell in found] or [""]


def said_delimiter(line: str) -> str | None:
    """What a line such as 'sep=;', which Excel reads and writes, says; None where it is another."""
    said = re.fullmatch(r'\s*"?sep=(.)"?[\s,;]*', line, re.IGNORECASE)
    return said[1] if said else None


class Head(NamedTuple):
    """The line of column names: its number, what divides the columns, and their names in lower case."""

    line: int
    delimiter: str
    names: list[str]


def find_head(lines: Iterable[str], columns: Sequence[str]) -> Head | None:
    """The first line that names all of `columns`, or else the one with most of them; None where all is empty.

    At most MOST_NOTES lines that hold something are taken from `lines`, and none after the one that is found.
    """
    best: Head | None = None
    delimiters, seen = list(DELIMITERS), 0
    for number, line in enumerate(lines, start=1):
        if said := said_delimiter(line):
            delimiters.insert(0, said)
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
