"""The dates that a value can have."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import func

from webapp.extensions import db

FIRST_DATE = date(1990, 1, 1)
"""No platform counted anything before; an earlier date is an error of whoever sent it."""
MOST_NAMED = 5
"""Dates that a sentence names; it counts all of them."""


def latest_date() -> date:
    """Tomorrow by the database's clock: somewhere it is tomorrow already."""
    today: date = db.session.scalars(db.select(func.current_date())).one()
    return today + timedelta(days=1)


def named_dates(days: Iterable[date]) -> str:
    """The first few of these dates, in order and each once: '1989-12-31, 2031-01-01 and 7 more'."""
    each = sorted(set(days))
    named = ", ".join(map(str, each[:MOST_NAMED]))
    return f"{named} and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else named
