"""The entry point of a web server: `gunicorn wsgi:app`."""

import click
from flask import Flask
from flask.cli import FlaskGroup

from webapp import create_app


def lists_commands() -> bool:
    """Returns whether `flask` only lists its commands, as for --help, which needs no settings or database."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup) and not context.invoked_subcommand


app = Flask("webapp") if lists_commands() else create_app()
