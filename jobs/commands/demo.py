"""The demo: `flask demo ...` creates three users, and brings the sandbox's songs and charts by real jobs."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import click
import requests
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from jobs.api import soundcharts_outside_runs
from jobs.runs import run_here
from jobs.schedule import METADATA_BATCH
from launcher.cli import is_own_database, served
from webapp.access import people
from webapp.catalogue.charts import enable_charts
from webapp.cli import told
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import DEMO_LOGINS, Chart, JobRun, Track, User
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, metadata_request, sync_request

DAILY_HISTORY = 75
"""Days of daily rankings."""
PATIENCE = 60.0
"""Seconds for a run to end."""
FIRST_BATCH = 5
"""Songs that a run fetches of those that come first: all workers share them."""
FIRST_PATIENCE = 240.0
"""Seconds that everything else waits for them."""


@click.group("demo")
def demo() -> None:
    """The demo: three users, and the sandbox's songs and charts through the real jobs."""


@demo.command("users")
@served
@with_appcontext
def demo_users() -> None:
    """Create admin@, operator@ and viewer@example.com with the password in DEMO_PASSWORD, if nobody exists.

    Prints those of the three whom that password lets in. Somebody who exists keeps their password.
    """
    password = os.environ.get("DEMO_PASSWORD")
    if not password:
        raise click.UsageError("DEMO_PASSWORD is not set.")
    _refuse_production()
    if not _any(User):
        with told():
            for email, role in DEMO_LOGINS.items():
                people.create(email, role, password)
    found = [User.find(email) for email in DEMO_LOGINS]
    click.echo(", ".join(user.email for user in found if user and user.lets_in(password)))


def _refuse_production() -> None:
    """The password of the demo logins gets printed, so they are for the launcher's own database alone."""
    settings = current_app.config["SETTINGS"]
    if settings.session_cookie_secure:
        raise click.UsageError("SESSION_COOKIE_SECURE is true: a site in production has no demo logins.")
    if not is_own_database(settings.database_url):
        raise click.UsageError(
            "This is not the database of `make run`: `flask users create` creates a login in any other."
        )


@demo.command("load")
@click.option(
    "--songs", type=click.IntRange(1), default=300, show_default=True, help="At most so many songs."
)
@click.option(
    "--first", type=click.IntRange(0), default=20, show_default=True, help="So many come before all else."
)
@served
@with_appcontext
def demo_load(songs: int, first: int) -> None:
    """Queue the songs to see first with their whole audience, then the charts, then the other songs."""
    uuids = [] if _any(Track) else _sandbox_songs()[:songs]
    for uuid in uuids[:1]:
        submit(metadata_request([uuid]))
    charts = [] if _any(Chart) else _discovered()
    if uuids and charts:
        uuids = list(dict.fromkeys((uuids[0], *_best_placed(charts)[:first], *uuids)))[:songs]
    if uuids:
        _fetch_first(uuids[1 : 1 + first])
    _load_charts(charts)
    for place in range(1 + first, len(uuids), METADATA_BATCH):
        submit(metadata_request(uuids[place : place + METADATA_BATCH], queue="default"))
    click.echo(f"Queued {counted(len(uuids), 'song')} and {counted(len(charts), 'chart')}.")


def _any(kind: type[Track | Chart | User]) -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(kind)))


def _discovered() -> list[Chart]:
    """The charts that the sandbox has, none of them followed yet."""
    platforms = _end_of(submit(discovery_request(None)).uuid)
    for child in db.session.scalars(select(JobRun.uuid).where(JobRun.parent_uuid == platforms.uuid)).all():
        _end_of(child)
    return list(db.session.scalars(select(Chart).order_by(Chart.country_code, Chart.max_entries.desc())))


def _best_placed(charts: Sequence[Chart]) -> list[str]:
    """The uuids of the songs of the largest worldwide chart, best first."""
    with soundcharts_outside_runs() as client:
        ranking = client.ranking(charts[0].slug)
    db.session.commit()
    return [entry.song.uuid for entry in ranking.entries]


def _fetch_first(uuids: Sequence[str]) -> None:
    """Fetches songs with their audience and its history, beside the workers, before all else is queued."""
    for place in range(0, len(uuids), FIRST_BATCH):
        submit(metadata_request(uuids[place : place + FIRST_BATCH]))
    live = select(JobRun.uuid).where(JobRun.state.in_(("queued", "running")), JobRun.run_after <= func.now())
    deadline = time.monotonic() + FIRST_PATIENCE
    while time.monotonic() < deadline:
        uuid = db.session.scalar(live.order_by(JobRun.state, JobRun.number).limit(1))
        if uuid is None:
            return
        if run_here(uuid).is_live:
            time.sleep(0.2)
        db.session.rollback()


def _load_charts(charts: Sequence[Chart]) -> None:
    """Follows the charts, and queues their latest rankings and history."""
    for chart in enable_charts([chart.slug for chart in charts], enabled=True):
        submit(sync_request(chart, since=_history_of(chart), queue="sync"))


def _end_of(uuid: UUID) -> JobRun:
    """Carries out a run here, or waits for the worker that has it."""
    deadline = time.monotonic() + PATIENCE
    while (run := run_here(uuid)).is_live:
        if time.monotonic() > deadline:
            raise click.ClickException(f"Run {uuid} does not end: {run.error or run.state}.")
        db.session.rollback()
        time.sleep(0.2)
    if run.state != "succeeded":
        raise click.ClickException(run.error)
    return run


def _history_of(chart: Chart) -> date:
    """All that there is of a weekly chart, and enough of a daily one."""
    if chart.frequency != "daily":
        return date(2000, 1, 1)
    return datetime.now(UTC).date() - timedelta(days=DAILY_HISTORY)


def _sandbox_songs() -> list[str]:
    """The uuids of the sandbox's catalogue, the one to see first at the front."""
    base = current_app.config["SETTINGS"].soundcharts_base_url
    try:
        answer = requests.get(f"{base}/_sandbox/songs", timeout=10)
        answer.raise_for_status()
        return [song["uuid"] for song in answer.json()]
    except requests.RequestException as error:
        raise click.ClickException(f"{base} is no sandbox with songs to queue.") from error
