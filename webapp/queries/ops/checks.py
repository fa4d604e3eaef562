"""Figures counted again from the stored rows, by SQL that shares nothing with what the site reads."""

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
    """What a series' values give, and what is kept of it for lists and cards."""

    track_id: int
    platform_id: int
    first_date: date
    last_date: date
    total: int
    fell_on: date | None
    kept_first_date: date | None
    kept_last_date: date | None
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
    """A chart with its health as the site says."""

    chart_id: int
    name: str
    health: str


class Gain(NamedTuple):
    """A track's gain; None: unknown."""

    track_id: int
    gain: int | None


class Movement(NamedTuple):
    """How an entry moved: 'up from 7', 'new'."""

    movement: str


class Health(NamedTuple):
    """A chart's health."""

    health: str


def draw_series(seed: str, size: int) -> list[DrawnSeries]:
    """So many series, the same for the same seed."""
    return rows(DrawnSeries, "check_draw_series", seed=seed, size=size)


def draw_kept(seed: str, size: int) -> list[Kept]:
    """Up to `size` series of up to `size` random tracks; a seed draws the same ones each time."""
    return rows(Kept, "check_draw_kept", seed=seed, size=size)


def draw_artists(seed: str, size: int) -> list[DrawnArtist]:
    """So many artists, the same for the same seed."""
    return rows(DrawnArtist, "check_draw_artists", seed=seed, size=size)


def draw_entries(seed: str, size: int) -> list[DrawnEntry]:
    """One entry of each of so many rankings, the same for the same seed."""
    return rows(DrawnEntry, "check_draw_entries", seed=seed, size=size)


def draw_charts(seed: str, size: int) -> list[DrawnChart]:
    """So many charts, the same for the same seed."""
    return rows(DrawnChart, "check_draw_charts", seed=seed, size=size)


def counted_gains(
    platform_id: int, first: date, last: date, track_ids: Sequence[int] | None = None
) -> dict[int, int | None]:
    """By track with a value in the period: its gain, or None where that is unknown."""
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
    """How an entry moved: 'up from 7', 'new'."""
    found = one(Movement, "check_movement", **entry._asdict())
    return found and found.movement


def counted_health(chart_id: int) -> str | None:
    """How a chart is."""
    found = one(Health, "check_health", chart_id=chart_id)
    return found and found.health
