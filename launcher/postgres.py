"""Creates, configures, starts, queries and stops a PostgreSQL with its data in one folder."""

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from launcher import state as states
from launcher.engines import MAJOR, Engine, find_engine
from launcher.errors import LaunchError, Report
from launcher.logs import log_file, log_path
from launcher.privileges import Account, private_copy, private_folder, server_account
from launcher.state import State

START_SECONDS = 60
CONF = "trackpulse.conf"
TIMESCALEDB_LINES = """\
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
timescaledb.max_background_workers = 32
max_worker_processes = 64
"""


@dataclass(frozen=True, kw_only=True)
class Server:
    """The parameters to start and stop PostgreSQL on the data folder of a VAR_DIR."""

    var_dir: Path
    data: Path
    account: Account
    bin: Path

    def pg_ctl(self, *arguments: str) -> int:
        """Runs pg_ctl, with its output and the server's in the log. Returns its exit status."""
        fixed = ["-D", str(self.data), "-w", "-t", str(START_SECONDS)]
        command = [str(self.bin / "pg_ctl"), *fixed, *arguments]
        with log_file(self.var_dir, "postgres") as log:
            return self.account.run(command, output=log, folder=self.data).returncode


def ensure_running(var_dir: Path, choice: str, report: Report) -> None:
    """Starts PostgreSQL if needed, with the site's role and database, and waits until it responds."""
    state = states.load_or_create(var_dir)
    if not answers(state):
        state = _start(var_dir, state, choice=choice, report=report)
    _create_database(state)
    if _would_lose_rows(state):
        stop(var_dir, state)
        raise LaunchError(
            f"The database in {data_folder(var_dir, state)} uses TimescaleDB, which this PostgreSQL lacks, "
            "so rows would be lost; set POSTGRES_BIN to the programs of a PostgreSQL that has it."
        )


def stop(var_dir: Path, state: State) -> None:
    """Stops PostgreSQL if it is running, and closes open connections."""
    data = data_folder(var_dir, state)
    if not answers(state) and not _answers_at_last(data, state):
        return
    program = Path((data / "postmaster.opts").read_text().split(' "', 1)[0])
    server = Server(var_dir=var_dir, data=data, account=server_account(data), bin=program.parent)
    if server.pg_ctl("stop", "-m", "fast") != 0:
        raise LaunchError(f"PostgreSQL did not stop; see {log_path(var_dir, 'postgres')} for the reason.")


def data_folder(var_dir: Path, state: State) -> Path:
    return var_dir.resolve() / state.postgres_data


def answers(state: State) -> bool:
    """Returns whether our server, identified by our password, responds to a query."""
    try:
        with psycopg.connect(state.admin_url, connect_timeout=2, sslmode="disable") as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _start(var_dir: Path, state: State, *, choice: str, report: Report) -> State:
    data = data_folder(var_dir, state)
    account = server_account(data)
    engine = _reachable(find_engine(choice, major=_major_of(data)), account, report)
    if not account.reaches(data.parent):
        data = _move_out(data, account, report)
        state = states.update(var_dir, postgres_data=str(data))
    server = Server(var_dir=var_dir, data=data, account=account, bin=engine.bin)
    if not (data / "PG_VERSION").exists():
        _initdb(server, engine, state)
    if _answers_at_last(data, state):
        return state
    if not states.port_is_free(state.postgres_port):
        state = states.update(var_dir, postgres_port=states.free_ports(1)[0])
        report(f"PostgreSQL's port was in use; it now uses {state.postgres_port}.")
    _configure(server, engine, state)
    _forget_dead_postmaster(server)
    if server.pg_ctl("start") != 0 or not answers(state):
        raise LaunchError(f"PostgreSQL did not start; see {log_path(var_dir, 'postgres')} for the reason.")
    return state


def _reachable(engine: Engine, account: Account, report: Report) -> Engine:
    """Returns the engine, or a private copy of it if the account cannot run its programs."""

    def near(bin_dir: Path) -> Path:
        if account.reaches(bin_dir / "postgres"):
            return bin_dir
        copy = private_copy(bin_dir.parent, account) / "bin"
        report(f"User {account.name} cannot read {bin_dir}; PostgreSQL runs from a copy, {copy.parent}.")
        return copy

    own = near(engine.bin)
    return Engine(own, own if engine.initdb == engine.bin else near(engine.initdb), engine.timescaledb)


def _move_out(data: Path, account: Account, report: Report) -> Path:
    """Moves a data folder that the account cannot read to a private folder; returns that."""
    new = private_folder(str(data), account) / "postgres"
    report(f"User {account.name} cannot read {data}; PostgreSQL's data is in a private folder, {new}.")
    if (data / "PG_VERSION").exists() and not new.exists():
        with tempfile.TemporaryDirectory(dir=new.parent) as unfinished:
            shutil.copytree(data, Path(unfinished) / "data", symlinks=True)
            for path in [Path(unfinished) / "data", *(Path(unfinished) / "data").rglob("*")]:
                os.chown(path, account.uid, account.gid, follow_symlinks=False)
            (Path(unfinished) / "data").rename(new)
    return new


