"""The dates that a value can have."""

from datetime import date, timedelta

from sqlalchemy import func

from webapp.extensions import db

FIRST_DATE = date(1990, 1, 1)
"""No platform counted anything before; an earlier date is an error of whoever sent it."""


def latest_date() -> date:
    """Tomorrow by the database's clock: somewhere it is tomorrow already."""
    today: date = db.session.scalars(db.select(func.current_date())).one()
    return today + timedelta(days=1)
