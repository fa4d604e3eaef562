"""The user of a `flask` command."""

import os
import pwd

import click
from flask import has_request_context
from flask.cli import ScriptInfo

COMMAND_LINE = "command line"


def command_line_user() -> str:
    """Returns 'command line (anna)', with the account that runs a `flask` command; empty elsewhere."""
    context = click.get_current_context(silent=True)
    # Workers are started by a command too, but by one of RQ's.
    if has_request_context() or context is None or context.find_object(ScriptInfo) is None:
        return ""
    return f"{COMMAND_LINE} ({_account()})"


def _account() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a uid without an account
        return f"uid {os.getuid()}"
