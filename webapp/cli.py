"""Commands that look at and look after the database: `flask db-info`, `flask users ...`."""

import click
import psycopg
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table

from launcher.cli import served
from webapp.config import ROOT
from webapp.engine import describe_engine
from webapp.extensions import db
from webapp.models import ROLES, User, hash_password


@click.command("db-info")
@served
@with_appcontext
def db_info() -> None:
    """Print the engine, its licence, hypertables, chunks, aggregates with pending refreshes, and sizes."""
    with psycopg.connect(current_app.config["SETTINGS"].psycopg_url) as connection:
        engine = describe_engine(connection)
        click.echo(engine.name)
        click.echo(f"licence: {engine.licence or 'PostgreSQL'}")
        names = ["db_tables", "db_aggregates"]
        if engine.extension is not None:
            names.insert(1, "db_hypertables")
        for name in names:
            _print_table(connection, name)


def _print_table(connection: psycopg.Connection, name: str) -> None:
    cursor = connection.execute((ROOT / "sql/queries" / f"{name}.sql").read_bytes())
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
    """Bring the database up to date: migrations, then what its engine makes of them."""
    upgrade()


@click.group("users")
def users() -> None:
    """The staff who may sign in."""


@users.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@click.password_option()
@served
@with_appcontext
def users_create(email: str, role: str, password: str) -> None:
    """Make a user; asks for the password where --password is not given."""
    if "@" not in email:
        raise click.UsageError(f"{email!r} is not an email address.")
    if len(password) < 8:  # noqa: PLR2004 (the shortest password that is accepted)
        raise click.UsageError("The password must be at least 8 characters long.")
    if User.find(email) is not None:
        raise click.UsageError(f"There is a user {email} already.")
    db.session.add(User(email=email.strip(), password_hash=hash_password(password), role=role))
    db.session.commit()
    click.echo(f"Created {email} as {role}.")
