"""Commands that fetch: `flask fetch-audience-data`, `flask tracks ...`, `flask demo ...`."""

import os
import sys
from collections.abc import Iterable
from uuid import UUID

import click
import requests
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from jobs.audience import AudienceDataProcessor, AudienceResult
from jobs.runs import carry_out, take
from jobs.schedule import METADATA_BATCH
from launcher.cli import served
from webapp.extensions import db
from webapp.models import ROLES, JobRun, Track, User, hash_password
from webapp.queries import statement
from webapp.queueing import fetch_audience, fetch_metadata, metadata_wish

SEED_TRACK = "7d534228-5165-11e9-9375-549f35161576"
"""The song of the vendor's own examples, known to its public sandbox too; the demo's first."""

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
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    results = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("Fetching audience", total=len(pairs))
        for pair in pairs:
            results.append(processor.process_and_store_audience_data(*pair, force))
            progress.advance(bar)
    return results


def _queue(pairs: Iterable[Pair], *, force: bool) -> None:
    processor = AudienceDataProcessor()
    failed = 0
    for pair in pairs:
        try:
            track, platform = processor.find(*pair)
        except LookupError as error:
            click.echo(str(error), err=True)
            failed += 1
            continue
        wish = fetch_audience(track, platform, forced=force, queue="default")
        word = "Queued" if wish.created else f"Already {wish.state}"
        click.echo(f"{word}: {pair[0]} {platform.slug}, run {wish.uuid}")
    if failed:
        sys.exit(1)


def _print_summary(results: list[AudienceResult]) -> None:
    table = Table("track", "platform", title="Audience", caption=f"{len(results)} series")
    for column in ("new", "changed", "unchanged"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for result in results:
        table.add_row(
            result["track_uuid"],
            result["platform_slug"],
            str(result["records_created"]),
            str(result["records_updated"]),
            str(result["records_unchanged"]),
            result.get("error") or result.get("message", ""),
        )
    Console().print(table)


@click.group("tracks")
def tracks() -> None:
    """Tracks and their metadata."""


@tracks.command("fetch-metadata")
@click.option(
    "--track-uuid", "track_uuids", multiple=True, required=True, help="A song's uuid; may be repeated."
)
@served
@with_appcontext
def tracks_fetch_metadata(track_uuids: tuple[str, ...]) -> None:
    """Fetch metadata and identifiers of songs; tracks that are new are made."""
    failed = False
    for place in range(0, len(track_uuids), METADATA_BATCH):
        batch = [_uuid(text) for text in track_uuids[place : place + METADATA_BATCH]]
        wish = metadata_wish(batch)
        run = take(wish.uuid)
        db.session.commit()
        if run is not None:
            carry_out(run)
        done = db.session.get_one(JobRun, wish.uuid)
        click.echo(done.message or done.error or f"Run {wish.uuid} is {done.state}.")
        failed = failed or done.state != "succeeded"
    if failed:
        sys.exit(1)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise click.UsageError(f"{text!r} is not a uuid.") from error


@click.group("demo")
def demo() -> None:
    """The demo: three users, and the sandbox's songs through the real jobs."""


@demo.command("users")
@served
@with_appcontext
def demo_users() -> None:
    """Make admin@, operator@ and viewer@example.com with the password in DEMO_PASSWORD."""
    password = os.environ.get("DEMO_PASSWORD")
    if not password:
        raise click.UsageError("DEMO_PASSWORD is not set.")
    for role in ROLES:
        email = f"{role}@example.com"
        user = User.find(email)
        if user is None:
            user = User(email=email, password_hash="", role=role)
            db.session.add(user)
        if not user.password_hash or not user.check_password(password):
            user.password_hash = hash_password(password)
    db.session.commit()
    click.echo("Users: " + ", ".join(f"{role}@example.com" for role in ROLES))


@demo.command("load")
@click.option(
    "--songs", type=click.IntRange(1), default=300, show_default=True, help="At most so many songs."
)
@served
@with_appcontext
def demo_load(songs: int) -> None:
    """Queue the demo's songs: the seed's song first, with its audience, then the sandbox's others."""
    if db.session.scalar(select(func.count()).select_from(Track)):
        click.echo("The database has tracks already; nothing to queue.")
        return
    fetch_metadata([SEED_TRACK], queue="interactive")
    others = [uuid for uuid in _sandbox_songs()[:songs] if uuid != SEED_TRACK]
    for place in range(0, len(others), METADATA_BATCH):
        fetch_metadata(others[place : place + METADATA_BATCH])
    click.echo(f"Queued {1 + len(others)} songs.")


def _sandbox_songs() -> list[str]:
    """The uuids of our sandbox's catalogue; none where another API is used."""
    base = current_app.config["SETTINGS"].soundcharts_base_url
    if not base.startswith("http://127.0.0.1:"):
        return []
    answer = requests.get(f"{base}/_sandbox/songs", timeout=10)
    answer.raise_for_status()
    return [song["uuid"] for song in answer.json()]
