"""`make run`: runs Trackpulse and its servers in one terminal until Ctrl-C."""

import fcntl
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack

from launcher import interrupts, postgres, valkey
from launcher import state as states
from launcher.assets import build_assets
from launcher.errors import LaunchError
from launcher.logs import last_lines, log_path
from launcher.processes import Supervisor, wait_for_port
from launcher.servers import embedded_servers
from launcher.settings import (
    LaunchSettings,
    is_given,
    load_launch_settings,
    shared_environment,
    wants_sandbox,
)
from launcher.state import State
from webapp.config import environment, load_settings

READY_SECONDS = 60


def run() -> None:
    """Starts everything, reports the URL, and keeps it running until a signal.

    Raises LaunchError or SettingError, in one sentence, if something is missing or ends permanently, and
    KeyboardInterrupt on SIGINT and SIGTERM.
    """
    interrupts.listen()
    env = environment()
    os.environ.update(env)
    settings = load_launch_settings(env)
    with ExitStack() as stack:
        _be_the_only_one(stack, settings)
        sandbox_url = states.load_or_create(settings.var_dir).sandbox_url if wants_sandbox(env) else None
        shared_environment(env, states.load_or_create(settings.var_dir), sandbox_url)
        require_free_port(settings.port)
        build_assets(report)
        state = _start_servers(stack, env, settings)
        _start_site(stack, env, settings=settings, state=state)


def report(message: str) -> None:
    print(message, flush=True)


