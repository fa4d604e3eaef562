"""Strict parsing of figures in imported text; errors say what is wrong."""

import re
from datetime import date

from webapp.dates import FIRST_DATE

LARGEST = 2**63 - 1
GROUPED = re.compile(r"[0-9]{1,3}(?:[.,'_\s\N{RIGHT SINGLE QUOTATION MARK}][0-9]{3})+")
LONGEST_SHOWN = 40


class FigureError(ValueError):
    """A figure cannot be stored; `reason` says why, the message adds the given text. No full stops."""

    def __init__(self, reason: str, text: str | None = None) -> None:
        super().__init__(reason if text is None else f"{reason}, not {shown(text)}")
        self.reason = reason


def shown(text: str) -> str:
    """Returns `text` for an error: in quotes, on one line, at most LONGEST_SHOWN characters."""
    line = " ".join(text.split())
    return f'"{line[:LONGEST_SHOWN]}{"..." if len(line) > LONGEST_SHOWN else ""}"'


def figure_date(text: str, latest: date = date.max) -> date:
    """Returns the date of a YYYY-MM-DD text between FIRST_DATE and `latest` (tomorrow, where given)."""
    # fromisoformat alone would also accept 20261120 and 2026-W47-5.
    dashed = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    try:
        day = date.fromisoformat(text if dashed else "")
    except ValueError as error:
        raise FigureError("date must be a date as YYYY-MM-DD", text) from error
    if day < FIRST_DATE:
        raise FigureError(f"date must be {FIRST_DATE} or later", text)
    if day > latest:
        raise FigureError(f"date must be tomorrow ({latest}) or earlier", text)
    return day


def figure_value(text: str) -> int:
    """Returns a running total: a whole number from 0 to LARGEST, in digits only."""
    if GROUPED.fullmatch(text):
        raise FigureError("value must be without thousands separators", text)
    if re.fullmatch(r"-[0-9]+", text):
        raise FigureError("value must be 0 or more", text)
    if not re.fullmatch(r"[0-9]+", text):
        raise FigureError("value must be a whole number", text)
    if len(text.lstrip("0")) > len(str(LARGEST)) or int(text) > LARGEST:
        raise FigureError(f"value must be at most {LARGEST}", text)
    return int(text)
