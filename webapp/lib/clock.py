"""The current day."""

from datetime import UTC, date, datetime


def today() -> date:
    """Returns the current day in UTC, as used everywhere."""
    return datetime.now(UTC).date()