def _be_the_only_one(stack: ExitStack, settings: LaunchSettings) -> None:
    lock = stack.enter_context(states.lock_file(settings.var_dir, "run.lock"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LaunchError(
            f"Trackpulse is already running on {settings.var_dir}; stop it, or set VAR_DIR to another folder."
        ) from None


def require_free_port(port: int, patience: float = 3) -> None:
    """Raises LaunchError if the port is in use; waits a moment for the web server of a killed run to end."""
    if not states.may_bind(port):
        raise LaunchError(f"This user may not use port {port}; set PORT to one above 1023.")
    deadline = time.monotonic() + patience
    while not states.port_is_free(port):
        if time.monotonic() > deadline:
            raise LaunchError(f"Port {port} is used by another program; set PORT to a free one.")
        interrupts.pause(0.1)


def _start_servers(stack: ExitStack, env: Mapping[str, str], settings: LaunchSettings) -> State:
    """Starts our PostgreSQL and Valkey, unless the settings specify others."""
    own = {name: not is_given(env, name) for name in ("DATABASE_URL", "REDIS_URL")}
    given = load_settings(shared_environment(env, states.load_or_create(settings.var_dir), None))
    if not own["DATABASE_URL"]:
        postgres.require_answer(given.psycopg_url)
    if not own["REDIS_URL"]:
        valkey.require_answer(given.redis_url)
    if not any(own.values()):
        report("Using PostgreSQL and Redis of DATABASE_URL and REDIS_URL.")
        return states.load_or_create(settings.var_dir)
    report("Starting the servers: " + " and ".join(_names(own)) + ".")
    return stack.enter_context(
        embedded_servers(
            settings.var_dir,
            engine=settings.engine,
            report=report,
            with_postgres=own["DATABASE_URL"],
            with_valkey=own["REDIS_URL"],
        )
    )


def _names(own: Mapping[str, bool]) -> list[str]:
    names = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Valkey"}
    return [name for setting, name in names.items() if own[setting]]


def _start_site(stack: ExitStack, env: Mapping[str, str], *, settings: LaunchSettings, state: State) -> None:
    sandbox = wants_sandbox(env)
    if sandbox and not states.port_is_free(state.sandbox_port):
        state = states.update(settings.var_dir, sandbox_port=states.free_ports(1)[0])
    shared = shared_environment(env, state, state.sandbox_url if sandbox else None)
    site = load_settings(shared)
    # Users with a printed password, and generated songs, belong only into our own database.
    demo = not is_given(env, "DATABASE_URL") and not site.session_cookie_secure
    password = settings.demo_password or state.demo_password
    supervisor = Supervisor(settings.var_dir, shared | {"DEMO_PASSWORD": password}, report)
    stack.callback(supervisor.stop_all)
    stack.callback(report, "Stopping.")
    if sandbox:
        _start_sandbox(supervisor, settings, state)
    report("Updating the database.")
    supervisor.run("migrate", "flask upgrade")
    logins = _demo_logins(supervisor) if demo else ""
    _start_processes(supervisor, settings, site.web_threads)
    _wait_until_ready(supervisor, settings.port)
    announce(settings, logins, password)
    if sandbox and demo:
        # Queues the demo's data, which the workers then fetch; the site is usable without them.
        supervisor.begin("demo", "flask demo load")
    supervisor.watch(lambda: _require_servers(env, settings, state))


def _start_sandbox(supervisor: Supervisor, settings: LaunchSettings, state: State) -> None:
    over = f" with the files of {settings.sandbox_data}" if settings.sandbox_data else ""
    report(f"Starting the sandbox API on {state.sandbox_url}{over}.")
    supervisor.start("sandbox", settings.sandbox(state.sandbox_port))
    wait_for_port(supervisor, "sandbox", state.sandbox_port, meanwhile=settings.sandbox_wait)


def _demo_logins(supervisor: Supervisor) -> str:
    """Creates the demo users if there are no users; returns those who can sign in with the demo password."""
    supervisor.run("demo", "flask demo users")
    return last_lines(log_path(supervisor.var_dir, "demo"), 1)


def _start_processes(supervisor: Supervisor, settings: LaunchSettings, web_threads: int) -> None:
    report(f"Starting the web server, the workers ({settings.workers}) and the scheduler.")
    for name, command in processes(settings, web_threads).items():
        supervisor.start(name, command)


def processes(settings: LaunchSettings, web_threads: int) -> dict[str, str]:
    """Returns the site's processes as Python modules with arguments; rq gets its server from RQ_REDIS_URL."""
    return {
        "web": f"gunicorn --bind {states.HOST}:{settings.port} --workers 2 --worker-class gthread"
        f" --threads {web_threads} --graceful-timeout 5 --no-control-socket wsgi:app",
        "workers": f"rq.cli worker-pool --num-workers {settings.workers} --logging-level WARNING"
        " --serializer json --worker-class jobs.worker.Worker interactive sync default backfill",
        "scheduler": "jobs.cron",
    }


def _wait_until_ready(supervisor: Supervisor, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(port):
        if not supervisor.is_alive("web") or time.monotonic() > deadline:
            log = log_path(supervisor.var_dir, "web")
            raise LaunchError(f"The web server does not respond: {last_lines(log, 1)} (full log: {log})")
        interrupts.pause(0.1)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{states.HOST}:{port}/readyz", timeout=5) as response:
            return bool(response.status == 200)  # noqa: PLR2004 (the status of success)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def announce(settings: LaunchSettings, logins: str, password: str) -> None:
    """Reports the URL and how to sign in; `logins` is empty if nobody can sign in with the password."""
    report(f"Ready: http://{states.HOST}:{settings.port}")
    shown = "of DEMO_PASSWORD" if settings.demo_password else password
    if logins:
        report(f"Sign in as {logins} with the password {shown}.")
    else:
        report("Sign in with a user of this database; `flask users create EMAIL --role admin` creates one.")


def _require_servers(env: Mapping[str, str], settings: LaunchSettings, state: State) -> None:
    """Raises LaunchError, which ends the run, if nobody listens on the port of a server of ours."""
    servers = {"DATABASE_URL": ("postgres", state.postgres_port), "REDIS_URL": ("valkey", state.redis_port)}
    for name, (server, port) in servers.items():
        if not is_given(env, name) and states.port_is_free(port):
            log = log_path(settings.var_dir, server)
            raise LaunchError(f"{server} ended unexpectedly; see {log} for the reason.")
