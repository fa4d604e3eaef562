"""Commands of charts: `flask charts discover`, `sync`, `enable`, `disable` and `join`."""

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
@click.option("--platform", "spelling", help="One platform, in any spelling; else all that have charts.")
@served
@with_appcontext
def charts_discover(spelling: str | None) -> None:
    """List the charts that there are; new ones start disabled."""
    platform = Platform.find(spelling) if spelling else None
    if spelling and platform is None:
        raise click.UsageError(f"There is no platform {spelling!r}.")
    runs = list(_with_children([discovery_request(platform)], "Discovering charts"))
    for run in runs:
        click.echo(_told(run), err=run.state != "succeeded")
    known = db.session.scalar(select(func.count()).select_from(Chart)) or 0
    click.echo(f"{counted(known, 'chart is', 'charts are')} known.")
    _exit_by(runs)


@charts.command("sync")
@click.option("--chart", "slugs", multiple=True, help="One chart, by its slug; may be repeated.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Fetch all rankings from this date on that are missing, here and now.",
)
@click.option("--all", "every", is_flag=True, help="Every enabled chart, due or not.")
@click.option("--queue", is_flag=True, help="Leave the work to the workers instead of doing it here.")
@served
@with_appcontext
def charts_sync(slugs: tuple[str, ...], since: datetime | None, *, every: bool, queue: bool) -> None:
    """Fetch the latest ranking of charts: those that are named, all enabled ones, or those that are due.

    Without --since, rankings that are missing before it are left to the workers.
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
    """Follow charts: their rankings are fetched from now on."""
    _switch(slugs, enabled=True)


@charts.command("disable")
@click.argument("slugs", nargs=-1, required=True)
@served
@with_appcontext
def charts_disable(slugs: tuple[str, ...]) -> None:
    """Follow charts no longer; what is stored stays."""
    _switch(slugs, enabled=False)


@charts.command("join")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@served
@with_appcontext
def charts_join(old: str, new: str, *, dry_run: bool) -> None:
    """Join chart NEW, which SoundCharts renamed, to its history OLD: one transaction, all or nothing.

    The chart has the slug NEW from then on, and OLD leads to it. NEW may be a former slug of OLD itself,
    which SoundCharts uses again.
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
    others = f", {counted(already, 'was', 'were')} already." if already else "."
    click.echo(f"{counted(len(changed), 'chart')} {word}{others}")


def _charts(slugs: Sequence[str], *, every: bool) -> list[Chart]:
    """The charts that the options mean; refuses what means nothing."""
    if slugs and every:
        raise click.UsageError("--chart and --all exclude each other.")
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
    """Carries out runs here, and with `children` what they lead to, each as it ended."""
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
    """A row a ranking, and below it each in full, since a narrow terminal would break it up."""
    table = Table("chart", title="Charts", caption=counted(len(runs), "ranking"))
    for column in ("new", "changed", "unchanged"):
        table.add_column(column, justify="right")
    table.add_column("result")
    for run in runs:
        counts = (run.records_created, run.records_updated, run.records_unchanged)
        table.add_row(run.args["chart"], *map(str, counts), "ok" if run.state == "succeeded" else run.state)
    Console().print(table)
    for run in runs:
        click.echo(f"{run.args['chart']}: {_told(run)}", err=run.state != "succeeded")


def _told(run: JobRun) -> str:
    return run.message or run.error or f"Run {run.uuid} is {run.state}."


def _exit_by(runs: Sequence[JobRun]) -> None:
    if not all(run.state == "succeeded" for run in runs):
        sys.exit(1)
