"""Real figures from CSV files (`--data DIR`): Spotify's streams, Billboard's and YouTube's weekly charts.

Figures are returned as in the files, including missing days. Billboard's and YouTube's songs are the same if
title and first artist are equal. Spotify's file has no artists, and several of its tracks may have the same
title, so each track is a separate song.
"""

import csv
import gzip
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_URL, uuid5

from sandbox.answers import midnight
from sandbox.catalogue import Catalogue
from sandbox.charts import Chart, History, Row
from sandbox.model import Artist, Identifier, Song
from sandbox.platforms import BILLBOARD, PLATFORMS

HOT_100 = Chart("billboard-hot-100", "Hot 100", "billboard", country="US", size=100, step=7)
YOUTUBE_SONGS = Chart("youtube-top-songs", "Top Songs", "youtube", size=100, step=7)

SPOTIFY_FILE = "spotify_streams_daily*.csv.gz", ("date", "track_id", "track_name", "total_stream")
BILLBOARD_FILE = (
    "billboard_hot100_weekly*.csv.gz",
    ("chart_week", "rank", "title", "performer", "last_week", "wks_on_chart"),
)
YOUTUBE_FILE = (
    "youtube_top100_weekly*.csv.gz",
    ("downloaded_at", "rank", "previous_rank", "track_name", "artist_names", "periods_on_chart", "views",
     "youtube_url"),
)  # fmt: skip

# Separators between the first artist of a credit and the others.
AFTER_THE_FIRST = re.compile(r"[,:&]|\b(?:featuring|feat|with|and|x)\b", re.IGNORECASE)


class DataError(Exception):
    """The files cannot be used; the message is one sentence that names the file."""


@dataclass(frozen=True)
class Ranked:
    """A row of a chart's file; `old` 0 is none, `identifier` "" unknown."""

    day: date
    position: int
    old: int
    times: int
    title: str
    credit: str
    metric: int | None = None
    identifier: str = ""


@dataclass
class FileHistory:
    """A chart from its file, by date."""

    rankings: dict[date, list[Row]] = field(default_factory=dict)

    @property
    def dates(self) -> Sequence[date]:
        return list(self.rankings)

    def rows(self, place: int) -> list[Row]:
        return self.rankings[self.dates[place]]


class Files:
    """The figures of the three files of a folder. Raises DataError."""

    platforms = (*PLATFORMS, BILLBOARD)
    charts = (HOT_100, YOUTUBE_SONGS)

    def __init__(self, folder: Path) -> None:
        self._totals: dict[str, dict[date, int]] = {}
        tracks = list(self._tracks(folder))
        billboard, youtube = list(_billboard(folder)), list(_youtube(folder))
        charted = _charted_songs(billboard, youtube)
        self._histories = {HOT_100: _history(billboard, charted), YOUTUBE_SONGS: _history(youtube, charted)}
        ranked = sorted((*tracks, *charted.values()), key=lambda song: -song.reach)
        self._catalogue = Catalogue(tuple(ranked))

    def catalogue(self, _today: date) -> Catalogue:
        return self._catalogue

    def history(self, chart: Chart, _today: date) -> History:
        return self._histories[chart]

    def days(self, song: Song, platform: str, *, start: date, end: date, today: date) -> list[date]:
        found = {day for one in song.on(platform) for day in self._totals.get(one.value, {})}
        return sorted((day for day in found if start <= day <= min(end, today)), reverse=True)

    def plots(self, song: Song, platform: str, day: date, **_: object) -> list[tuple[Identifier, int | None]]:
        totals = ((one, self._totals.get(one.value, {})) for one in song.on(platform))
        return [(one, found[day]) for one, found in totals if day in found]

    def stamp(self, _song: Song, _platform: str, day: date) -> str:
        return midnight(day)

    def _tracks(self, folder: Path) -> Iterator[Song]:
        names: dict[str, str] = {}
        for line, row in _lines(folder, *SPOTIFY_FILE):
            track = row["track_id"]
            names[track] = row["track_name"]
            self._totals.setdefault(track, {})[_day(line, row["date"])] = _whole(line, row["total_stream"])
        for track, name in names.items():
            totals = self._totals[track]
            known = _identifier("spotify", track, since=min(totals))
            # Songs with an audience are listed before those that have charts only.
            reach = 1e12 + max(totals.values())
            yield Song(_uuid("spotify", track), name, (), reach=reach, identifiers=(known,))


