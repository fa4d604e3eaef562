"""The data of charts: series of points, by day, week or month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

Interval = Literal["day", "week", "month"]
Shows = Literal["total", "gain", "index"]
Caveat = Literal["identifiers", "fall"]
"""Why a gain is not compared; determined by audience_gain() in SQL."""
CAVEATS: dict[Caveat, str] = {
    "identifiers": "other identifiers count than before",
    "fall": "a total fell",
}
SHORT_CAVEATS: dict[Caveat, str] = CAVEATS | {"identifiers": "other identifiers"}
"""For the cells of tables."""


@dataclass(frozen=True)
class Point:
    """One label of a series; `total` and `gain` as stored, `covers` the days that the gain is of.

    `days_known` of its `length` days are known; `so_far`: it has not ended. `index` is the total as a
    percentage of the series' total at a date chosen by the caller. `reported_days` were reported at once; in
    a week or month not all of them belong to it. `regained` is the total before a fall that it reaches again.
    `joined` says which series joined a sum on this date, `back` which of them regain a fall, `parts` which
    platforms it is of.
    """

    day: date
    total: int | None
    gain: int | None = None
    fetched_at: datetime | None = None
    covers: int | None = 1
    former_value: int | None = None
    revised_at: datetime | None = None
    identifiers_changed: bool = False
    so_far: bool = False
    length: int = 1
    days_known: int = 1
    reported_days: int | None = None
    regained: int | None = None
    index: float | None = None
    joined: str = ""
    back: str = ""
    parts: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether all of its days are known."""
        return self.days_known == self.length

    def value(self, shows: Shows) -> float | None:
        """Returns the value to draw."""
        return {"total": self.total, "gain": self.gain, "index": self.index}[shows]


class Stored(Protocol):
    """A point of a stored series or of a sum."""

    @property
    def label(self) -> date: ...
    @property
    def total(self) -> int: ...
    @property
    def gain(self) -> int | None: ...
    @property
    def fetched_at(self) -> datetime: ...
    @property
    def covers(self) -> int | None: ...
    @property
    def so_far(self) -> bool: ...
    @property
    def length(self) -> int: ...
    @property
    def days_known(self) -> int: ...


def drawn_point(stored: Stored, **own: Any) -> Point:
    """Returns a stored point for the chart, with what only its kind of series has."""
    same = ("total", "gain", "fetched_at", "covers", "so_far", "length", "days_known")
    return Point(stored.label, **{name: getattr(stored, name) for name in same}, **own)


@dataclass(frozen=True)
class Series:
    """A line or a set of columns; series of one `metric` share an axis."""

    name: str
    metric: str
    colour: str
    points: Sequence[Point]


def regained(totals: Sequence[int]) -> list[int | None]:
    """Returns for each total the highest before it, if it regains a fall from there mostly in one step."""
    found: list[int | None] = []
    highest = lowest = before = totals[0] if totals else 0
    for total in totals:
        makes_up = before < highest <= total and 2 * (total - before) >= highest - lowest
        found.append(highest if makes_up else None)
        lowest = total if total >= highest else min(lowest, total)
        before, highest = total, max(highest, total)
    return found


def label_of(day: date, interval: Interval) -> date:
    """Returns the label of the day, week or month that holds `day`: its first day."""
    if interval == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if interval == "week" else day


def next_label(label: date, interval: Interval) -> date:
    """Returns the label after `label`."""
    if interval == "month":
        return (label.replace(day=1) + timedelta(days=32)).replace(day=1)
    return label + timedelta(days=7 if interval == "week" else 1)