def _major_of(data: Path) -> int:
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return MAJOR
    except PermissionError as error:
        raise LaunchError(
            f"{data} belongs to another user; start as that user, or change VAR_DIR."
        ) from error


def _initdb(server: Server, engine: Engine, state: State) -> None:
    """Creates the data folder; an incomplete one of a killed start is created again."""
    if server.data.exists():
        shutil.rmtree(server.data)
    server.data.mkdir(mode=0o700)
    if server.account.drop:
        os.chown(server.data, server.account.uid, server.account.gid)
    with tempfile.NamedTemporaryFile("w", dir=server.data.parent) as password:
        password.write(state.admin_password)
        password.flush()
        if server.account.drop:
            os.fchown(password.fileno(), server.account.uid, server.account.gid)
        command = [
            str(engine.initdb / "initdb"),
            "-D",
            str(server.data),
            "-U",
            "postgres",
            "-E",
            "UTF8",
        ]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums"]
        command += ["-A", "scram-sha-256", f"--pwfile={password.name}"]
        with log_file(server.var_dir, "postgres") as log:
            done = server.account.run(command, output=log, folder=server.data)
    if done.returncode != 0:
        shutil.rmtree(server.data)
        raise LaunchError(f"initdb failed; see {log_path(server.var_dir, 'postgres')} for the reason.")


def _configure(server: Server, engine: Engine, state: State) -> None:
    """Writes our settings, and once the line that includes them."""
    lines = [
        f"listen_addresses = '{states.HOST}'",
        f"port = {state.postgres_port}",
        "unix_socket_directories = ''",
        "timezone = 'UTC'",
        "log_timezone = 'UTC'",
        TIMESCALEDB_LINES if engine.timescaledb else "shared_preload_libraries = ''",
    ]
    server.account.write(server.data / CONF, "\n".join(lines) + "\n")
    main = server.data / "postgresql.conf"
    if f"include '{CONF}'" not in main.read_text():
        server.account.write(main, f"\ninclude '{CONF}'\n", append=True)


def _would_lose_rows(state: State) -> bool:
    """Returns whether the database has TimescaleDB without the server having loaded it, which loses rows."""
    query = """
        SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')
           AND current_setting('shared_preload_libraries') NOT LIKE '%timescaledb%'
    """
    with psycopg.connect(state.admin_url, dbname="trackpulse", sslmode="disable") as connection:
        return connection.execute(query).fetchone() == (True,)


def _create_database(state: State) -> None:
    """Creates the site's role and database if they are missing; only the password's hash is sent.

    The role may read all settings, since it must see whether TimescaleDB is loaded.
    """
    with psycopg.connect(state.admin_url, autocommit=True, sslmode="disable") as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'trackpulse'").fetchone():
            secret = connection.pgconn.encrypt_password(state.postgres_password.encode(), b"trackpulse")
            create = sql.SQL("CREATE ROLE trackpulse LOGIN PASSWORD {} IN ROLE pg_read_all_settings")
            connection.execute(create.format(sql.Literal(secret.decode())))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'trackpulse'").fetchone():
            connection.execute("CREATE DATABASE trackpulse OWNER trackpulse")


def _postmaster(data: Path) -> int | None:
    """Returns the pid in postmaster.pid."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _is_running_postgres(pid: int) -> bool:
    """Returns whether the process is a living PostgreSQL: no zombie, and no other process with its pid."""
    try:
        name, rest = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
    except OSError:
        return False
    return name == "postgres" and rest.split()[0] not in "ZX"


def _answers_at_last(data: Path, state: State) -> bool:
    """Waits for a running server that does not respond yet, since it may be in crash recovery."""
    deadline = time.monotonic() + START_SECONDS
    while (pid := _postmaster(data)) and _is_running_postgres(pid) and time.monotonic() < deadline:
        if answers(state):
            return True
        time.sleep(0.2)
    return False


def _forget_dead_postmaster(server: Server) -> None:
    """Replaces a zombie's pid in postmaster.pid, which PostgreSQL would consider a running server.

    The rest of the file stays, since PostgreSQL uses it to check whether processes of the dead server still
    use its memory. Our own pid means 'nobody', since PostgreSQL knows that pg_ctl's parent is not a server.
    """
    pid = _postmaster(server.data)
    if pid and Path("/proc/self").exists() and not _is_running_postgres(pid):
        path = server.data / "postmaster.pid"
        rest = path.read_text().split("\n", 1)[1:]
        server.account.write(path, "\n".join([str(os.getpid()), *rest]))


def require_answer(url: str) -> None:
    """Raises LaunchError if the server of DATABASE_URL refuses the connection; the URL is not shown."""
    try:
        with psycopg.connect(url, connect_timeout=5):
            pass
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise LaunchError(f"The server of DATABASE_URL refused the connection: {reason}.") from error
