"""The commands `flask db-info`, `flask upgrade` and `flask users ...`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg
from flask import current_app
from flask.cli import routes_command, shell_command, with_appcontext
from flask_migrate import upgrade
from flask_migrate.cli import db as migrate_commands
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from launcher.cli import own_site, served, served_command
from webapp.access import people
from webapp.engine import AGGREGATES, describe_engine
from webapp.extensions import db
from webapp.lib.formats import moment
from webapp.models import ROLES, User
from webapp.sql import read_sql


@click.command("db-info")
@served
@with_appcontext
def db_info() -> None:
    """Print the engine, its licence, tables with sizes, hypertables and aggregates with pending refreshes."""
    with psycopg.connect(current_app.config["SETTINGS"].psycopg_url) as connection:
        engine = describe_engine(connection)
        click.echo(engine.name)
        click.echo(f"licence: {engine.licence or 'PostgreSQL'}")
        _print_table(connection, "db_tables")
        if engine.extension is not None:
            _print_table(connection, "db_hypertables")
        _print_table(connection, "db_aggregates", names=list(AGGREGATES))


def _print_table(connection: psycopg.Connection, name: str, **parameters: object) -> None:
    cursor = connection.execute(read_sql(name), parameters or None)
    table = Table(title=name.removeprefix("db_"), title_justify="left")
    for column in cursor.description or ():
        table.add_column(column.name)
    for row in cursor:
        table.add_row(*("-" if value is None else str(value) for value in row))
    Console().print(table)


@click.command("upgrade")
@served
@with_appcontext
def upgrade_database() -> None:
    """Run the migrations, and what the database's engine needs after them."""
    upgrade()


shell = served_command(shell_command)
routes = served_command(routes_command)
migrations = served_command(migrate_commands)


@click.group("users")
def users() -> None:
    """Manage the users who can sign in."""


@contextmanager
def usage_errors() -> Iterator[None]:
    """Turns a PeopleError of the block into a UsageError; commits if there is none."""
    try:
        yield
    except people.PeopleError as error:
        raise click.UsageError(str(error)) from error
    db.session.commit()


def person(email: str) -> User:
    """Returns the user with this email. Raises UsageError if there is none."""
    user = User.find(email)
    if user is None:
        raise click.UsageError(f"There is no user {email}.")
    return user


@users.command("list")
@served
@with_appcontext
def users_list() -> None:
    """List users with role, state and last sign-in."""
    table = Table("email", "role", "state", "last sign-in")
    for user in db.session.scalars(select(User).order_by(User.email)):
        state = "active" if user.is_active else "disabled"
        table.add_row(user.email, user.role, state, moment(user.signed_in_at) if user.signed_in_at else "-")
    Console().print(table)


@users.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.password_option()
@served
@with_appcontext
def users_create(email: str, role: str, password: str) -> None:
    """Create a user; prompts for the password without --password."""
    with usage_errors():
        people.create(email, role, password)
    click.echo(f"Created {email} as {role}.")


@users.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
@served
@with_appcontext
def users_set_role(email: str, role: str) -> None:
    """Set a user's role; it takes effect at once, also for tokens."""
    with usage_errors():
        people.set_role(person(email), role)
    click.echo(f"{email} is now {role}.")


@users.command("disable")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@served
@with_appcontext
def users_disable(emails: tuple[str, ...]) -> None:
    """Disable users and sign them out everywhere, all or none; their data are kept."""
    with usage_errors():
        people.disable([person(email) for email in emails])
    click.echo(f"{', '.join(emails)} can no longer sign in.")


@users.command("enable")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@served
@with_appcontext
def users_enable(emails: tuple[str, ...]) -> None:
    """Enable disabled users again, with their old password."""
    with usage_errors():
        people.enable([person(email) for email in emails])
    click.echo(f"{', '.join(emails)} can sign in again.")


@users.command("reset")
@click.argument("email")
@click.option("--site", default="", help="The URL of the site, if the settings do not have it: https://...")
@served
@with_appcontext
def users_reset(email: str, site: str) -> None:
    """Print a link to set a new password; it works once, within 24 hours."""
    with usage_errors():
        secret = people.reset_link(person(email))
    base = site.rstrip("/") or site_url()
    click.echo(f"{base}/reset/{secret}")
    if not base:
        click.echo(
            "This is only the path, since the URL of the site is unknown; use --site or set TRUSTED_HOSTS.",
            err=True,
        )


def site_url() -> str:
    """Returns the URL of the site according to the settings; empty if they do not have it."""
    settings = current_app.config["SETTINGS"]
    named = [host for host in settings.trusted_hosts if not host.startswith(".")]
    scheme = "https" if settings.session_cookie_secure else "http"
    return f"{scheme}://{named[0]}" if named else own_site(settings.database_url)
