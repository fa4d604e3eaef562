"""The commands `flask charts discover`, `sync`, `enable`, `disable` and `join`."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, or_, select

from jobs.commands.merging import end_merge
from jobs.runs import run_here
from launcher.cli import served
from webapp.catalogue.chart_join import ChartJoinError, join_charts, preview_join, take_up_slug
from webapp.catalogue.charts import UnknownChartError, enable_charts, find_charts
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import Chart, JobRun, Platform
from webapp.work.queue import record, submit
from webapp.work.requests import RunRequest, discovery_request, sync_request


@click.group("charts")
def charts() -> None:
    """Charts and their rankings."""


@charts.command("discover")
@click.option(
    "--platform", "spelling", help="One platform, in any spelling; by default all that have charts."
)
@served
@with_appcontext
def charts_discover(spelling: str | None) -> None:
    """Fetch the list of charts; new ones are disabled."""
    platform = Platform.find(spelling) if spelling else None
    if spelling and platform is None:
        raise click.UsageError(f"There is no platform {spelling!r}.")
    runs = list(_with_children([discovery_request(platform)], "Discovering charts"))
    for run in runs:
        click.echo(_result(run), err=run.state != "succeeded")
    known = db.session.scalar(select(func.count()).select_from(Chart)) or 0
    click.echo(f"{counted(known, 'chart')} in all.")
    _exit_by(runs)


@charts.command("sync")
@click.option("--chart", "slugs", multiple=True, help="One chart, by its slug; may be repeated.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Also fetch all missing rankings from this date on.",
)
@click.option("--all", "every", is_flag=True, help="Every enabled chart, even if it is not due.")
@click.option("--queue", is_flag=True, help="Queue the runs for the workers.")
@served
@with_appcontext
def charts_sync(slugs: tuple[str, ...], since: datetime | None, *, every: bool, queue: bool) -> None:
    """Fetch the latest ranking of the given charts, of all enabled ones, or of those that are due.

    Without --since, the workers fetch the missing rankings before it.
    """
    found, first = _charts(slugs, every=every), since.date() if since else None
    if queue:
        _queue(found, first)
        return
    requests = [sync_request(chart, since=first) for chart in found]
    runs = list(_with_children(requests, "Syncing charts", children=first is not None))
    _print_summary(runs)
    _exit_by(runs)


@charts.command("enable")
@click.argument("slugs", nargs=-1, required=True)
@served
@with_appcontext
def charts_enable(slugs: tuple[str, ...]) -> None:
    """Enable charts: their rankings are fetched from now on."""
    _switch(slugs, enabled=True)


@charts.command("disable")
@click.argument("slugs", nargs=-1, required=True)
@served
@with_appcontext
def charts_disable(slugs: tuple[str, ...]) -> None:
    """Disable charts; their stored rankings are kept."""
    _switch(slugs, enabled=False)


@charts.command("join")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Report the changes without making them.")
@served
@with_appcontext
def charts_join(old: str, new: str, *, dry_run: bool) -> None:
    """Join a renamed chart NEW with its history OLD, in one transaction.

    The chart gets the slug NEW, and OLD becomes an alias of it. NEW may be a former slug of OLD itself, which
    SoundCharts uses again.
    """
    kept, lost = _found(old), _found(new)
    slug = lost.slug
    try:
        if kept.id == lost.id and new != slug:
            take_up_slug(kept.id, new)
            end_merge([], old, new, moved=new, dry_run=dry_run)
            return
        found = preview_join(kept.id, lost.id)
        for warning in found.warnings:
            click.echo(f"Warning: {warning}", err=True)
        for side in (found.kept, found.lost):
            click.echo(f"{side.slug} has {side.held}.")
        parts = join_charts(kept.id, lost.id)
    except ChartJoinError as error:
        raise click.ClickException(str(error)) from error
    end_merge(parts, old, slug, moved=slug, dry_run=dry_run)


def _found(slug: str) -> Chart:
    chart = Chart.find(slug)
    if chart is None:
        raise click.ClickException(f"There is no chart {slug}.")
    return chart


def _switch(slugs: Sequence[str], *, enabled: bool) -> None:
    word = "enabled" if enabled else "disabled"
    try:
        changed = enable_charts(slugs, enabled=enabled)
    except UnknownChartError as error:
        raise click.ClickException(str(error)) from error
    db.session.commit()
    already = len(set(slugs)) - len(changed)
    others = f", {already} already {word}." if already else "."
    click.echo(f"{counted(len(changed), 'chart')} {word}{others}")


def _charts(slugs: Sequence[str], *, every: bool) -> list[Chart]:
    """Returns the charts of the options. Raises UsageError for wrong combinations."""
    if slugs and every:
        raise click.UsageError("Use either --chart or --all.")
    query = select(Chart).order_by(Chart.id)
    if not slugs:
        due = or_(Chart.next_sync_at.is_(None), Chart.next_sync_at <= func.now())
        query = query.where(Chart.sync_enabled) if every else query.where(Chart.sync_enabled, due)
        return list(db.session.scalars(query))
    try:
        return find_charts(slugs)
    except UnknownChartError as error:
        raise click.UsageError(str(error)) from error


def _queue(found: Sequence[Chart], since: date | None) -> None:
    for chart in found:
        run = submit(sync_request(chart, since=since, queue="sync"))
        click.echo(f"{'Queued' if run.created else f'Already {run.state}'}: {chart.slug}, run {run.uuid}")
    click.echo(f"{counted(len(found), 'chart')}.")


def _with_children(requests: Sequence[RunRequest], title: str, *, children: bool = True) -> Iterator[JobRun]:
    """Executes runs in this process, with `children` also the runs they request; yields each finished run."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    waiting = [run.uuid for run in record(requests)]
    db.session.commit()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(title, total=len(waiting))
        while waiting:
            run = run_here(waiting.pop(0))
            if children:
                query = select(JobRun.uuid).where(JobRun.parent_uuid == run.uuid).order_by(JobRun.number)
                waiting += db.session.scalars(query)
            progress.update(bar, advance=1, total=progress.tasks[0].completed + 1 + len(waiting))
            yield run


def _print_summary(runs: Sequence[JobRun]) -> None:
    """Prints a table of the rankings, then each message in full, since a narrow terminal would break it."""
    table = Table("chart", title="Charts", caption=counted(len(runs), "ranking"))
    for column in ("new", "changed", "unchanged"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for run in runs:
        counts = (run.records_created, run.records_updated, run.records_unchanged)
        table.add_row(run.args["chart"], *map(str, counts), "ok" if run.state == "succeeded" else run.state)
    Console().print(table)
    for run in runs:
        click.echo(f"{run.args['chart']}: {_result(run)}", err=run.state != "succeeded")


def _result(run: JobRun) -> str:
    return run.message or run.error or f"Run {run.uuid} is {run.state}."


def _exit_by(runs: Sequence[JobRun]) -> None:
    if not all(run.state == "succeeded" for run in runs):
        sys.exit(1)
