"""The commands `flask platforms dedupe`, `create` and `rename`."""

from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import click
from flask.cli import with_appcontext
from sqlalchemy import text

from launcher.cli import served
from webapp.catalogue.merging import Part
from webapp.catalogue.platform_merge import PlatformMergeError, merge
from webapp.catalogue.platforms import PlatformError, create_platform, rename_platform
from webapp.connection import driver_connection
from webapp.engine import SCHEMA
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Platform
from webapp.queries import rows


class Candidate(NamedTuple):
    """A row of a group of duplicate platforms; `records` counts its audience values."""

    id: int
    slug: str
    name: str
    spelling: str
    records: int


@dataclass(frozen=True)
class Merge:
    """The result of a merge, real or in a dry run."""

    kept: Candidate
    lost: Candidate
    values: Part


def dedupe() -> list[Merge]:
    """Merges every group of duplicate platforms, in the current transaction.

    The row with the most audience data is kept, then the oldest. A lock prevents new platforms meanwhile.
    """
    db.session.execute(text("LOCK TABLE platforms IN SHARE ROW EXCLUSIVE MODE"))
    found = rows(Candidate, "platform_groups")
    merges = []
    for _spelling, group in groupby(found, key=lambda each: each.spelling):
        kept, *others = group
        merges += [Merge(kept, lost, _merge(kept, lost)) for lost in others]
    driver_connection().execute((SCHEMA / "platform_constraints.sql").read_bytes())
    return merges


def _merge(kept: Candidate, lost: Candidate) -> Part:
    """Merges one platform into another; returns the result for its audience values."""
    parts = merge(kept.id, lost.id)
    return next(part for part in parts if part.name == "track_audience_time_series")


@click.group("platforms")
def platforms() -> None:
    """Merge duplicate platforms, create and rename platforms."""


@platforms.command("dedupe")
@click.option("--dry-run", is_flag=True, help="Report the changes without making them.")
@served
@with_appcontext
def platforms_dedupe(*, dry_run: bool) -> None:
    """Merge duplicate platforms, in one transaction."""
    try:
        merges = dedupe()
    except PlatformMergeError as error:
        raise click.ClickException(str(error)) from error
    for done in merges:
        click.echo(
            f"{done.lost.name!r} (id {done.lost.id}) joins {done.kept.name!r} (id {done.kept.id}): "
            f"{counted(done.values.moved, 'value')} moved, {done.values.met} of them already present for the"
            " same track and date."
        )
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    words = ("duplicate would be", "duplicates would be") if dry_run else ("duplicate was", "duplicates were")
    click.echo(f"{counted(len(merges), *words)} merged.")


@platforms.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="The name to display.")
@served
@with_appcontext
def platforms_create(slug: str, name: str) -> None:
    """Create a platform."""
    try:
        platform = create_platform(slug, name)
    except PlatformError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"Created {platform.name} as {platform.slug}.")


@platforms.command("rename")
@click.argument("spelling")
@click.argument("slug")
@served
@with_appcontext
def platforms_rename(spelling: str, slug: str) -> None:
    """Change the slug of the platform SPELLING to SLUG."""
    platform = Platform.find(spelling)
    if platform is None:
        raise click.ClickException(f"There is no platform {spelling!r}.")
    try:
        rename_platform(platform, slug)
    except PlatformError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    click.echo(f"{platform.name} is now {platform.slug}.")
