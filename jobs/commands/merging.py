"""How a command that merges two rows ends."""

from collections.abc import Iterable

import click

from webapp.catalogue.merging import Part, touched
from webapp.extensions import db


def end_merge(parts: Iterable[Part], old: str, new: str, *, moved: str, dry_run: bool) -> None:
    """Prints what of `moved` moved, then commits, or takes all of it back where it was only to be said."""
    for part in touched(parts):
        click.echo(f"{part.words} of {moved}: {part.moved:,} moved, of which {part.met:,} met one held.")
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    click.echo(f"{old} {'would be' if dry_run else 'is'} {new}.")
