"""The command `flask figures check`: recounts figures of the site from the stored rows, by other SQL."""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from launcher.cli import served
from webapp.extensions import db
from webapp.lib.series import Interval
from webapp.models import Chart, Platform, Track
from webapp.queries.artists.pages import artist_gains
from webapp.queries.audience import ChartQuery, range_gain, series
from webapp.queries.charts.rankings import ranking_rows
from webapp.queries.dashboard.cards import ROWS_SHOWN, Narrow, Window
from webapp.queries.dashboard.leaders import audience_leaders, audience_platforms
from webapp.queries.ops.checks import (
    counted_gains,
    counted_health,
    counted_movement,
    draw_artists,
    draw_charts,
    draw_entries,
    draw_kept,
    draw_series,
    stored_entry,
)

LENGTHS = (1, 7, 14, 30, 90, 365)
"""Days of the periods that gains are counted over."""
INTERVALS: tuple[Interval, ...] = ("day", "week", "month")


class Figure(NamedTuple):
    """A figure as the site shows it and as recounted from the stored rows."""

    kind: str
    what: str
    shown: object
    counted: object


@click.group("figures")
def figures() -> None:
    """Check the figures that the site shows."""


@figures.command("check")
@click.option(
    "--count", type=click.IntRange(10), default=1000, show_default=True, help="Check about this many figures."
)
@click.option("--seed", default="", help="Repeat a draw of figures; by default today's date.")
@served
@with_appcontext
def check(count: int, seed: str) -> None:
    """Recount random figures from the stored rows by other SQL; exit with 1 if any differs."""
    seed = seed or date.today().isoformat()  # noqa: DTZ011 (a seed, not a date)
    found = list(drawn_figures(count, seed))
    wrong = [figure for figure in found if figure.shown != figure.counted]
    kinds = dict.fromkeys(figure.kind for figure in found)
    counts = ", ".join(f"{sum(each.kind == kind for each in found):,} {kind}" for kind in kinds)
    click.echo(f"{len(found):,} figures recounted ({counts or 'nothing is stored yet'}), seed {seed}.")
    if wrong:
        table = Table("figure", "of", "shown", "recounted")
        for figure in wrong:
            table.add_row(figure.kind, figure.what, str(figure.shown), str(figure.counted))
        Console().print(table)
    click.echo(f"{len(wrong):,} differ." if wrong else "No differences.")
    sys.exit(bool(wrong))


