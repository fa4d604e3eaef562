"""The figures of docs/figures.md, computed day by day from plain values: what the SQL is held against."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

Values = Mapping[date, int]
CASES = int(os.environ.get("PROPERTY_CASES", "40"))
"""Of each property; PROPERTY_CASES=2000 before a release."""
A_DAY = timedelta(days=1)


class Gain(NamedTuple):
    """A gain of known base, and the days that it is of."""

    gain: int
    covers: int


def last_day(values: Values, first: date, last: date) -> date | None:
    """The newest day with a value from `first` to `last`, both included."""
    return max((day for day in values if first <= day <= last), default=None)


def base_of(values: Values, released: date | None, first: date, last: date) -> tuple[date, int] | None:
    """The day and total that a period counts from; None: unknown."""
    before = last_day(values, first - 8 * A_DAY, first - A_DAY)
    if before is not None:
        return before, values[before]
    begins = min(values)
    if begins < first or released is None or begins < released - 3 * A_DAY:
        return None
    if first <= released <= last or begins <= released + 3 * A_DAY:
        return min(released, begins) - A_DAY, 0
    return None


def period_gain(values: Values, released: date | None, first: date, last: date) -> Gain | None:
    """What a series gained from `first` to `last`; None where it has no value there, or no base."""
    newest = last_day(values, first, last)
    base = base_of(values, released, first, last) if newest else None
    if newest is None or base is None:
        return None
    return Gain(values[newest] - base[1], (newest - base[0]).days)


def gain_before(values: Values, released: date | None, first: date, last: date) -> int | None:
    """The gain of as many days before that `period_gain()` may be compared with."""
    now, length = period_gain(values, released, first, last), last - first + A_DAY
    newest = last_day(values, first, last)
    if now is None or newest is None:
        return None
    former = period_gain(values, released, first - length, newest - length)
    return former.gain if former and former.covers == now.covers else None
