"""`make` on a machine that lacks something, and its help."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT

MAKE = shutil.which("make") or "make"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "setup.py", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MAKE, *arguments], cwd=project, capture_output=True, text=True, check=False)


def python(folder: Path, script: str) -> str:
    path = folder / "some-python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


@pytest.mark.parametrize("arguments", [[], ["help"]])
def test_help_lists_every_target(project: Path, arguments: list[str]) -> None:
    listed = re.findall(r"^make (\w+) +\S", make(project, *arguments).stdout, re.MULTILINE)
    declared = re.search(r"^\.PHONY: (.*)$", (project / "Makefile").read_text(), re.MULTILINE)
    assert declared is not None
    assert listed == declared[1].split()


@pytest.mark.parametrize("target", ["run", "test", "check", "assets"])
@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("exit 1", "Python 3.11 or later is needed: install it, or name it with 'make PYTHON=...'."),
        (
            'case "$2" in *venv*) exit 1;; esac',
            "Python's venv module is missing: install it (on Debian the package python3-venv).",
        ),
    ],
    ids=["too old", "no venv"],
)
def test_a_python_that_will_not_do_is_one_sentence(
    project: Path, target: str, script: str, sentence: str
) -> None:
    done = make(project, target, python(project, script))
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == sentence
    assert not (project / ".venv").exists()


def test_a_missing_python_is_one_sentence(project: Path) -> None:
    assert make(project, "run", "PYTHON=/nowhere/python").stderr.startswith("Python 3.11 or later is needed")
