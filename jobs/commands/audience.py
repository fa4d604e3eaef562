"""The commands `flask fetch-audience-data` and `flask tracks ...`."""

import sys
from collections.abc import Iterable
from uuid import UUID

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from jobs.audience import AudienceDataProcessor, AudienceResult
from jobs.commands.merging import end_merge
from jobs.contract import RunError
from jobs.runs import run_here
from jobs.schedule import METADATA_BATCH
from jobs.tasks.audience import find_series
from launcher.cli import served
from webapp.catalogue.track_merge import TrackMergeError, merge_tracks
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Track
from webapp.queries import statement
from webapp.work.queue import record, submit
from webapp.work.requests import audience_request, metadata_request

Pair = tuple[str, str]


@click.command("fetch-audience-data")
@click.option("--track-uuid", help="One track; needs --platform.")
@click.option("--platform", help="The platform, in any spelling.")
@click.option("--all-tracks", is_flag=True, help="Every track on --platform.")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="At most this many series; alone: those that are due, oldest first.",
)
@click.option("--force", is_flag=True, help="Fetch the last 90 days again, even if they are fresh.")
@click.option("--queue", is_flag=True, help="Queue the runs for the workers.")
@served
@with_appcontext
def fetch_audience_data(
    track_uuid: str | None,
    platform: str | None,
    limit: int | None,
    *,
    all_tracks: bool,
    force: bool,
    queue: bool,
) -> None:
    """Fetch the audience of one track, of all tracks on a platform, or of series that are due."""
    pairs = _pairs(track_uuid, platform, limit, all_tracks=all_tracks)
    if queue:
        _queue(pairs, force=force)
        return
    results = _fetch(pairs, force=force)
    _print_summary(results)
    if not all(result["success"] for result in results):
        sys.exit(1)


def _pairs(
    track_uuid: str | None, platform: str | None, limit: int | None, *, all_tracks: bool
) -> list[Pair]:
    """Returns the (track uuid, platform) pairs of the options. Raises UsageError for wrong combinations."""
    if track_uuid and all_tracks:
        raise click.UsageError("Use either --track-uuid or --all-tracks.")
    if (track_uuid or all_tracks) and not platform:
        raise click.UsageError("--platform is missing.")
    if track_uuid and platform:
        return [(track_uuid, platform)]
    if all_tracks and platform:
        query = select(Track.uuid).order_by(Track.id).limit(limit)
        return [(str(uuid), platform) for uuid in db.session.scalars(query)]
    if platform or limit is None:
        raise click.UsageError("Use --track-uuid and --platform, --all-tracks and --platform, or --limit.")
    due = db.session.execute(statement("audience_due_pairs"), {"most": limit})
    return [(row.uuid, row.slug) for row in due]


def _fetch(pairs: list[Pair], *, force: bool) -> list[AudienceResult]:
    processor = AudienceDataProcessor()
    results = []
    with _progress() as progress:
        bar = progress.add_task("Fetching audience", total=len(pairs))
        for pair in pairs:
            results.append(processor.process_and_store_audience_data(*pair, force))
            progress.advance(bar)
    return results


def _queue(pairs: Iterable[Pair], *, force: bool) -> None:
    failed = 0
    for pair in pairs:
        try:
            track, platform = find_series(*pair)
        except RunError as error:
            click.echo(str(error), err=True)
            failed += 1
            continue
        run = submit(audience_request(track, platform, forced=force, queue="default"))
        word = "Queued" if run.created else f"Already {run.state}"
        click.echo(f"{word}: {pair[0]} {platform.slug}, run {run.uuid}")
    if failed:
        sys.exit(1)


def _print_summary(results: list[AudienceResult]) -> None:
    """Prints a table of the series, then each message in full, since a narrow terminal would break it."""
    table = Table("track", "platform", title="Audience", caption=f"{len(results)} series")
    for column in ("new", "changed", "unchanged"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for result in results:
        counts = (result["records_created"], result["records_updated"], result["records_unchanged"])
        word = "ok" if result["success"] else "failed"
        table.add_row(result["track_uuid"], result["platform_slug"], *map(str, counts), word)
    Console().print(table)
    for result in results:
        message = result.get("error") or result.get("message", "")
        click.echo(f"{result['track_uuid']} {result['platform_slug']}: {message}", err=not result["success"])


@click.group("tracks")
def tracks() -> None:
    """Tracks and their metadata."""


@tracks.command("fetch-metadata")
@click.option("--track-uuid", "track_uuids", multiple=True, help="A song's uuid; may be repeated.")
@click.option("--stale", is_flag=True, help="Tracks whose metadata are due, oldest first.")
@click.option("--limit", type=click.IntRange(1), help="At most this many tracks.")
@served
@with_appcontext
def tracks_fetch_metadata(track_uuids: tuple[str, ...], limit: int | None, *, stale: bool) -> None:
    """Fetch metadata and identifiers of songs, and create new tracks."""
    uuids = _uuids(track_uuids, stale=stale)[:limit]
    batches = [uuids[place : place + METADATA_BATCH] for place in range(0, len(uuids), METADATA_BATCH)]
    with _progress() as progress:
        bar = progress.track(batches, description="Fetching metadata")
        runs = [
            run_here(run.uuid)
            for batch in bar
            for run in record([metadata_request(batch, with_audience=not stale, queue="default")])
        ]
    for run in runs:
        click.echo(run.message or run.error or f"Run {run.uuid} is {run.state}.")
    click.echo(f"{counted(len(uuids), 'track')} requested.")
    if not all(run.state == "succeeded" for run in runs):
        sys.exit(1)


@tracks.command("merge")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Report the changes without making them.")
@served
@with_appcontext
def tracks_merge(old: str, new: str, *, dry_run: bool) -> None:
    """Merge OLD and NEW, two uuids of one song, into one track, in one transaction.

    The track gets the uuid NEW, and OLD becomes an alias of it.
    """
    uuids = [UUID(_uuid(text)) for text in (old, new)]
    found = [Track.find(uuid) for uuid in uuids]
    missing = next((uuid for uuid, track in zip(uuids, found, strict=True) if track is None), None)
    lost, kept = found
    if lost is None or kept is None:
        raise click.ClickException(f"There is no track {missing}.")
    own = kept.uuid
    try:
        parts = merge_tracks(kept.id, lost.id)
    except TrackMergeError as error:
        raise click.ClickException(str(error)) from error
    end_merge(parts, old, str(own), moved=old, dry_run=dry_run)


def _uuids(given: Iterable[str], *, stale: bool) -> list[str]:
    """Returns the uuids of the options. Raises UsageError for wrong combinations."""
    uuids = [_uuid(text) for text in given]
    if bool(uuids) == stale:
        raise click.UsageError("Use either --track-uuid or --stale.")
    if uuids:
        return uuids
    query = select(Track.uuid).where(Track.with_metadata, Track.metadata_due_at <= func.now())
    return [str(uuid) for uuid in db.session.scalars(query.order_by(Track.metadata_due_at, Track.id))]


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not a uuid.") from error
