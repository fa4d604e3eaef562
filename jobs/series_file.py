"""A CSV file of audience as a source: `track,platform,date,value`, read as a stream, told of row by row."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar
from uuid import UUID

from jobs.figures import FigureError, figure_date, figure_value, shown
from jobs.soundcharts import AudienceItem, Plot
from jobs.sources import Wanted
from webapp.dates import latest_date
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.queries import statement

T = TypeVar("T")

COLUMNS = ("track", "platform", "date", "value")
SOURCE = "import-series"
MOST_ERRORS_KEPT = 100


class FileError(ValueError):
    """The file as a whole cannot be read; the message is one sentence."""


class Figure(NamedTuple):
    """A value and the line it stands on."""

    line: int
    value: int


class SeriesFile:
    """The rows of a file, checked against the tracks and platforms that there are. Needs an app context.

    `errors` holds the first MOST_ERRORS_KEPT sentences about bad rows, `bad` counts them all. Of two values
    for one date neither is kept. Raises FileError where the four columns are not there, or it is not UTF-8.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.errors: list[str] = []
        self.bad = 0
        self._series: dict[tuple[UUID, str], dict[date, Figure]] = {}
        self._contradicted: set[tuple[UUID, str, date]] = set()
        self._tracks: dict[UUID, Track] = {}
        self._platforms: dict[str, Platform] = {}
        self._latest = latest_date()
        self._track = cache(_find_track)
        self._platform = cache(_find_platform)
        try:
            self._read(csv.reader(lines, strict=True))
        except UnicodeDecodeError as error:
            raise FileError("The file is not UTF-8: save it as CSV UTF-8.") from error

    @property
    def pairs(self) -> list[tuple[Track, Platform]]:
        """The series of the file, in the order of their keys, which is that of every writer."""
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

    def _read(self, rows: Iterator[list[str]]) -> None:
        columns: list[str] | None = None
        for line, row in self._rows(rows):
            if columns is None:
                columns = _columns(row)
            elif len(row) != len(columns):
                self._refuse(line, f"there must be {len(columns)} fields, not {len(row)}")
            else:
                try:
                    self._take(line, dict(zip(columns, row, strict=True)))
                except FigureError as error:
                    self._refuse(line, str(error))
        if columns is None:
            raise FileError(f"The file is empty: its first line must be {','.join(COLUMNS)}.")

    def _rows(self, rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, with the line they end on."""
        while True:
            try:
                row = [field.strip() for field in next(rows)]
            except StopIteration:
                return
            except csv.Error as error:
                self._refuse(_line(rows), f"this is not CSV: {error}")
                continue
            if any(row):
                yield _line(rows), row

    def _take(self, line: int, row: dict[str, str]) -> None:
        track, platform = _known(self._track(row["track"])), _known(self._platform(row["platform"]))
        day, value = figure_date(row["date"], self._latest), figure_value(row["value"])
        key = (track.uuid, platform.slug, day)
        if key in self._contradicted:
            raise FigureError("this track, platform and date has two values on lines above")
        self._tracks[track.uuid] = track
        self._platforms[platform.slug] = platform
        days = self._series.setdefault(key[:2], {})
        former = days.setdefault(day, Figure(line, value))
        if former.value != value:
            del days[day]
            self._contradicted.add(key)
            raise FigureError(
                f"value is {value}, but {former.value} on line {former.line} for the same series and date"
            )

    def _refuse(self, line: int, what: str) -> None:
        self.bad += 1
        if len(self.errors) < MOST_ERRORS_KEPT:
            self.errors.append(f"line {line}: {what}")


def _line(rows: Iterator[list[str]]) -> int:
    number: int = rows.line_num  # type: ignore[attr-defined]  # a csv.reader, whose class has no public name
    return number


def _columns(head: list[str]) -> list[str]:
    """The four columns in the file's own order."""
    names = [name.lower() for name in head]
    told = []
    if missing := [name for name in COLUMNS if name not in names]:
        told.append(f"{', '.join(missing)} missing")
    if unknown := [shown(name) for name in dict.fromkeys(names) if name not in COLUMNS]:
        told.append(f"{', '.join(unknown)} unknown")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        told.append(f"{', '.join(twice)} twice")
    if told:
        raise FileError(f"The first line must name the columns {','.join(COLUMNS)}: {'; '.join(told)}.")
    return names


def _known(found: T | str) -> T:
    """What was found; a string says why nothing was."""
    if isinstance(found, str):
        raise FigureError(found)
    return found


def _find_track(text: str) -> Track | str:
    isrc = text.replace("-", "").upper()
    if re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", isrc):
        uuids = list(db.session.scalars(statement("tracks_by_isrc"), {"isrc": isrc}))
        if len(uuids) > 1:
            return f"{shown(text)} is the ISRC of {len(uuids)} tracks: name one by its uuid"
    else:
        try:
            uuids = [UUID(text)]
        except ValueError:
            return f"track must be a uuid or an ISRC, not {shown(text)}"
    track = Track.find(uuids[0]) if uuids else None
    return track or f"there is no track {shown(text)}"


def _find_platform(spelling: str) -> Platform | str:
    return Platform.find(spelling) or f"there is no platform {shown(spelling)}"


def _item(day: date, value: int) -> AudienceItem:
    plots = [{"identifier": SOURCE, "value": value}]
    raw = {"source": SOURCE, "date": day.isoformat(), "plots": plots}
    return AudienceItem(date=day, plots=(Plot(SOURCE, value),), raw=raw)
