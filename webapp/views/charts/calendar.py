"""A chart's rankings by month: held, missing and set aside."""

import re
from calendar import Calendar
from collections import Counter
from datetime import date, timedelta
from typing import Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.models import Chart
from webapp.queries.charts.pages import KnownDate, known_dates, known_span
from webapp.views.shared.parameters import BadParameterError

MONTHS_SHOWN = 3
Look = Literal["held", "missing", "aside", "nothing"]


class Day(NamedTuple):
    """A day of the calendar; `words` describe its ranking."""

    date: date
    look: Look
    words: str


class Month(NamedTuple):
    """A month as weeks from Monday; None for days of other months and future days."""

    first: date
    weeks: list[list[Day | None]]


class ChartCalendar(NamedTuple):
    """Months with their days, oldest first; `older` and `newer` are months to page to, None at the ends."""

    months: list[Month]
    counts: Counter[Look]
    older: date | None
    newer: date | None


def read_month(given: MultiDict[str, str]) -> date | None:
    """Reads `until`, a month as YYYY-MM, as its first day. Raises BadParameterError."""
    value = given.get("until", "")
    if not value:
        return None
    if not re.fullmatch(r"[12]\d{3}-(0[1-9]|1[0-2])", value, re.ASCII):
        raise BadParameterError(f"until must be a month as YYYY-MM, not {value[:40]!r}.")
    return date.fromisoformat(f"{value}-01")


def chart_calendar(chart: Chart, until: date | None) -> ChartCalendar:
    """Returns the months up to `until`, or up to the newest known date."""
    span = known_span(chart)
    last = until or (span.last or today()).replace(day=1)
    firsts = [_months_before(last, number) for number in reversed(range(MONTHS_SHOWN))]
    end = _months_before(last, -1) - timedelta(days=1)
    known = {day.ranked_on: day for day in known_dates(chart, firsts[0], end)}
    months = [Month(first, _weeks(first, known, max(span.last or today(), today()))) for first in firsts]
    shown = [day for month in months for week in month.weeks for day in week if day]
    return ChartCalendar(
        months,
        counts=Counter(day.look for day in shown),
        older=_months_before(firsts[0], 1) if span.first and span.first < firsts[0] else None,
        newer=_months_before(last, -MONTHS_SHOWN) if span.last and span.last > end else None,
    )


def _weeks(first: date, known: dict[date, KnownDate], last: date) -> list[list[Day | None]]:
    """Returns the weeks of the month that starts on `first`, without days of other months and future days."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    return [
        [_day(day, known.get(day)) if day.month == first.month and day <= last else None for day in week]
        for week in weeks
    ]


def _day(day: date, known: KnownDate | None) -> Day:
    if known is None:
        return Day(day, "nothing", "no ranking")
    if known.set_aside is not None:
        return Day(day, "aside", "set aside")
    if known.entry_count is None:
        return Day(day, "missing", "at SoundCharts only")
    lacking = f", {known.lacking}" if known.lacking else ""
    return Day(day, "held", f"{counted(known.entry_count, 'entry', 'entries')} stored{lacking}")


def _months_before(first: date, number: int) -> date:
    """Returns the first day of the month `number` months earlier; a negative number counts forwards."""
    months = first.year * 12 + first.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)
