"""The demo: `flask demo ...` makes three users and queues the sandbox's songs through the real jobs."""

import os

import click
import requests
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from jobs.schedule import METADATA_BATCH
from launcher.cli import served
from webapp.extensions import db
from webapp.models import ROLES, Track, User, hash_password
from webapp.queueing import fetch_metadata


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
    """Queue the sandbox's songs: the first with its audience at once, then the others."""
    if db.session.scalar(select(func.count()).select_from(Track)):
        click.echo("The database has tracks already; nothing to queue.")
        return
    first, *others = _sandbox_songs()[:songs]
    fetch_metadata([first], queue="interactive")
    for place in range(0, len(others), METADATA_BATCH):
        fetch_metadata(others[place : place + METADATA_BATCH])
    click.echo(f"Queued {1 + len(others)} songs.")


def _sandbox_songs() -> list[str]:
    """The uuids of the sandbox's catalogue, the one to see first at the front."""
    base = current_app.config["SETTINGS"].soundcharts_base_url
    try:
        answer = requests.get(f"{base}/_sandbox/songs", timeout=10)
        answer.raise_for_status()
        return [song["uuid"] for song in answer.json()]
    except requests.RequestException as error:
        raise click.ClickException(f"{base} is no sandbox with songs to queue.") from error