def drawn_figures(count: int, seed: str) -> Iterator[Figure]:
    """Yields figures of every kind, about `count` in all; a gain counts twice, by itself and as a sum."""
    random = Random(seed)  # noqa: S311 (a sample, no secret)
    yield from gains(seed, count * 2 // 10, random)
    yield from listed(seed, count // 10)
    yield from leaders(count // 10, random)
    yield from artist_sums(seed, count * 2 // 10, random)
    yield from movements(seed, count // 10)
    yield from healths(seed, count // 10)


def gains(seed: str, count: int, random: Random) -> Iterator[Figure]:
    """Yields gains of one track on one platform, each as a whole and as the sum of its intervals."""
    drawn = draw_series(seed, count)
    for number in range(count if drawn else 0):
        one = drawn[number % len(drawn)]
        first, last = period(random, one.first_date, one.last_date)
        interval = random.choice(INTERVALS)
        counted = counted_gains(one.platform_id, first, last, track_ids=[one.track_id]).get(one.track_id)
        days = series(one.track_id, [one.platform_id], ChartQuery(first, last))
        shown = range_gain(days) if days else None
        what = f"{named(one.track_id, one.platform_id)}, {first} to {last}"
        yield Figure("gains", what, shown=shown and shown.gain, counted=counted)
        if counted is not None:
            points = series(one.track_id, [one.platform_id], ChartQuery(first, last, interval=interval))
            yield Figure(
                "gains",
                f"{what}, by {interval}",
                shown=sum(point.gain or 0 for point in points),
                counted=counted,
            )


def listed(seed: str, count: int) -> Iterator[Figure]:
    """Yields the stored figures of a series that lists and cards show: dates, total, gain of 7 days."""
    for each in draw_kept(seed, count // 6):
        what = named(each.track_id, each.platform_id)
        pairs = {
            "first date": (each.kept_first_date, each.first_date),
            "newest date": (each.kept_last_date, each.last_date),
            "newest whole day": (each.kept_last_whole_date, each.last_whole_date),
            "total": (each.kept_total, each.total),
            "last fall": (each.kept_fell_on, each.fell_on),
            "words about the 7 days": (each.kept_words, each.words),
        }
        for name, (shown, again) in pairs.items():
            yield Figure("listed", f"{what}, {name}", shown=shown, counted=again)
        last = each.last_whole_date
        week = last and (last - timedelta(days=6), last)
        counted = counted_gains(each.platform_id, *week, track_ids=[each.track_id]) if week else {}
        yield Figure("listed", f"{what}, 7 days", shown=each.kept_gain, counted=counted.get(each.track_id))


def leaders(count: int, random: Random) -> Iterator[Figure]:
    """Yields the first tracks of a platform by gain, and the sum of all its tracks."""
    platforms = audience_platforms(None)
    for number in range(count // 10 if platforms else 0):
        platform = platforms[number % len(platforms)]
        first, last = period(random, platform.newest_date - timedelta(days=120), platform.newest_date)
        counted = counted_gains(platform.id, first, last)
        known = {track: gain for track, gain in counted.items() if gain is not None}
        shown = audience_leaders(platform, Window(first, last), Narrow(), released_since=None)
        what = f"{platform.name}, {first} to {last}"
        yield Figure(
            "leaders", f"{what}, all", shown=shown.sums.gain_of_all or 0, counted=sum(known.values())
        )
        yield Figure(
            "leaders", f"{what}, unknown", shown=shown.sums.unknown, counted=len(counted) - len(known)
        )
        best = sorted((gain for gain in known.values() if gain > 0), reverse=True)[:ROWS_SHOWN]
        for place, (leader, gain) in enumerate(zip(shown.by_gain, best, strict=False), start=1):
            yield Figure("leaders", f"{what}, place {place}", shown=leader.gain, counted=gain)
        yield Figure("leaders", f"{what}, how many", shown=len(shown.by_gain), counted=len(best))


def artist_sums(seed: str, count: int, random: Random) -> Iterator[Figure]:
    """Yields the gains of all tracks of an artist on a platform."""
    drawn = draw_artists(seed, count)
    for number in range(count if drawn else 0):
        artist = drawn[number % len(drawn)]
        first, last = period(random, artist.last_date - timedelta(days=120), artist.last_date)
        tracks = list(db.session.scalars(select(Track.id).where(Track.artists.any(id=artist.artist_id))))
        found = artist_gains(artist.artist_id, first, last)
        if found:
            shown = random.choice(found)
            platform_id = shown.tracks[0].platform_id
            counted = counted_gains(platform_id, first, last, track_ids=tracks)
            known = [gain for gain in counted.values() if gain is not None]
            what = f"artist {artist.artist_id} on {shown.name}, {first} to {last}"
            yield Figure("artist sums", what, shown=shown.gain, counted=sum(known) if known else None)


def movements(seed: str, count: int) -> Iterator[Figure]:
    """Yields the movements of entries, and what is stored of them for lists and cards."""
    for entry in draw_entries(seed, count):
        chart = db.session.get_one(Chart, entry.chart_id)
        shown = next(
            row
            for row in ranking_rows(chart, entry.ranked_on)
            if (row.position, row.track_id) == (entry.position, entry.track_id)
        )
        was = f" from {shown.previous_position}" if shown.previous_position else ""
        what = f"{chart.name}, {entry.ranked_on}, position {entry.position}"
        counted = counted_movement(entry)
        yield Figure("movements", what, shown=f"{shown.movement}{was}", counted=counted)
        kept = stored_entry(entry)
        if shown.occurrence == 1:
            entered = counted if counted in {"new", "re_entry"} else None
            yield Figure("stored movements", what, shown=kept.kept_movement, counted=entered)
        yield Figure("peaks", what, shown=kept.kept_track, counted=kept.counted_track)


def healths(seed: str, count: int) -> Iterator[Figure]:
    """Yields the health of charts."""
    for chart in draw_charts(seed, count):
        yield Figure("health", chart.name, shown=chart.health, counted=counted_health(chart.chart_id))


def period(random: Random, first: date, last: date) -> tuple[date, date]:
    """Returns a random period that ends between two dates, or a few days outside."""
    end = first + timedelta(days=random.randint(-3, max((last - first).days, 0) + 3))
    return end - timedelta(days=random.choice(LENGTHS) - 1), end


def named(track_id: int, platform_id: int) -> str:
    """Returns a series' name: 'bad guy on Spotify'."""
    track, platform = db.session.get_one(Track, track_id), db.session.get_one(Platform, platform_id)
    return f"{track.name or track.uuid} on {platform.name}"
