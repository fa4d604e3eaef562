"""Query parameters, read strictly; errors name the parameter."""

import re
import reprlib
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from webapp.dates import FIRST_DATE
from webapp.lib.series import Interval
from webapp.queries.audience import ChartQuery, Metric

LARGEST_LIMIT = 5000
LONGEST = 200
"""The most characters of a field."""
LAST_DATE = date(2199, 12, 31)
"""The last usable date; later ones overflow when days are added."""
CHART_PARAMETERS = ("start_date", "end_date", "limit", "interval", "metric", "details", "gaps")


class BadParameterError(BadRequest):
    """An invalid parameter: a 400 with one sentence that names it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def chart_query(given: MultiDict[str, str]) -> ChartQuery:
    """Reads the range, interval, metric and options. Raises BadParameterError."""
    start, end = date_range(given)
    interval = choice(given, "interval", ("day", "week", "month"))
    metric = choice(given, "metric", ("total", "gain"))
    return ChartQuery(
        start,
        end,
        limit=_limit(given),
        interval=cast("Interval", interval),
        metric=cast("Metric", metric),
        details=flag(given, "details"),
        every_label=choice(given, "gaps", ("skip", "null")) == "null",
    )


def parts(given: MultiDict[str, str], name: str) -> list[str]:
    """Reads values that are repeated or separated by commas, also empty and equal ones."""
    return [part.strip() for value in given.getlist(name) for part in value.split(",")]


def date_range(given: MultiDict[str, str]) -> tuple[date | None, date | None]:
    """Reads `start_date` and `end_date`. Raises BadParameterError if they are not in order."""
    start, end = day(given, "start_date"), day(given, "end_date")
    if start is not None and end is not None and start > end:
        raise BadParameterError(f"start_date ({start}) is after end_date ({end}).")
    return start, end


def counted_from(name: str, value: date | None) -> date | None:
    """Returns a date that figures can be counted from or to. Raises BadParameterError for others."""
    if value is not None and not FIRST_DATE <= value <= LAST_DATE:
        raise BadParameterError(f"{name} must be a date from {FIRST_DATE} to {LAST_DATE}, not {value}.")
    return value


def day(given: MultiDict[str, str], name: str) -> date | None:
    """Reads a date as YYYY-MM-DD; None if it is missing. Raises BadParameterError."""
    value = given.get(name)
    if value is None:
        return None
    try:
        # fromisoformat alone also accepts 20251231 and 2025-W01-1.
        return (
            date.fromisoformat(value)
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)
            else _no_date(name, value)
        )
    except ValueError:
        return _no_date(name, value)


def clean(value: str) -> str:
    """Returns a field without NUL characters and outer spaces, cut to LONGEST."""
    return re.sub(r"\0", "", value).strip()[:LONGEST]


def filled(given: MultiDict[str, str]) -> MultiDict[str, str]:
    """Returns the clean fields of a form; empty fields are dropped."""
    return MultiDict((name, clean(value)) for name, value in given.items() if clean(value))


def read_uuid(given: MultiDict[str, str], name: str) -> UUID | None:
    """Reads a uuid; None if it is missing. Raises BadParameterError."""
    if name not in given:
        return None
    try:
        return UUID(given[name])
    except ValueError as error:
        raise BadParameterError(f"{name} must be a uuid, not {given[name][:40]!r}.") from error


def read_id(given: MultiDict[str, str], name: str, of: str = "a row") -> int | None:
    """Reads the id of a row; None if it is missing. `of` names the row in the BadParameterError."""
    if name not in given:
        return None
    if not re.fullmatch(r"\d{1,18}", given[name], re.ASCII):
        raise BadParameterError(f"{name} must be the number of {of}, not {_shown(given[name])}.")
    return int(given[name])


def whole_number(given: Mapping[str, str], name: str) -> int:
    """Reads a whole number of up to 18 digits, with or without commas. Raises BadParameterError."""
    value = given[name].replace(",", "").replace("\N{MINUS SIGN}", "-")
    if not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise BadParameterError(f"{name} must be a whole number, not {_shown(given[name])}.")
    return int(value)


def number_from(least: int, most: int) -> Callable[[Mapping[str, str], str], int]:
    """Returns a reader of whole numbers from `least` to `most`. It raises BadParameterError."""

    def read(given: Mapping[str, str], name: str) -> int:
        value = whole_number(given, name)
        if not least <= value <= most:
            raise BadParameterError(
                f"{name} must be a whole number from {least:,} to {most:,}, not {value:,}."
            )
        return value

    return read


def percentage(given: Mapping[str, str], name: str) -> float:
    """Reads a percentage, such as 12.5 or -3%. Raises BadParameterError."""
    value = given[name].removesuffix("%").replace("\N{MINUS SIGN}", "-").strip()
    if not re.fullmatch(r"-?\d{1,7}(\.\d{1,3})?", value, re.ASCII):
        raise BadParameterError(f"{name} must be a percentage, not {_shown(given[name])}.")
    return float(value)


def chosen_ids(given: MultiDict[str, str]) -> list[int]:
    """Reads the ids of the rows selected in a table. Raises BadParameterError."""
    values = given.getlist("chosen")
    if not values:
        raise BadParameterError("Select at least one row.")
    if not all(re.fullmatch(r"\d{1,18}", value, re.ASCII) for value in values):
        raise BadParameterError("chosen must be numbers of rows.")
    return [int(value) for value in values]


def choice(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """Reads one of `allowed`; the first if it is missing. Raises BadParameterError."""
    value = given.get(name, allowed[0])
    if value not in allowed:
        raise BadParameterError(f"{name} must be one of {', '.join(allowed)}, not {_shown(value)}.")
    return value


def flag(given: MultiDict[str, str], name: str) -> bool:
    """Reads true, 1, false or 0; False if it is missing. Raises BadParameterError."""
    value = given.get(name, "false").lower()
    if value not in ("true", "1", "false", "0"):
        raise BadParameterError(f"{name} must be true or false, not {_shown(value)}.")
    return value in ("true", "1")


def refuse_unknown(given: MultiDict[str, Any], known: Collection[str]) -> None:
    """Refuses unknown and repeated parameters: a typing error must not look like a valid response."""
    for name in given:
        if name not in known:
            raise BadParameterError(f"{_shown(name)} is not a parameter; use {', '.join(known)}.")
        if len(given.getlist(name)) > 1:
            raise BadParameterError(f"{name} is given more than once.")


def _limit(given: MultiDict[str, str]) -> int | None:
    value = given.get("limit")
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,4}", value, re.ASCII) or not 1 <= int(value) <= LARGEST_LIMIT:
        raise BadParameterError(
            f"limit must be a whole number from 1 to {LARGEST_LIMIT}, not {_shown(value)}."
        )
    return int(value)


def _no_date(name: str, value: str) -> date:
    raise BadParameterError(f"{name} must be a date as YYYY-MM-DD, not {_shown(value)}.")


def _shown(value: str) -> str:
    return reprlib.repr(value)
