"""The marks of a chart: notable points of a series, and dated events of the track.

The chart, the list under it, the table and the tooltip all show the marks of this module. A new kind is a
line of KINDS; what is not a property of a point is an `Event`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from webapp.lib.clock import today
from webapp.lib.series import Interval, Point, Series, Shows, label_of, next_label

MarkKind = Literal[
    "fall",
    "rise",
    "gap",
    "frozen",
    "revised",
    "identifiers_changed",
    "so_far",
    "partial",
    "catch_up",
    "joined",
    "release",
    "chart_entry",
    "chart_exit",
    "note",
]

FROZEN_DAYS = 7  # the fewest days with the same total that are marked
A_DAY = timedelta(days=1)


class Kind(NamedTuple):
    """The label and drawing of a kind; `shape` is ApexCharts' name of a marker.

    A kind that `lasts` applies to every day from a mark's `since` to its `day`, not only to the last.
    """

    word: str
    look: Literal["marker", "band", "line"]
    shape: str = ""
    lasts: bool = False


KINDS: dict[MarkKind, Kind] = {
    "fall": Kind("Fall", "marker", "triangle"),
    "rise": Kind("Back", "marker", "triangle"),
    "gap": Kind("Gap", "band"),
    "frozen": Kind("No movement", "band", lasts=True),
    "revised": Kind("Revised", "marker", "diamond"),
    "identifiers_changed": Kind("Identifiers changed", "marker", "square"),
    "so_far": Kind("So far", "marker", "circle"),
    "partial": Kind("In part", "marker", "circle"),
    "catch_up": Kind("Reported at once", "marker", "cross"),
    "joined": Kind("Joined", "marker", "square"),
    "release": Kind("Released", "line"),
    "chart_entry": Kind("In", "line"),
    "chart_exit": Kind("Out", "line"),
    "note": Kind("Note", "line"),
}


class Event(NamedTuple):
    """A date of the track, not of a point of a series."""

    day: date
    kind: MarkKind
    text: str


class Mark(NamedTuple):
    """A note about a label, in words; `series` is empty for an event.

    `since` is the start of the mark's band, None without a band.
    """

    day: date
    kind: MarkKind
    text: str
    series: str = ""
    since: date | None = None

    @property
    def when(self) -> str:
        """Returns '2026-11-20', or both ends of a mark that lasts."""
        return f"{self.since} to {self.day}" if KINDS[self.kind].lasts else str(self.day)


class Listed(NamedTuple):
    """A line of the list under the chart; `series` names all series it applies to, none for an event."""

    when: str
    kind: MarkKind
    word: str
    text: str
    series: list[str]


def series_marks(series: Series, interval: Interval = "day", shows: Shows = "total") -> list[Mark]:
    """Returns the marks of `series`, oldest first."""
    known = [point for point in series.points if point.value(shows) is not None]
    before = {point.day: earlier.day for earlier, point in pairwise(series.points)}
    found = [mark for point in known for mark in _point_marks(point, before.get(point.day), interval)]
    # Only days are checked for unchanged totals: a week or month without change shows as a gain of 0.
    found += _frozen(known) if interval == "day" else []
    return sorted((mark._replace(series=series.name) for mark in found), key=lambda mark: mark.day)


def listed(marks: Iterable[Mark]) -> list[Listed]:
    """Returns the marks as lines, newest first; equal texts of several series become one line."""
    ordered = sorted(marks, key=lambda mark: (mark.day, mark.when, mark.kind, mark.text), reverse=True)
    return [
        Listed(
            when, kind, word=KINDS[kind].word, text=text, series=[mark.series for mark in same if mark.series]
        )
        for (when, kind, text), same in groupby(ordered, lambda mark: (mark.when, mark.kind, mark.text))
    ]


def notes(marks: Iterable[Mark], interval: Interval) -> dict[date, list[str]]:
    """Returns the texts for each label; a mark that lasts has its text at all of its days."""
    found: dict[date, list[str]] = {}
    for mark in marks:
        label = label_of((mark.since if KINDS[mark.kind].lasts else None) or mark.day, interval)
        while label <= mark.day:
            found.setdefault(label, []).append(mark.text)
            label = next_label(label, interval)
    return found


def _point_marks(point: Point, before: date | None, interval: Interval) -> list[Mark]:
    """Returns the marks of one point; `before` is the label of the series' point before it."""
    missing = before is not None and point.day > next_label(before, interval)
    found: list[Mark] = []
    if point.gain is not None and point.gain < 0:
        found.append(Mark(point.day, "fall", f"fell by {-point.gain:,}"))
    if point.regained is not None:
        text = f"{as_high_again(point.regained)}: no gain of this date alone"
        found.append(Mark(point.day, "rise", text))
    if point.covers is not None and (missing or point.covers > point.length):
        since = before if missing else None
        found.append(Mark(point.day, "gap", f"gain covers {point.covers:,} days", since=since))
    if point.former_value is not None:
        whose = "revised from" if interval == "day" else "holds a date revised from"
        when = f" on {point.revised_at.date().isoformat()}" if point.revised_at else ""
        found.append(Mark(point.day, "revised", f"{whose} {point.former_value:,}{when}"))
    if point.identifiers_changed:
        text = "the set of identifiers changed: this gain compares unlike things"
        found.append(Mark(point.day, "identifiers_changed", text))
    if point.reported_days:
        found.append(Mark(point.day, "catch_up", reported_at_once(point.reported_days, interval)))
    found += _sum_marks(point)
    if interval == "day" and point.day >= today():
        found.append(Mark(point.day, "so_far", "so far: the day is not over"))
    if not point.is_complete:
        known = f"{point.days_known:,} of {point.length:,} days"
        part = (
            Mark(point.day, "so_far", f"so far: {known}")
            if point.so_far
            else Mark(point.day, "partial", known)
        )
        found.append(part)
    return found


