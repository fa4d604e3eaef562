"""The valid dates of values."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func

from webapp.extensions import db

FIRST_DATE = date(1990, 1, 1)
"""No platform has older figures; an earlier date is an error of its source."""
NEW_DAYS = 90
"""If a song's values begin within this many days of its release, "All" begins with the release."""
MOST_NAMED = 5
"""The most dates that a sentence lists."""


def latest_date() -> date:
    """Returns tomorrow by the database's clock, since it may already be tomorrow elsewhere."""
    today: date = db.session.scalars(db.select(func.current_date())).one()
    return today + timedelta(days=1)


def beginning(first_date: date, released: date | None) -> date:
    """Returns the start of a range without one: the release of a new song, else the first value's date."""
    is_new = released is not None and 0 <= (first_date - released).days <= NEW_DAYS
    return max(released if released and is_new else first_date, FIRST_DATE)


def named_dates(days: Iterable[date]) -> str:
    """Returns the first distinct dates in order: '1989-12-31, 2031-01-01 and 7 more'."""
    each = sorted(set(days))
    named = ", ".join(map(str, each[:MOST_NAMED]))
    return f"{named} and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else named
