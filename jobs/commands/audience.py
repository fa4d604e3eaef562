"""Commands that fetch: `flask fetch-audience-data` and `flask tracks ...`."""

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
    "--limit", type=click.IntRange(1), help="At most so many; alone: series that are due, oldest first."
)
@click.option("--force", is_flag=True, help="Read the last 90 days again, however fresh they are.")
@click.option("--queue", is_flag=True, help="Leave the work to the workers instead of doing it here.")
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
    """Fetch audience of one track, of all tracks on a platform, or of what is due."""
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
    """The (track uuid, platform) that the options mean; refuses what means nothing."""
    if track_uuid and all_tracks:
        raise click.UsageError("--track-uuid and --all-tracks exclude each other.")
    if (track_uuid or all_tracks) and not platform:
        raise click.UsageError("--platform is missing.")
    if track_uuid and platform:
        return [(track_uuid, platform)]
    if all_tracks and platform:
        query = select(Track.uuid).order_by(Track.id).limit(limit)
        return [(str(uuid), platform) for uuid in db.session.scalars(query)]
    if platform or limit is None:
        raise click.UsageError("Give --track-uuid and --platform, --all-tracks and --platform, or --limit.")
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
    """A row a series, and below it each failure in full, since a narrow terminal would break it up."""
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
        told = result.get("error") or result.get("message", "")
        click.echo(f"{result['track_uuid']} {result['platform_slug']}: {told}", err=not result["success"])


@click.group("tracks")
def tracks() -> None:
    """Tracks and their metadata."""


@tracks.command("fetch-metadata")
@click.option("--track-uuid", "track_uuids", multiple=True, help="A song's uuid; may be repeated.")
@click.option("--stale", is_flag=True, help="Tracks whose metadata are due, oldest first.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@served
@with_appcontext
def tracks_fetch_metadata(track_uuids: tuple[str, ...], limit: int | None, *, stale: bool) -> None:
    """Fetch metadata and identifiers of songs; tracks that are new are made."""
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
    click.echo(f"{counted(len(uuids), 'track')} asked for.")
    if not all(run.state == "succeeded" for run in runs):
        sys.exit(1)


@tracks.command("merge")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@served
@with_appcontext
def tracks_merge(old: str, new: str, *, dry_run: bool) -> None:
    """Make one track of OLD and NEW, which are uuids of one song: all of it in one transaction, or none.

    The track has the uuid NEW from then on, and OLD leads to it.
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
    """The tracks that the options mean; refuses what means nothing."""
    uuids = [_uuid(text) for text in given]
    if bool(uuids) == stale:
        raise click.UsageError("Give either --track-uuid or --stale.")
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
