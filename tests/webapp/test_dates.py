"""Dates in a sentence."""

from datetime import date

import pytest

from webapp.dates import named_dates


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ([], ""),
        ([2001, 2000, 2001], "2000-01-01, 2001-01-01"),
        (range(2000, 2005), "2000-01-01, 2001-01-01, 2002-01-01, 2003-01-01, 2004-01-01"),
        (range(2000, 2006), "2000-01-01, 2001-01-01, 2002-01-01, 2003-01-01, 2004-01-01 and 1 more"),
    ],
)
def test_few_dates_are_named_and_all_are_counted(years: list[int], told: str) -> None:
    assert named_dates(date(year, 1, 1) for year in years) == told
