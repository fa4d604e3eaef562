"""The billing period of the SoundCharts account, in which its calls are counted."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from webapp.app_settings import setting
from webapp.lib.clock import today


class Period(NamedTuple):
    """Days from `first`, inclusive, to `renewal`, exclusive, when the next period's calls are granted."""

    first: date
    renewal: date

    @property
    def began_at(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.renewal, time(), UTC)


def billing_period() -> Period:
    """Returns the current period, by the setting `billing_day`."""
    return period_of(today(), setting("billing_day"))


def period_of(day: date, billing_day: int) -> Period:
    """Returns the period of a day; the billing day is at most the 28th, so every month has it."""
    begun = day.replace(day=billing_day)
    if begun > day:
        return Period(_month(begun, -1), begun)
    return Period(begun, _month(begun, 1))


def _month(day: date, step: int) -> date:
    """Returns the same day of the previous or next month."""
    months = day.year * 12 + day.month - 1 + step
    return day.replace(year=months // 12, month=months % 12 + 1)