def _billboard(folder: Path) -> Iterator[Ranked]:
    for line, row in _lines(folder, *BILLBOARD_FILE):
        old = row["last_week"]
        yield Ranked(
            day=_day(line, row["chart_week"]),
            position=_whole(line, row["rank"]),
            old=0 if old in ("-", "") else _whole(line, old),
            times=_whole(line, row["wks_on_chart"]),
            title=row["title"],
            credit=row["performer"],
        )


def _youtube(folder: Path) -> Iterator[Ranked]:
    for line, row in _lines(folder, *YOUTUBE_FILE):
        old = row["previous_rank"]
        yield Ranked(
            day=_day(line, row["downloaded_at"][:10]),
            position=_whole(line, row["rank"]),
            old=_whole(line, old) if old else 0,
            times=_whole(line, row["periods_on_chart"]),
            title=row["track_name"],
            credit=row["artist_names"],
            metric=_whole(line, row["views"]),
            identifier=next(iter(parse_qs(urlsplit(row["youtube_url"]).query).get("v", [])), ""),
        )


def _charted_songs(billboard: list[Ranked], youtube: list[Ranked]) -> dict[tuple[str, str], Song]:
    """The songs of both charts by title and first artist; the better it ranked, the further its reach."""
    songs: dict[tuple[str, str], Song] = {}
    for row in billboard:
        _join(songs, row, artists=(_artist(row.credit),), videos=())
    for row in youtube:
        # The file joins its artists with " & ", so their names are known one by one.
        artists = tuple(_artist(name) for name in dict.fromkeys(row.credit.split(" & ")))
        videos = (_identifier("youtube", row.identifier, since=row.day),) if row.identifier else ()
        _join(songs, row, artists=artists, videos=videos)
    return songs


def _join(
    songs: dict[tuple[str, str], Song],
    row: Ranked,
    *,
    artists: tuple[Artist, ...],
    videos: tuple[Identifier, ...],
) -> None:
    key = _key(row)
    song = songs.get(key) or Song(
        _uuid("song", *key), row.title, artists, reach=0, identifiers=(), credit=row.credit
    )
    known = {one.value for one in song.identifiers}
    videos = tuple(replace(one, default=not known) for one in videos if one.value not in known)
    songs[key] = replace(
        song,
        artists=artists if len(artists) > len(song.artists) else song.artists,
        reach=song.reach + 101 - row.position,
        identifiers=(*song.identifiers, *videos),
    )


def _history(ranked: list[Ranked], songs: dict[tuple[str, str], Song]) -> FileHistory:
    rankings: dict[date, list[Row]] = {}
    entries: dict[tuple[str, str], date | None] = {}
    for row in sorted(ranked, key=lambda row: (row.day, row.position)):
        key = _key(row)
        # If a song was on the chart before the file begins, its first appearance is unknown.
        entries.setdefault(key, row.day if row.times == 1 else None)
        rankings.setdefault(row.day, []).append(
            Row(
                song=songs[key],
                position=row.position,
                old=row.old,
                entry=entries[key],
                times=row.times,
                metric=row.metric,
            )
        )
    return FileHistory(rankings)


def _key(row: Ranked) -> tuple[str, str]:
    first = AFTER_THE_FIRST.split(row.credit)[0]
    return _folded(row.title), _folded(first) or _folded(row.credit)


def _folded(text: str) -> str:
    """Returns letters and digits without accents and case; a text without any is unchanged."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum()) or text


def _uuid(*key: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join(("sandbox/data", *key))))


def _artist(name: str) -> Artist:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return Artist(_uuid("artist", _folded(name)), slug, name, country="")


def _identifier(platform: str, value: str, since: date) -> Identifier:
    return Identifier(platform, value, default=True, since=since, until=None, size=0, curve="")


def _lines(folder: Path, pattern: str, columns: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields the rows of the one file in `folder` that fits, each with its name and line for errors."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DataError(f"{folder} must hold one file {pattern}, not {len(found)}.")
    path = found[0]
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in columns if name not in (reader.fieldnames or ())]:
                raise DataError(f"{path} has no column {missing[0]}.")
            for row in reader:
                if None in row or None in row.values():
                    raise DataError(f"{path}, line {reader.line_num}: not as many fields as columns.")
                yield f"{path}, line {reader.line_num}", row
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"{path} cannot be read: {problem}.") from problem


def _day(line: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DataError(f"{line}: {text!r} is no date.") from None


def _whole(line: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise DataError(f"{line}: {text!r} is no whole number.")
    return int(text)
