"""The command `flask import-django`: imports the data of the Django system and reports on every row."""

import sys
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jobs.takeover.database import OldDatabase, OldDatabaseError, old_database
from jobs.takeover.django import Takeover
from launcher.cli import served
from webapp import audit
from webapp.extensions import db


@click.command("import-django")
@click.option(
    "--dsn",
    required=True,
    envvar="IMPORT_DSN",
    help="The old database; use IMPORT_DSN to keep it out of the process list.",
)
@click.option("--dry-run", is_flag=True, help="Report the changes without making them.")
@served
@with_appcontext
def import_django(dsn: str, *, dry_run: bool) -> None:
    """Import platforms, artists, tracks, charts and audience from the Django system's database.

    Duplicates are joined and bad rows refused, each with its reason. Newer data here are kept. The command
    can be repeated: a second run changes nothing.
    """
    try:
        with old_database(dsn) as old:
            takeover = _carry_out(old, dry_run=dry_run)
    except OldDatabaseError as error:
        raise click.ClickException(str(error)) from error
    _report(takeover)
    changed = {
        name: tally.created + tally.changed
        for name, tally in takeover.tallies.items()
        if tally.created + tally.changed
    }
    if changed and not dry_run:
        audit.record("django.import", after=changed)
        db.session.commit()
    if dry_run:
        click.echo("Dry run: nothing was written.")
    if any(tally.refused for tally in takeover.tallies.values()):
        sys.exit(1)


def _carry_out(old: OldDatabase, *, dry_run: bool) -> Takeover:
    """Imports everything; a dry run does it in one transaction and rolls back."""
    takeover = Takeover(old, db.session.flush if dry_run else db.session.commit)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("Audience", total=sum(takeover.counts.values()))
        try:
            takeover.carry_out(lambda rows: progress.advance(bar, rows))
        finally:
            db.session.rollback()
    return takeover


def _report(takeover: Takeover) -> None:
    """Prints a table of counts, then each reason in full, since a narrow terminal would break it."""
    table = Table("table", title=f"Imported, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", title_justify="left")
    for column in ("read", "new", "changed", "unchanged", "joined", "refused"):
        table.add_column(column, justify="right")
    for name, tally in takeover.tallies.items():
        refused = sum(tally.refused.values())
        counts = (tally.read, tally.created, tally.changed, tally.unchanged, tally.joined, refused)
        table.add_row(name, *map(str, counts))
    Console().print(table)
    for sentence in takeover.joined_platforms:
        click.echo(sentence)
    for name, tally in takeover.tallies.items():
        for reason, count in tally.refused.items():
            examples = "; ".join(tally.examples[reason])
            more = "; ..." if count > len(tally.examples[reason]) else ""
            click.echo(f"{name}: {count} refused ({reason}): {examples}{more}", err=True)
