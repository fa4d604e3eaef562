"""Recounts figures from the stored rows, by SQL that shares nothing with the site's queries."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from webapp.queries import one, rows


class DrawnSeries(NamedTuple):
    """A series with values, drawn at random."""

    track_id: int
    platform_id: int
    first_date: date
    last_date: date


class Kept(NamedTuple):
    """The figures of a series from its values, and those stored for lists and cards."""

    track_id: int
    platform_id: int
    first_date: date
    last_date: date
    last_whole_date: date | None
    total: int
    fell_on: date | None
    kept_first_date: date | None
    kept_last_date: date | None
    kept_last_whole_date: date | None
    kept_total: int | None
    kept_fell_on: date | None
    kept_gain: int | None
    words: str
    kept_words: str | None


class DrawnArtist(NamedTuple):
    """An artist whose tracks have values, the newest on `last_date`."""

    artist_id: int
    last_date: date


class DrawnEntry(NamedTuple):
    """An entry of a ranking."""

    chart_id: int
    ranked_on: date
    position: int
    track_id: int


class DrawnChart(NamedTuple):
    """A chart with its health as the site shows it."""

    chart_id: int
    name: str
    health: str


class Gain(NamedTuple):
    """A track's gain; None if unknown."""

    track_id: int
    gain: int | None


class Movement(NamedTuple):
    """The movement of an entry: 'up from 7', 'new'."""

    movement: str


class StoredEntry(NamedTuple):
    """What is stored of an entry and of its track on the chart, and the track counted from all entries.

    `kept_movement` is that of a song's first entry if it is new or a re-entry.
    """

    kept_movement: str | None
    kept_track: str
    counted_track: str


class Health(NamedTuple):
    """A chart's health."""

    health: str


def draw_series(seed: str, size: int) -> list[DrawnSeries]:
    """Returns `size` series, the same for the same seed."""
    return rows(DrawnSeries, "check_draw_series", seed=seed, size=size)


def draw_kept(seed: str, size: int) -> list[Kept]:
    """Returns up to `size` series of up to `size` random tracks, the same for the same seed."""
    return rows(Kept, "check_draw_kept", seed=seed, size=size)


def draw_artists(seed: str, size: int) -> list[DrawnArtist]:
    """Returns `size` artists, the same for the same seed."""
    return rows(DrawnArtist, "check_draw_artists", seed=seed, size=size)


def draw_entries(seed: str, size: int) -> list[DrawnEntry]:
    """Returns one entry of each of `size` rankings, the same for the same seed."""
    return rows(DrawnEntry, "check_draw_entries", seed=seed, size=size)


def draw_charts(seed: str, size: int) -> list[DrawnChart]:
    """Returns `size` charts, the same for the same seed."""
    return rows(DrawnChart, "check_draw_charts", seed=seed, size=size)


def counted_gains(
    platform_id: int, first: date, last: date, *, track_ids: Sequence[int] | None = None
) -> dict[int, int | None]:
    """Returns the gain of each track with a value in the period; None if unknown."""
    found = rows(
        Gain,
        "check_gains",
        platform_id=platform_id,
        first_day=first,
        last_day=last,
        track_ids=None if track_ids is None else list(track_ids),
    )
    return {each.track_id: each.gain for each in found}


def counted_movement(entry: DrawnEntry) -> str | None:
    """Returns the movement of an entry: 'up from 7', 'new'."""
    found = one(Movement, "check_movement", **entry._asdict())
    return found and found.movement


def stored_entry(entry: DrawnEntry) -> StoredEntry:
    """Returns what is stored of an entry."""
    (found,) = rows(StoredEntry, "check_stored", **entry._asdict())
    return found


def counted_health(chart_id: int) -> str | None:
    """Returns the health of a chart."""
    found = one(Health, "check_health", chart_id=chart_id)
    return found and found.health
