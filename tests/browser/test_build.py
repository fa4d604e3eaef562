"""`npm run build`: it takes only the files that it was told of, and gives the same every time."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from webapp.config import ROOT

pytestmark = pytest.mark.browser

ASSETS = ROOT / "webapp/assets"


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A copy of the assets whose build writes beside it; what npm installed is linked, file by file."""
    copy = tmp_path / "webapp/assets"
    shutil.copytree(ASSETS, copy, ignore=shutil.ignore_patterns("node_modules", ".*"))
    shutil.copytree(ASSETS / "node_modules", copy / "node_modules", symlinks=True, copy_function=os.link)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return copy


def build(assets: Path) -> subprocess.CompletedProcess[str]:
    node = shutil.which("node") or "node"
    return subprocess.run([node, "build.mjs"], cwd=assets, capture_output=True, text=True, check=False)


def contents(static: Path) -> dict[str, bytes]:
    return {str(file.relative_to(static)): file.read_bytes() for file in static.rglob("*") if file.is_file()}


def test_two_builds_are_the_same_and_say_nothing_of_source_maps(assets: Path) -> None:
    assert build(assets).returncode == 0
    first = contents(assets.parent / "static")
    assert build(assets).returncode == 0
    assert contents(assets.parent / "static") == first
    expected = {"app.css", "icon.svg", "vendor/htmx.min.js", "vendor/apexcharts.min.js"}
    assert expected | {f"js/{file.name}" for file in (ASSETS / "js").iterdir()} == set(first)
    assert not [name for name, content in first.items() if b"sourceMappingURL" in content]


@pytest.mark.parametrize("path", json.loads((ASSETS / "vendor.json").read_text()))
def test_a_file_that_is_not_the_listed_one_is_refused_in_one_sentence(assets: Path, path: str) -> None:
    file = assets / "node_modules" / path
    changed = file.read_bytes() + b"\n"
    file.unlink()
    file.write_bytes(changed)
    done = build(assets)
    assert done.returncode == 1
    assert done.stderr.startswith(f"node_modules/{path} has the sha256 ")
    assert done.stderr.count("\n") == 1
    assert not (assets.parent / "static").exists()


def test_missing_packages_are_named(assets: Path) -> None:
    shutil.rmtree(assets / "node_modules")
    done = build(assets)
    assert done.returncode == 1
    assert "run 'npm install' in webapp/assets first" in done.stderr
