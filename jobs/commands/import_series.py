"""The command `flask import-series FILE`: stores figures from other sources like those of the API."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from jobs.figures import LARGEST
from jobs.sources import ALL_DATES, AudienceSource, Wanted
from jobs.takeover.series_file import FileError, SeriesFile
from jobs.tasks.audience import store_items
from jobs.upserts import Counts, note_imported
from launcher.cli import served
from webapp import audit
from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Platform, Track

MOST_BYTES = 32 * 2**20
"""About half a million rows, which stay in memory until all are checked."""
MOST_BASES = 20
FEWEST_FALLS, MOST_FALLING = 2, 0.05
"""From this number and share of falling values on, running totals are more likely daily figures."""


@click.command("import-series")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--skip-bad", is_flag=True, help="Store the good rows and skip bad ones.")
@click.option("--daily", is_flag=True, help="The values are of single days; add them up to running totals.")
@click.option(
    "--starting-total",
    type=click.IntRange(0, LARGEST),
    help="With --daily: the total before the first row, for series without an earlier stored total.",
)
@served
@with_appcontext
def import_series(file: Path, *, skip_bad: bool, daily: bool, starting_total: int | None) -> None:
    """Store the audience of a CSV file with the columns track,platform,date,value.

    Columns are separated by commas, semicolons or tabs; other columns are ignored. A track is a uuid, an
    ISRC, a link or the platform's id, a value is a running total. Nothing is stored if a row is bad. A value
    replaces a different stored one, which is kept as a revision. Daily figures are added to the last total
    stored before them; without one to --starting-total, or to 0 from the release of the song on. Every day
    is required, with 0 for days without counts; with --skip-bad a series ends at its first bad row.
    """
    if starting_total is not None and not daily:
        raise click.UsageError("--starting-total requires --daily.")
    with Progress(console=Console(stderr=True)) as progress:
        source = _read(file, progress, daily=daily, starting_total=starting_total)
        summary = _refused(source)
        if source.bad and not skip_bad:
            progress.stop()
            click.echo(f"{summary}; nothing was stored.", err=True)
            sys.exit(1)
        lift_decompression_limit()
        pairs = progress.track(source.pairs, description="Storing")
        counts = [store_series(source, track, platform) for track, platform in pairs]
        total = Counts(*map(sum, zip(*counts, strict=True)))
        if total.has_written:
            audit.record(
                "series.import", f"file {file.name}", after={"new": total.created, "changed": total.updated}
            )
        db.session.commit()
    _report(source, daily=daily)
    click.echo(
        f"{len(counts)} series: {total.created} new, {total.updated} changed, {total.unchanged} unchanged."
    )
    if source.bad:
        click.echo(f"{summary} and skipped.", err=True)
        sys.exit(1)


def store_series(source: AudienceSource, track: Track, platform: Platform) -> Counts:
    """Stores all values that `source` has of a series, in the current transaction, as an import."""
    items = source.series(
        Wanted(track.uuid, platform.slug, code=platform.platform_identifier, span=ALL_DATES)
    )
    counts = store_items(track, platform, items, fetched_at=datetime.now(UTC), span=ALL_DATES).counts
    if counts.has_written:
        note_imported([(track.id, platform.id)])
    return counts


def _read(file: Path, progress: Progress, *, daily: bool, starting_total: int | None) -> SeriesFile:
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException(f"{file.name} is larger than {MOST_BYTES // 2**20} MB; split it.")
    try:
        with progress.open(file, "rt", encoding="utf-8-sig", newline="", description="Reading") as lines:
            return SeriesFile(lines, daily=daily, starting_total=starting_total)
    except FileError as error:
        raise click.ClickException(str(error)) from error


def _report(source: SeriesFile, *, daily: bool) -> None:
    """Prints ignored columns, the totals before daily figures, and a warning if totals look daily."""
    if source.unread:
        click.echo(f"Ignored columns: {', '.join(source.unread)}.")
    for (track, platform), base in list(source.bases.items())[:MOST_BASES]:
        since = f"the total of {base.date}" if base.date else "no total is stored before them"
        click.echo(f"{track} on {platform}: daily figures added to {base.total:,} ({since}).")
    if len(source.bases) > MOST_BASES:
        click.echo(f"and {len(source.bases) - MOST_BASES} more series")
    falls, steps = source.falls
    if not daily and falls >= FEWEST_FALLS and falls > steps * MOST_FALLING:
        click.echo(
            f"Warning: {falls} of {steps} values are below the previous one. If they are of single days and"
            " not running totals, import them again with --daily.",
            err=True,
        )


def _refused(source: SeriesFile) -> str:
    """Prints the errors by row; returns the count for the closing line."""
    for sentence in source.errors:
        click.echo(sentence, err=True)
    if source.bad > len(source.errors):
        click.echo(f"and {source.bad - len(source.errors)} more", err=True)
    return f"{counted(source.bad, 'row is', 'rows are')} bad"
