"""Query parameters: read strictly, and refused by name."""

import re
import reprlib
from collections.abc import Collection
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
"""Characters of a field; nobody types more."""
LAST_DATE = date(2199, 12, 31)
"""Days are counted from and to a date, which those at the calendar's end do not leave room for."""
CHART_PARAMETERS = ("start_date", "end_date", "limit", "interval", "metric", "details", "gaps")


class BadParameterError(BadRequest):
    """A parameter that cannot be used: a 400 by itself, with one sentence that names it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def chart_query(given: MultiDict[str, str]) -> ChartQuery:
    """The range, interval and metric asked for."""
    start, end = date_range(given)
    interval = choice(given, "interval", ("day", "week", "month"))
    metric = choice(given, "metric", ("total", "gain"))
    return ChartQuery(
        start,
        end,
        _limit(given),
        cast("Interval", interval),
        cast("Metric", metric),
        flag(given, "details"),
        choice(given, "gaps", ("skip", "null")) == "null",
    )


def date_range(given: MultiDict[str, str]) -> tuple[date | None, date | None]:
    """`start_date` and `end_date`, in order."""
    start, end = day(given, "start_date"), day(given, "end_date")
    if start is not None and end is not None and start > end:
        raise BadParameterError(f"start_date ({start}) is after end_date ({end}).")
    return start, end


def counted_from(name: str, value: date | None) -> date | None:
    """A date that figures can be counted from or to. Raises BadParameterError where they never can."""
    if value is not None and not FIRST_DATE <= value <= LAST_DATE:
        raise BadParameterError(f"{name} must be a date from {FIRST_DATE} to {LAST_DATE}, not {value}.")
    return value


def day(given: MultiDict[str, str], name: str) -> date | None:
    """A date written YYYY-MM-DD, or None where it is not given."""
    value = given.get(name)
    if value is None:
        return None
    try:
        # fromisoformat alone would take 20251231 and 2025-W01-1 too.
        return (
            date.fromisoformat(value)
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)
            else _no_date(name, value)
        )
    except ValueError:
        return _no_date(name, value)


def clean(value: str) -> str:
    """A field of a form, fit for the database and no longer than anybody types."""
    return re.sub(r"\0", "", value).strip()[:LONGEST]


def filled(given: MultiDict[str, str]) -> MultiDict[str, str]:
    """The fields of a form, clean; one that was left empty counts as not given."""
    return MultiDict((name, clean(value)) for name, value in given.items() if clean(value))


def read_uuid(given: MultiDict[str, str], name: str) -> UUID | None:
    """A uuid, or None where it is not given."""
    if name not in given:
        return None
    try:
        return UUID(given[name])
    except ValueError as error:
        raise BadParameterError(f"{name} must be a uuid, not {given[name][:40]!r}.") from error


def read_id(given: MultiDict[str, str], name: str, of: str = "a row") -> int | None:
    """The number of a row, or None where it is not given; `of` is what the row is, for who gave no number."""
    if name not in given:
        return None
    if not re.fullmatch(r"\d{1,18}", given[name], re.ASCII):
        raise BadParameterError(f"{name} must be the number of {of}, not {_shown(given[name])}.")
    return int(given[name])


def chosen_ids(given: MultiDict[str, str]) -> list[int]:
    """The rows ticked in a table, by number."""
    values = given.getlist("chosen")
    if not values:
        raise BadParameterError("Nothing is selected: tick at least one row.")
    if not all(re.fullmatch(r"\d{1,18}", value, re.ASCII) for value in values):
        raise BadParameterError("chosen must be numbers of rows.")
    return [int(value) for value in values]


def choice(given: MultiDict[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of `allowed`; the first where it is not given."""
    value = given.get(name, allowed[0])
    if value not in allowed:
        raise BadParameterError(f"{name} must be one of {', '.join(allowed)}, not {_shown(value)}.")
    return value


def flag(given: MultiDict[str, str], name: str) -> bool:
    """true or 1, false or 0; false where it is not given."""
    value = given.get(name, "false").lower()
    if value not in ("true", "1", "false", "0"):
        raise BadParameterError(f"{name} must be true or false, not {_shown(value)}.")
    return value in ("true", "1")


def refuse_unknown(given: MultiDict[str, Any], known: Collection[str]) -> None:
    """Refuses a name nobody reads, and a name given twice: a typing error must not look like an answer."""
    for name in given:
        if name not in known:
            raise BadParameterError(f"{_shown(name)} is not a parameter here; known are {', '.join(known)}.")
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
    raise BadParameterError(f"{name} must be a date written YYYY-MM-DD, not {_shown(value)}.")


def _shown(value: str) -> str:
    return reprlib.repr(value)
