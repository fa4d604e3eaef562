"""A CSV file of audience as a source: `track,platform,date,value`, read as a stream, with errors by row."""

import csv
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple, TypeVar
from uuid import UUID

from jobs.figures import LARGEST, FigureError, figure_date, figure_value, shown
from jobs.soundcharts import AudienceItem, Plot
from jobs.sources import Wanted
from webapp.dates import latest_date, named_dates
from webapp.lib.pasted import Pasted, read_pasted
from webapp.lib.sheets import find_head
from webapp.models import Platform, Track
from webapp.queries import one, rows
from webapp.queries.search.pages import named

T = TypeVar("T")

COLUMNS = ("track", "platform", "date", "value")
SOURCE = "import-series"
MOST_ERRORS_KEPT = 100
RELEASE_DAYS = 3
"""A series that begins within this many days of the release starts at 0, as in begins_at_zero() in SQL."""


class FileError(ValueError):
    """The file cannot be read at all; the message is one sentence."""


class Figure(NamedTuple):
    """A value and its line number."""

    line: int
    value: int


class Base(NamedTuple):
    """The total that daily figures are added to, and its date; None if it is not a stored total."""

    total: int
    date: date | None


Key = tuple[UUID, str]
"""A track's uuid and a platform's slug."""


class SeriesFile:
    """The rows of a file, checked against the stored tracks and platforms. Needs an app context.

    `errors` holds the first MOST_ERRORS_KEPT sentences about bad rows, `bad` counts them all. Of two values
    for one date neither is kept. `unread` names the ignored columns. `daily` values are added up to totals,
    from `bases` on. Raises FileError if one of the four columns is missing, or the file is not UTF-8. If no
    total is stored before them, daily values start at `starting_total`, else at 0 if the song was released
    then, and else they are bad, since the total before is unknown. A series with a missing day is bad, and so
    are the rows of a series after a bad one.
    """

    def __init__(
        self, lines: Iterable[str], *, daily: bool = False, starting_total: int | None = None
    ) -> None:
        self.errors: list[str] = []
        self.bad = 0
        self.unread: list[str] = []
        self.bases: dict[Key, Base] = {}
        self._starting_total = starting_total
        self._series: dict[Key, dict[date, Figure]] = {}
        self._contradicted: set[tuple[UUID, str, date]] = set()
        self._broken: dict[Key, date] = {}
        self._tracks: dict[UUID, Track] = {}
        self._platforms: dict[str, Platform] = {}
        self._latest = latest_date()
        self._track = cache(_find_track)
        self._platform = cache(_find_platform)
        try:
            self._read(iter(lines))
        except UnicodeDecodeError as error:
            raise FileError("The file is not UTF-8; save it as CSV UTF-8.") from error
        if daily:
            for key in list(self._series):
                self._sum_up(key)

    @property
    def pairs(self) -> list[tuple[Track, Platform]]:
        """The series of the file, in the order of their keys, as all writers use."""
        held = [key for key, days in self._series.items() if days]
        pairs = [(self._tracks[uuid], self._platforms[slug]) for uuid, slug in held]
        return sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id))

    def serves(self, platform: Platform) -> bool:
        return platform.slug in self._platforms

    def series(self, wanted: Wanted) -> list[AudienceItem]:
        start, end = wanted.span
        figures = self._series.get((wanted.track_uuid, wanted.slug), {})
        return [
            _item(day, figure.value)
            for day, figure in sorted(figures.items())
            if day >= start and (end is None or day <= end)
        ]

    @property
    def falls(self) -> tuple[int, int]:
        """The number of values below their predecessor, and the number of values with a predecessor."""
        series = [[figure.value for _, figure in sorted(days.items())] for days in self._series.values()]
        steps = [value - former for values in series for former, value in pairwise(values)]
        return sum(step < 0 for step in steps), len(steps)

    def _read(self, lines: Iterator[str]) -> None:
        head = find_head(lines, COLUMNS)
        if head is None:
            raise FileError(f"The file is empty; its first line must be {','.join(COLUMNS)}.")
        _check_columns(head.names)
        self.unread = [name for name in head.names if name and name not in COLUMNS]
        for line, row in self._rows(csv.reader(lines, delimiter=head.delimiter, strict=True), head.line):
            if len(row) != len(head.names):
                self._refuse(line, f"expected {len(head.names)} fields, found {len(row)}")
                continue
            try:
                self._take(line, dict(zip(head.names, row, strict=True)))
            except FigureError as error:
                self._refuse(line, str(error))

    def _rows(self, rows: Iterator[list[str]], above: int) -> Iterator[tuple[int, list[str]]]:
        """Yields the rows that are not empty with their last line; `above` lines precede the first."""
        while True:
            try:
                row = [field.strip() for field in next(rows)]
            except StopIteration:
                return
            except csv.Error as error:
                self._refuse(above + _line(rows), f"not valid CSV: {error}")
                continue
            if any(row):
                yield above + _line(rows), row

    def _take(self, line: int, row: dict[str, str]) -> None:
        platform = _known(self._platform(row["platform"]))
        track = _known(self._track(row["track"], platform.slug))
        self._tracks[track.uuid] = track
        self._platforms[platform.slug] = platform
        series, day = (track.uuid, platform.slug), date.min
        try:
            day = figure_date(row["date"], self._latest)
            self._add(series, day, Figure(line, figure_value(row["value"])))
        except FigureError:
            self._broken[series] = min(day, self._broken.get(series, day))
            raise

    def _add(self, series: Key, day: date, figure: Figure) -> None:
        """Adds a value for a date. Raises FigureError if there is a different one for it."""
        key = (*series, day)
        if key in self._contradicted:
            raise FigureError("this track, platform and date has two values on lines above")
        days = self._series.setdefault(series, {})
        former = days.setdefault(day, figure)
        if former.value != figure.value:
            del days[day]
            self._contradicted.add(key)
            raise FigureError(
                f"value is {figure.value}, but {former.value} on line {former.line} for the same series and"
                " date"
            )

    def _sum_up(self, key: Key) -> None:
        """Adds up the daily figures of a series, each to the last total before it, stored or not.

        Refuses them if they exceed the next stored total after them, since the series would fall there.
        """
        self._end(key, self._broken.get(key, date.max))
        daily = sorted(self._series[key].items())
        if not daily:
            return
        track, platform = self._tracks[key[0]], self._platforms[key[1]]
        series = {"track_id": track.id, "platform_id": platform.id}
        first = daily[0][0]
        base = one(Base, "audience_before", **series, day=first) or self._begin(track, first)
        if base is None:
            self._refuse_rows(key, date.min, _no_base(track, platform, first))
            return
        others = self._stored_beside(key, series)
        since = base.date or self._released(track, first)
        if missing := _missing(self._series[key], since, others):
            self._refuse_rows(key, date.min, _gap(track, platform, missing))
            return
        self.bases[key] = base
        total = base.total
        for day, figure in daily:
            while others and others[0].date and others[0].date < day:
                total = others.popleft().total
            after = others[0] if others else None
            total += figure.value
            if total > LARGEST or (after and total > after.total):
                del self._series[key][day]
                self._refuse(figure.line, _too_much(total, after))
                self._end(key, day)
                return
            self._series[key][day] = figure._replace(value=total)

    def _stored_beside(self, key: Key, series: dict[str, int]) -> deque[Base]:
        """The totals stored between the rows of a series and the next one after them, oldest first."""
        days = self._series[key]
        found = rows(Base, "audience_beside", **series, first_day=min(days), last_day=max(days))
        return deque(each for each in found if each.date not in days)

    def _begin(self, track: Track, first: date) -> Base | None:
        """Returns the base of a series without an earlier total; None if it is unknown."""
        if self._starting_total is not None:
            return Base(self._starting_total, None)
        released = track.release_date
        return Base(0, None) if released and abs((first - released).days) <= RELEASE_DAYS else None

    def _released(self, track: Track, first: date) -> date | None:
        """Returns the day before the release of a song whose figures start there; None if they do not."""
        if self._starting_total is not None or track.release_date is None:
            return None
        return min(track.release_date, first) - timedelta(days=1)

    def _end(self, key: Key, bad_day: date) -> None:
        """Ends a series at a bad row, since the totals after it would lack its value."""
        since = f"of {bad_day} " if bad_day > date.min else ""
        self._refuse_rows(key, bad_day, f"a row {since}is bad, so later rows cannot be added up")

    def _refuse_rows(self, key: Key, since: date, what: str) -> None:
        """Refuses the rows of a series from a date on, with one sentence at the first of them."""
        days = self._series[key]
        lines = [days.pop(day).line for day in sorted(days) if day >= since]
        if lines:
            self._refuse(min(lines), what)
            self.bad += len(lines) - 1

    def _refuse(self, line: int, what: str) -> None:
        self.bad += 1
        if len(self.errors) < MOST_ERRORS_KEPT:
            self.errors.append(f"line {line}: {what}")


