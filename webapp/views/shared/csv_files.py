"""Rows as a CSV file (RFC 4180, UTF-8) that a browser saves and a spreadsheet can open safely."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from unicodedata import category, normalize

from flask import Response, request, send_file

from webapp import audit
from webapp.extensions import db
from webapp.lib.text import fold_text

Cell = str | int | float | date | datetime | None

FORMULA_SIGNS = ("=", "+", "-", "@", "\u2212")
HIDDEN = "\u2800\u3164\uffa0\u115f\u1160"
"""Invisible letters and symbols that Unicode does not class as blank or control characters."""
LONGEST_NAME = 80


def csv_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Returns the file as a download named after `title`; records the export and commits.

    It starts with a byte order mark, which Excel on Windows needs for UTF-8.
    """
    text = io.StringIO()
    writer = csv.writer(text)  # ends lines with CRLF
    writer.writerow(header)
    written = [[_written(cell) for cell in row] for row in rows]
    writer.writerows(written)
    audit.record("export", title, after={"url": request.full_path.rstrip("?"), "rows": len(written)})
    db.session.commit()
    name = "-".join(fold_text(title).split())[:LONGEST_NAME] or "trackpulse"
    return send_file(
        io.BytesIO(text.getvalue().encode("utf-8-sig")),
        "text/csv",
        as_attachment=True,
        download_name=f"{name}.csv",
    )


def _written(cell: Cell) -> str | int | float:
    """Returns times as ISO 8601 in UTC and None as empty; text that may be a formula gets an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and may_be_formula(cell) else cell


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet may read it as a formula: a sign after invisible characters, in any width.

    Some programs split a cell at a tab or line break, so one at the start counts too.
    """
    first = next((character for character in text if not _shows_nothing(character)), " ")
    return text.startswith(("\t", "\r", "\n")) or normalize("NFKC", first) in FORMULA_SIGNS


def _shows_nothing(character: str) -> bool:
    return character in HIDDEN or category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
