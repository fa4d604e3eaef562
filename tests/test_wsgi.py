"""What the `flask` command finds before anything is set."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["users", "--help"], 0), (["nothing"], 2)])
def test_commands_are_listed_without_settings(arguments: list[str], code: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == code
    if code == 0:
        assert done.stdout.startswith("Usage: ")
        assert done.stderr == ""
    else:
        assert "No such command 'nothing'" in done.stderr
    assert "DATABASE_URL" not in done.stdout + done.stderr
