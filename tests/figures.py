"""The figures of docs/figures.md, computed day by day from plain values: what the SQL is held against."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from hypothesis import strategies as st

Values = Mapping[date, int]
CASES = int(os.environ.get("PROPERTY_CASES", "30"))
"""Of each property; PROPERTY_CASES=2000 before a release."""
A_DAY = timedelta(days=1)


def histories(days: st.SearchStrategy[date], *, min_size: int = 0) -> st.SearchStrategy[dict[date, int]]:
    """Totals by date: such as a platform has them, with days that stand still and falls, or any at all."""
    steps = st.sampled_from([1000] * 12 + [0] * 6 + [1500, 3000, 4000, 9000, -500, 2**40])
    risen = st.dictionaries(days, steps, min_size=min_size, max_size=60).map(
        lambda drawn: dict(zip(sorted(drawn), accumulate(drawn[day] for day in sorted(drawn)), strict=True))
    )
    return st.one_of(
        risen.map(lambda values: {day: max(total, 0) for day, total in values.items()}),
        st.dictionaries(days, st.integers(0, 2**50), min_size=min_size, max_size=60),
    )


class Gain(NamedTuple):
    """A gain of known base, the days that it is of, the day of its base, and whether a total fell near it."""

    gain: int
    covers: int
    base_date: date
    fell: bool


def last_day(values: Values, first: date, last: date) -> date | None:
    """The newest day with a value from `first` to `last`, both included."""
    return max((day for day in values if first <= day <= last), default=None)


def read_on(values: Values, day: date) -> date:
    """The day that a total is of: the first of equal ones, where the days after it came at once later."""
    moved = min((later for later in values if later > day and values[later] != values[day]), default=None)
    if moved is None:
        return day
    # What lies further back than this is not looked at.
    known = [each for each in sorted(values) if moved - 118 * A_DAY <= each < moved]
    still = [each for each in known if all(values[later] == values[day] for later in known if later >= each)]
    usual = [
        (values[each] - values[before]) / (each - before).days
        for before, each in pairwise(known)
        if still[0] - 27 * A_DAY <= each <= still[0]
    ]
    place = known.index(still[0])
    fell = place == 0 or values[known[place - 1]] > values[day]
    if fell or len(still) < 2 or not usual or median(usual) <= 0:
        return day
    return still[0] if values[moved] - values[day] >= 2 * median(usual) else day


def base_of(values: Values, released: date | None, first: date, last: date) -> tuple[date, int] | None:
    """The day and total that a period counts from; None: unknown."""
    before = last_day(values, first - 8 * A_DAY, first - A_DAY)
    if before is not None:
        return read_on(values, before), values[before]
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
    fell = falls_near(values, base, newest)
    return Gain(values[newest] - base[1], (read_on(values, newest) - base[0]).days, base[0], fell)


def falls_near(values: Values, base: tuple[date, int], newest: date) -> bool:
    """Whether a total fell from 8 days before the base on, or is as high as in the 90 days before it."""
    known = [day for day in sorted(values) if base[0] - 90 * A_DAY <= day <= newest]
    falls = [day for before, day in pairwise(known) if values[day] < values[before]]
    if any(day >= base[0] - 8 * A_DAY for day in falls):
        return True
    highest = max((values[day] for day in known if day <= base[0]), default=0)
    return base[1] < highest <= values[newest]


def has_note(values: Values, released: date | None, first: date, last: date) -> bool:
    """Whether a gain is known, and not of all days of the period and no other, or near a fall."""
    gained = period_gain(values, released, first, last)
    if gained is None:
        return False
    whole = (gained.base_date, gained.covers) == (first - A_DAY, (last - first).days + 1)
    return gained.fell or not whole


def gain_before(values: Values, released: date | None, first: date, last: date) -> int | None:
    """The gain of the same days of the period before that `period_gain()` may be compared with."""
    now, length = period_gain(values, released, first, last), last - first + A_DAY
    newest = last_day(values, first, last)
    if now is None or newest is None:
        return None
    former = period_gain(values, released, first - length, newest - length)
    if former is None or now.fell or former.fell:
        return None
    if now.base_date != first - A_DAY or former.base_date != now.base_date - length:
        return None
    return former.gain if former.covers == now.covers else None
