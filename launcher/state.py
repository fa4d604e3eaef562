"""The state of a VAR_DIR between starts: ports, passwords, keys and the location of the data."""

import fcntl
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from launcher.errors import LaunchError

HOST = "127.0.0.1"


@dataclass(frozen=True)
class State:
    """The content of `VAR_DIR/state.json`."""

    postgres_port: int
    redis_port: int
    sandbox_port: int
    postgres_data: str
    """PostgreSQL's data folder, relative to VAR_DIR; an absolute path if it had to be moved."""
    admin_password: str = field(repr=False)
    postgres_password: str = field(repr=False)
    redis_password: str = field(repr=False)
    secret_key: str = field(repr=False)
    demo_password: str = field(repr=False)

    @property
    def database_url(self) -> str:
        return f"postgresql://trackpulse:{self.postgres_password}@{HOST}:{self.postgres_port}/trackpulse"

    @property
    def admin_url(self) -> str:
        """The superuser's URL, which the site never uses."""
        return f"postgresql://postgres:{self.admin_password}@{HOST}:{self.postgres_port}/postgres"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.redis_password}@{HOST}:{self.redis_port}/0"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"


def read(var_dir: Path) -> State | None:
    """Returns the state of `var_dir`, or None if nothing was ever started."""
    path = _path(var_dir)
    try:
        return State(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LaunchError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise LaunchError(f"{path} is damaged; restore it, or move {var_dir} away.") from error


def load_or_create(var_dir: Path) -> State:
    """Returns the state of `var_dir`; creates it with new passwords and free ports if there is none."""
    with locked(var_dir, "state.lock"):
        return read(var_dir) or _write(var_dir, _new())


def update(var_dir: Path, **changes: int | str) -> State:
    """Returns the state with these fields changed; other concurrent changes are kept."""
    with locked(var_dir, "state.lock"):
        current = read(var_dir) or _new()
        return _write(var_dir, State(**(asdict(current) | changes)))


def free_ports(count: int) -> list[int]:
    """Returns distinct ports of the loopback address that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def may_bind(port: int) -> bool:
    """Returns whether this user may listen on `port` at all."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return False
        except OSError:
            return True
    return True


def listens(port: int) -> bool:
    """Returns whether a server accepts connections on `port` of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def locked(var_dir: Path, name: str) -> Iterator[None]:
    """Locks `VAR_DIR/name` exclusively; waits for other holders."""
    with lock_file(var_dir, name) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def lock_file(var_dir: Path, name: str) -> Iterator[int]:
    """A descriptor of `VAR_DIR/name` to call flock on; its lock ends with the block."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        file = os.open(var_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LaunchError(f"VAR_DIR {str(var_dir)!r} cannot be used: {error.strerror}.") from error
    try:
        yield file
    finally:
        fcntl.flock(
            file, fcntl.LOCK_UN
        )  # closing is not enough, since a child forked meanwhile would keep the lock
        os.close(file)


def _path(var_dir: Path) -> Path:
    return var_dir / "state.json"


def _new() -> State:
    postgres, redis, sandbox = free_ports(3)
    return State(
        postgres_port=postgres,
        redis_port=redis,
        sandbox_port=sandbox,
        postgres_data="postgres",
        admin_password=secrets.token_urlsafe(24),
        postgres_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        secret_key=secrets.token_urlsafe(32),
        demo_password=secrets.token_urlsafe(9),
    )


def _write(var_dir: Path, state: State) -> State:
    """Replaces the file atomically; mkstemp makes it readable only for its owner."""
    handle, name = tempfile.mkstemp(dir=var_dir, prefix=".state-")
    with os.fdopen(handle, "w") as file:
        json.dump(asdict(state), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(_path(var_dir))
    return state
