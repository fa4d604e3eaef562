"""Folders for servers, open to the account that PostgreSQL runs as, and ways to look at processes."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import privileges
from launcher import state as states
from launcher.engines import find_engine
from launcher.servers import embedded_servers

ENGINES = [
    "plain",
    pytest.param(
        "auto",
        marks=[
            pytest.mark.timescale,
            pytest.mark.skipif(not find_engine().timescaledb, reason="no PostgreSQL here has TimescaleDB"),
        ],
    ),
]


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder that every account may enter, unlike pytest's own; private copies go into it too."""
    with tempfile.TemporaryDirectory(prefix="trackpulse-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "cache").mkdir()
        monkeypatch.setattr(privileges, "CACHE", folder / "cache")
        yield folder
        shutil.rmtree(folder / "cache")


@pytest.fixture
def var_dir(open_folder: Path) -> Path:
    return open_folder / "var"


@pytest.fixture(scope="session")
def first_start() -> Iterator[Path]:
    """The VAR_DIR of servers, without TimescaleDB, that were started once."""
    with tempfile.TemporaryDirectory(prefix="trackpulse-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_servers(folder / "var", engine="plain"):
            pass
        yield folder / "var"


@pytest.fixture
def used_var_dir(open_folder: Path, first_start: Path) -> Path:
    """A copy of it with ports of its own: to make a new database takes longer than most tests."""
    folder = open_folder / "var"
    subprocess.run(["cp", "--archive", str(first_start), str(folder)], check=True)
    postgres_port, redis_port = states.free_ports(2)
    states.update(folder, postgres_port=postgres_port, redis_port=redis_port)
    return folder
