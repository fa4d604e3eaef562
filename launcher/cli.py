"""Servers for commands: `flask ...` works while `make run` runs, and without it."""

import fcntl
import functools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from flask import has_app_context

from launcher import state as states
from launcher.errors import LaunchError
from launcher.processes import Supervisor, wait_for_port
from launcher.servers import embedded_servers
from launcher.settings import (
    LaunchSettings,
    is_given,
    load_launch_settings,
    shared_environment,
    wants_sandbox,
)
from webapp.config import SettingError, environment

P = ParamSpec("P")
T = TypeVar("T")


def served(command: Callable[P, T]) -> Callable[P, T]:
    """Returns a flask command that starts its servers while it runs, unless an app is already running."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if has_app_context():
            return command(*args, **kwargs)
        try:
            # Ends with the command's own context, so after the app's, whose connections need the servers.
            click.get_current_context().with_resource(with_servers())
        except (LaunchError, SettingError) as error:
            raise click.ClickException(str(error)) from error
        return command(*args, **kwargs)

    return run


def served_command(command: click.Command) -> click.Command:
    """Returns a library's command that also starts its servers while it runs."""
    found = copy(command)
    if command.callback is not None:
        found.callback = served(command.callback)
    return found


def own_site(database_url: str) -> str:
    """Returns the URL of the site of `make run`, if this is its database; else empty."""
    port = load_launch_settings(environment()).port
    return f"http://{states.HOST}:{port}" if is_own_database(database_url) else ""


def is_own_database(url: str) -> bool:
    """Returns whether this is the database that the launcher created in VAR_DIR."""
    own = states.read(load_launch_settings(environment()).var_dir)
    return own is not None and url == own.database_url


@contextmanager
def with_servers() -> Iterator[None]:
    """Sets the URLs of servers in this process's environment, and keeps the servers running for the block.

    Without DATABASE_URL or REDIS_URL it uses the embedded server, and the sandbox API of a running `make run`
    or a new one. If both are set, the environment is unchanged. Raises LaunchError or SettingError, in one
    sentence.
    """
    env = environment()
    os.environ.update(env)
    own = {name: not is_given(env, name) for name in ("DATABASE_URL", "REDIS_URL")}
    if not any(own.values()):
        yield
        return
    settings = load_launch_settings(env)
    shared_environment(env, states.load_or_create(settings.var_dir), None)  # raises SettingError
    with ExitStack() as stack:
        state = stack.enter_context(
            embedded_servers(
                settings.var_dir,
                engine=settings.engine,
                report=_report,
                with_postgres=own["DATABASE_URL"],
                with_valkey=own["REDIS_URL"],
            )
        )
        sandbox = stack.enter_context(_sandbox(settings, state)) if wants_sandbox(env) else None
        os.environ.update(shared_environment(env, state, sandbox))
        yield


@contextmanager
def _sandbox(settings: LaunchSettings, state: states.State) -> Iterator[str]:
    """Yields the URL of the sandbox API of `make run`, or of one for the duration of the block."""
    if _make_run_is_on(settings.var_dir) and states.listens(state.sandbox_port):
        yield state.sandbox_url
        return
    supervisor = Supervisor(settings.var_dir, os.environ, _report)
    port = states.free_ports(1)[0]
    try:
        supervisor.start("sandbox-command", settings.sandbox(port))
        wait_for_port(supervisor, "sandbox-command", port, meanwhile=settings.sandbox_wait)
        yield f"http://{states.HOST}:{port}"
    finally:
        supervisor.stop_all()


def _make_run_is_on(var_dir: Path) -> bool:
    with states.lock_file(var_dir, "run.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _report(message: str) -> None:
    click.echo(message, err=True)
