"""The end of the commands that merge two rows."""

from collections.abc import Iterable

import click

from webapp.catalogue.merging import Part, touched
from webapp.extensions import db


def end_merge(parts: Iterable[Part], old: str, new: str, *, moved: str, dry_run: bool) -> None:
    """Prints the moved rows of `moved`, then commits, or rolls back in a dry run."""
    for part in touched(parts):
        click.echo(f"{part.words} of {moved}: {part.moved:,} moved, {part.met:,} of them already present.")
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(f"{old} {'would be' if dry_run else 'is now'} {new}.")