def _sum_marks(point: Point) -> list[Mark]:
    """Returns the marks that only a point of a sum has."""
    texts: list[tuple[MarkKind, str]] = [("rise", point.back), ("joined", point.joined)]
    return [Mark(point.day, kind, text) for kind, text in texts if text]


def reported_at_once(days: int, interval: Interval) -> str:
    """Returns '3 days reported at once'; for a week or month, some of the days belong to another."""
    return f"{days:,} days reported at once{'' if interval == 'day' else f', some of another {interval}'}"


def as_high_again(total: int) -> str:
    """Returns 'as high again as the 1,000 before a fall', where `total` is the total before the fall."""
    return f"as high again as the {total:,} before a fall"


def _frozen(points: Sequence[Point]) -> list[Mark]:
    """Returns marks for consecutive days with the same total; adjacent stretches are one mark.

    There the vendor's crawler stopped, or ran irregularly; it does not mean that nobody listened.
    """
    found: list[list[tuple[date, date]]] = []
    for first, last in _still(points):
        if found and found[-1][-1][1] + A_DAY == first:
            found[-1].append((first, last))
        else:
            found.append([(first, last)])
    return [Mark(met[-1][1], "frozen", _frozen_text(met), since=met[0][0]) for met in found]


def _still(points: Sequence[Point]) -> Iterator[tuple[date, date]]:
    """Yields the first and last day of each stretch of FROZEN_DAYS or more with the same total."""
    # Consecutive days have the same difference to their place.
    stretches = groupby(enumerate(points), lambda item: (item[1].total, item[1].day - A_DAY * item[0]))
    for _, stretch in stretches:
        days = [point.day for _, point in stretch]
        if len(days) >= FROZEN_DAYS:
            yield days[0], days[-1]


def _frozen_text(stretches: Sequence[tuple[date, date]]) -> str:
    """Returns the stretches in words; all but the first begin with a day whose total changed."""
    days = (stretches[-1][1] - stretches[0][0]).days + 1
    moves = len(stretches) - 1
    if not moves:
        return f"no movement for {days:,} days"
    return f"no movement on all but {moves:,} of {days:,} days"
