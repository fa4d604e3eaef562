"""Totals that regain a fall."""

import pytest

from webapp.lib.series import regained


@pytest.mark.parametrize(
    ("totals", "found"),
    [
        ([100, 0, 110], {2: 100}),
        ([100, 101, 20, 30, 105, 106], {4: 101}),
        ([100, 40, 100], {2: 100}),
        # After long it is as high again, day by day.
        ([100, 40, 60, 80, 99, 101], {}),
        ([100, 90, 95], {}),
        ([100, 100, 101], {}),
        ([0, 0, 1000], {}),
        ([7], {}),
        ([], {}),
    ],
)
def test_a_total_that_comes_back_after_a_fall_makes_up_for_it(
    totals: list[int], found: dict[int, int]
) -> None:
    assert regained(totals) == [found.get(place) for place in range(len(totals))]
