"""Folders for servers, open to the account that PostgreSQL runs as, and ways to look at processes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import privileges
from launcher.engines import find_engine

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