def _no_base(track: Track, platform: Platform, first: date) -> str:
    """Returns why daily figures cannot be added up, and what to do."""
    released = f"was released on {track.release_date}" if track.release_date else "has no known release date"
    return (
        f"no total of {track.name or track.uuid} on {platform.name} is stored before {first}, and the song"
        f" {released}; give the total it had before with --starting-total"
    )


def _missing(days: Collection[date], since: date | None, stored: Iterable[Base]) -> list[date]:
    """Returns the days from `since` on with neither a figure nor a stored total before the next figure."""
    known = sorted({*days, *filter(None, [since, *(each.date for each in stored)])})
    return [
        former + timedelta(days=number)
        for former, day in pairwise(known)
        if day in days
        for number in range(1, (day - former).days)
    ]


def _gap(track: Track, platform: Platform, missing: Sequence[date]) -> str:
    """Returns why daily figures with a gap cannot be added up, and what to do."""
    return (
        f"{track.name or track.uuid} on {platform.name} has no figures for {named_dates(missing)}; add them,"
        " with 0 for days without counts"
    )


def _too_much(total: int, after: Base | None) -> str:
    """Returns why a total cannot be stored."""
    if total > LARGEST or after is None:
        return f"the total would be more than {LARGEST}"
    return f"the total would be {total:,}, more than the {after.total:,} stored for {after.date}"


