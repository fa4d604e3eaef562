"""The dates that a value can have."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func

from webapp.extensions import db

FIRST_DATE = date(1990, 1, 1)
"""No platform counted anything before; an earlier date is an error of whoever sent it."""
NEW_DAYS = 90
"""Days after its release in which the values of a new song begin, where "All" begins with the release."""
MOST_NAMED = 5
"""Dates that a sentence names; it counts all of them."""


def latest_date() -> date:
    """Tomorrow by the database's clock: somewhere it is tomorrow already."""
    today: date = db.session.scalars(db.select(func.current_date())).one()
    return today + timedelta(days=1)


def beginning(first_date: date, released: date | None) -> date:
    """Where a range without a start begins: at the release of a new song, else with the first value."""
    is_new = released is not None and 0 <= (first_date - released).days <= NEW_DAYS
    return max(released if released and is_new else first_date, FIRST_DATE)


def named_dates(days: Iterable[date]) -> str:
    """The first few of these dates, in order and each once: '1989-12-31, 2031-01-01 and 7 more'."""
    each = sorted(set(days))
    named = ", ".join(map(str, each[:MOST_NAMED]))
    return f"{named} and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else named
