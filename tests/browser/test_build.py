"""`npm run build` uses only listed files and is reproducible."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from launcher.assets import find_npm
from tests import ROOT

pytestmark = pytest.mark.browser

ASSETS = ROOT / "webapp/assets"


def link(source: str, target: str) -> None:
    """Links a file, or copies it where the temporary folder is on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A copy of the assets with its own build output; npm packages are linked file by file."""
    copy = tmp_path / "webapp/assets"
    shutil.copytree(ASSETS, copy, ignore=shutil.ignore_patterns("node_modules", ".*"))
    shutil.copytree(ASSETS / "node_modules", copy / "node_modules", symlinks=True, copy_function=link)
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return copy


def build(assets: Path) -> subprocess.CompletedProcess[str]:
    node = find_npm().with_name("node")
    return subprocess.run([str(node), "build.mjs"], cwd=assets, capture_output=True, text=True, check=False)


def contents(static: Path) -> dict[str, bytes]:
    return {str(file.relative_to(static)): file.read_bytes() for file in static.rglob("*") if file.is_file()}


def test_two_builds_are_the_same_and_show_nothing_of_source_maps(assets: Path) -> None:
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
