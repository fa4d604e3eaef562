"""The commands `flask demo ...`: create three users, and load the sandbox's songs and charts by real jobs."""

import os
import time
from collections.abc import Sequence
from datetime import date, timedelta
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
from webapp.cli import usage_errors
from webapp.extensions import db
from webapp.lib.clock import today
from webapp.lib.formats import counted
from webapp.models import DEMO_LOGINS, Chart, JobRun, Track, User
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, metadata_request, sync_request

DAILY_HISTORY = 75
"""Days of daily rankings."""
PATIENCE = 60.0
"""Seconds to wait for a run to end."""
FIRST_BATCH = 5
"""Songs per run among the first ones, so that all workers share them."""
FIRST_PATIENCE = 240.0
"""Seconds to wait for the first songs."""


@click.group("demo")
def demo() -> None:
    """Create three demo users, and load the sandbox's songs and charts."""


@demo.command("users")
@served
@with_appcontext
def demo_users() -> None:
    """Create admin@, operator@ and viewer@example.com with DEMO_PASSWORD, if there are no users.

    Prints which of the three can sign in with this password. Existing users keep their password.
    """
    password = os.environ.get("DEMO_PASSWORD")
    if not password:
        raise click.UsageError("DEMO_PASSWORD is not set.")
    _refuse_production()
    if not _any(User):
        with usage_errors():
            for email, role in DEMO_LOGINS.items():
                people.create(email, role, password)
    found = [User.find(email) for email in DEMO_LOGINS]
    click.echo(", ".join(user.email for user in found if user and user.lets_in(password)))


def _refuse_production() -> None:
    """Raises UsageError outside the launcher's own database, since the demo password is printed."""
    settings = current_app.config["SETTINGS"]
    if settings.session_cookie_secure:
        raise click.UsageError("Demo users are not allowed in production (SESSION_COOKIE_SECURE is true).")
    if not is_own_database(settings.database_url):
        raise click.UsageError(
            "This is not the database of `make run`; use `flask users create` to create users in another one."
        )


@demo.command("load")
@click.option(
    "--songs", type=click.IntRange(1), default=300, show_default=True, help="At most this many songs."
)
@click.option(
    "--first", type=click.IntRange(0), default=20, show_default=True, help="Load this many songs first."
)
@served
@with_appcontext
def demo_load(songs: int, first: int) -> None:
    """Fetch the first songs with their audience history, then queue the charts and the other songs."""
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
    """Fetches the list of the sandbox's charts, which are not enabled yet."""
    platforms = _end_of(submit(discovery_request(None)).uuid)
    for child in db.session.scalars(select(JobRun.uuid).where(JobRun.parent_uuid == platforms.uuid)).all():
        _end_of(child)
    return list(db.session.scalars(select(Chart).order_by(Chart.country_code, Chart.max_entries.desc())))


def _best_placed(charts: Sequence[Chart]) -> list[str]:
    """Returns the uuids of the songs of the largest worldwide chart, best first."""
    ranking = soundcharts_outside_runs().ranking(charts[0].slug)
    db.session.commit()
    return [entry.song.uuid for entry in ranking.entries]


def _fetch_first(uuids: Sequence[str]) -> None:
    """Fetches songs with their audience history, together with the workers, before the rest is queued."""
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
    """Enables the charts, and queues their latest rankings and history."""
    for chart in enable_charts([chart.slug for chart in charts], enabled=True):
        submit(sync_request(chart, since=_history_of(chart), queue="sync"))


def _end_of(uuid: UUID) -> JobRun:
    """Executes a run in this process, or waits for the worker that has it."""
    deadline = time.monotonic() + PATIENCE
    while (run := run_here(uuid)).is_live:
        if time.monotonic() > deadline:
            raise click.ClickException(f"Run {uuid} did not end in time: {run.error or run.state}.")
        db.session.rollback()
        time.sleep(0.2)
    if run.state != "succeeded":
        raise click.ClickException(run.error)
    return run


def _history_of(chart: Chart) -> date:
    """Returns the first date to load: everything of a weekly chart, DAILY_HISTORY of a daily one."""
    if chart.frequency != "daily":
        return date(2000, 1, 1)
    return today() - timedelta(days=DAILY_HISTORY)


def _sandbox_songs() -> list[str]:
    """Returns the uuids of the sandbox's catalogue, the first song to show at the front."""
    base = current_app.config["SETTINGS"].soundcharts_base_url
    try:
        response = requests.get(f"{base}/_sandbox/songs", timeout=10)
        response.raise_for_status()
        return [song["uuid"] for song in response.json()]
    except requests.RequestException as error:
        raise click.ClickException(f"{base} is not a sandbox with songs.") from error