def _line(rows: Iterator[list[str]]) -> int:
    number: int = rows.line_num  # type: ignore[attr-defined]  # a csv.reader, whose class has no public name
    return number


def _check_columns(names: list[str]) -> None:
    """Raises FileError if one of the four columns is missing or occurs twice."""
    problems = []
    if missing := [name for name in COLUMNS if name not in names]:
        problems.append(f"{', '.join(missing)} missing")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        problems.append(f"{', '.join(twice)} twice")
    if problems:
        raise FileError(f"The first line must name the columns {','.join(COLUMNS)}: {'; '.join(problems)}.")


def _known(found: T | str) -> T:
    """Returns `found`. Raises FigureError if it is a string, which says why nothing was found."""
    if isinstance(found, str):
        raise FigureError(found)
    return found


def _find_track(text: str, platform: str) -> Track | str:
    """Returns the track of a uuid, an ISRC, a link or an identifier on the platform, or why there is none."""
    pasted = _uuid(text) or read_pasted(text)
    if pasted is None and re.fullmatch(r"[\w.:-]+", text):
        pasted = Pasted(platforms=(platform,), identifiers=(text,))
    if pasted is None:
        return f"track must be a uuid or an ISRC, a link or the platform's id, not {shown(text)}"
    uuids = [UUID(hit.key) for hit in named(pasted) if hit.kind == "track"]
    if len(uuids) > 1:
        what = "is the ISRC of" if pasted.isrc else "matches"
        return f"{shown(text)} {what} {len(uuids)} tracks; use the uuid of one"
    track = Track.find(uuids[0]) if uuids else None
    return track or f"there is no track {shown(text)}"


def _uuid(text: str) -> Pasted | None:
    with suppress(ValueError):
        return Pasted(uuid=str(UUID(text)))
    return None


def _find_platform(spelling: str) -> Platform | str:
    platform = Platform.find(spelling)
    if platform is not None and platform.is_identifier_kind:
        return f"{platform.name} is a kind of identifier, not a platform"
    return platform or f"there is no platform {shown(spelling)}"


def _item(day: date, value: int) -> AudienceItem:
    plots = [{"identifier": SOURCE, "value": value}]
    raw = {"source": SOURCE, "date": day.isoformat(), "plots": plots}
    return AudienceItem(date=day, plots=(Plot(SOURCE, value),), raw=raw)
