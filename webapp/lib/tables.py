"""A table as a file: its rows as CSV (RFC 4180, UTF-8) or as an Excel workbook, the same rows in both."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import BinaryIO, NamedTuple
from unicodedata import category, normalize

from rustpy_xlsxwriter import Format, write_worksheets

from webapp.lib.text import fold_text

Cell = str | int | float | date | datetime | None

FORMULA_SIGNS = ("=", "+", "-", "@", "\u2212")
HIDDEN = "\u2800\u3164\uffa0\u115f\u1160"
"""Invisible letters and symbols that Unicode does not class as blank or control characters."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 80
FIRST_YEAR = 1900
"""Of the dates in Excel."""
LARGEST_NUMBER = 2**53
"""Of the integers that a cell in Excel holds with all digits."""
LONGEST_CELL = 32_767
"""Characters of a cell in Excel."""
BLOCK = 1000
"""Rows that are formatted at once."""
FIRST_ROWS = 500
"""Rows that are read before the first is written, to find the columns of dates."""


class Table(NamedTuple):
    """Rows under the distinct names of `header`; `rows` can be read once, and `total` counts them.

    `notes` are pairs of a label and a text: filters, dates and definitions.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    total: int
    notes: Sequence[tuple[str, str]] = ()


def file_name(title: str, kind: str) -> str:
    """Returns 'bad-guy-audience.csv' for a title and a kind."""
    return f"{'-'.join(fold_text(title).split())[:LONGEST_NAME] or 'trackpulse'}.{kind}"


def csv_blocks(table: Table) -> Iterator[bytes]:
    """Yields the CSV file in blocks; Excel on Windows needs the byte order mark at its start for UTF-8."""
    yield "\ufeff".encode()
    rows = chain([table.header], ([_csv_cell(cell) for cell in row] for row in table.rows))
    while block := list(islice(rows, BLOCK)):
        text = io.StringIO()
        csv.writer(text).writerows(block)  # ends lines with CRLF
        yield text.getvalue().encode()


def write_workbook(table: Table, file: BinaryIO | str, after_row: Callable[[], None] = lambda: None) -> None:
    """Writes the workbook with the sheets Data and Notes, and calls `after_row` for each row.

    A path as `file` takes constant memory; an open file gets the workbook in one piece.
    Numbers and dates are cells of their types, and text is never a formula.
    """
    header, rows = table.header, iter(table.rows)
    first = list(islice(rows, FIRST_ROWS))
    days = [name for place, name in enumerate(header) if _is_of_days([row[place] for row in first])]

    def records() -> Iterator[dict[str, object]]:
        for row in chain(first, rows):
            yield dict(zip(header, map(_excel_cell, row), strict=True))
            after_row()

    data = records() if first else [dict.fromkeys(header)]
    notes = [{"Note": label, "Text": text[:LONGEST_CELL]} for label, text in table.notes]
    write_worksheets(
        [("Data", data), ("Notes", notes)],
        file,
        bold_headers=True,
        freeze_panes={"Data": {"row": 1, "col": 0}},
        datetime_format="yyyy-mm-dd hh:mm:ss",
        column_formats={"Data": {name: Format().set_num_format("yyyy-mm-dd") for name in days}},
        column_widths={"Data": [_width(name) for name in header], "Notes": [24.0, 100.0]},
    )


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet may read it as a formula: a sign after invisible characters, in any width.

    Some programs split a cell at a tab or line break, so one at the start counts too.
    """
    first = next((character for character in text if not _shows_nothing(character)), " ")
    return text.startswith(("\t", "\r", "\n")) or normalize("NFKC", first) in FORMULA_SIGNS


def _csv_cell(cell: Cell) -> str | int | float:
    """Returns times as ISO 8601 in UTC and None as empty; text that may be a formula gets an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and may_be_formula(cell) else cell


def _excel_cell(cell: Cell) -> Cell:
    """Returns times in UTC without a zone and dates before 1900 as text, since Excel knows neither.

    Text has at most the length of a cell, and an integer with more digits than Excel keeps is text too.
    """
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if isinstance(cell, date) and cell.year < FIRST_YEAR:
        return cell.isoformat()
    if isinstance(cell, int) and abs(cell) > LARGEST_NUMBER:
        return str(cell)
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell


def _is_of_days(cells: Sequence[Cell]) -> bool:
    """Whether the first value of a column is a date without a time."""
    value = next((cell for cell in cells if cell is not None), None)
    return isinstance(value, date) and not isinstance(value, datetime)


def _width(name: str) -> float:
    return max(12.0, len(name) + 2.0)


def _shows_nothing(character: str) -> bool:
    return character in HIDDEN or category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
