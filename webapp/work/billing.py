"""The billing period of the SoundCharts account, in which its calls are counted."""

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from webapp.app_settings import setting


class Period(NamedTuple):
    """Days from `first` up to, but not with, `renewal`, which gives the next period's calls."""

    first: date
    renewal: date

    @property
    def began_at(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.renewal, time(), UTC)


def billing_period() -> Period:
    """The period under way, by the setting `billing_day`."""
    return period_of(datetime.now(UTC).date(), setting("billing_day"))


def period_of(day: date, billing_day: int) -> Period:
    """The period that a day is in; every month has the billing day, which is at most the 28th."""
    begun = day.replace(day=billing_day)
    if begun > day:
        return Period(_month(begun, -1), begun)
    return Period(begun, _month(begun, 1))


def _month(day: date, step: int) -> date:
    """The same day of the month before, or after."""
    months = day.year * 12 + day.month - 1 + step
    return day.replace(year=months // 12, month=months % 12 + 1)
