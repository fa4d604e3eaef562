"""The current day."""

from datetime import UTC, date, datetime


def today() -> date:
    """The current day; days are UTC everywhere."""
    return datetime.now(UTC).date()
