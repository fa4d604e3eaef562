"""Sparklines: gains a day in a small box, broken where days are missing."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.lib.sparkline import HEIGHT, WIDTH, spark

DAY = date(2026, 1, 1)


def days(values: dict[int, int]) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=place), value) for place, value in sorted(values.items())]


def test_a_gap_breaks_the_line() -> None:
    drawn = spark(days({0: 0, 1: 10, 2: 30, 5: 40, 6: 45}))
    assert drawn is not None
    assert re.sub(r"[\d. ]+", "", drawn.path) == "MLM"
    assert drawn.words == "daily gains from 2026-01-01 to 2026-01-07: 5 to 20, most recently 5"


def test_without_two_days_in_a_row_there_is_nothing_to_draw() -> None:
    for values in ({}, {0: 1}, {0: 1, 2: 3}):
        assert spark(days(values)) is None


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 2**62), max_size=31))
def test_the_line_stays_in_its_box(values: dict[int, int]) -> None:
    drawn = spark(days(values))
    if drawn is None:
        return
    places = [tuple(map(float, pair)) for pair in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn.path)]
    assert places
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
