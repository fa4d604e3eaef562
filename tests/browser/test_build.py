"""`npm run build` uses only listed files and is reproducible."""

import gzip
import json
import os
import re
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
    names = {"app.css", "app.js", "apexcharts.js", "icon.svg", "licences.txt"}
    assert set(first) == {name + suffix for name in names for suffix in ("", ".br", ".gz")}
    assert not [name for name, content in first.items() if b"sourceMappingURL" in content]
    assert [name for name in names if gzip.decompress(first[f"{name}.gz"]) != first[name]] == []
    for package in json.loads((ASSETS / "vendor.json").read_text()):
        assert package.encode() in first["licences.txt"]


def test_no_rule_depends_on_the_content_of_the_whole_page() -> None:
    """Chromium would style every element again at each step of a drawing: seconds in place of a moment."""
    css = (ROOT / "webapp/static/app.css").read_text()
    with_scripts = re.sub(r"@media \(scripting:none\){(?:[^{}]*{[^{}]*})*}", "", css)
    assert len(with_scripts) < len(css)
    assert re.findall(r"(?:^|[{},])(?:html|body|:root|\*)?:has\([^{]*", with_scripts) == []


@pytest.mark.parametrize(
    "path",
    [
        "apexcharts/src/charts/Line.js",
        "@svgdotjs/svg.js/dist/svg.esm.js",
        "flowbite/plugin.js",
        "htmx.org/dist/htmx.esm.js",
        "tailwindcss/index.css",
    ],
)
def test_a_package_with_a_changed_file_is_refused_in_one_sentence(assets: Path, path: str) -> None:
    file = assets / "node_modules" / path
    changed = file.read_bytes() + b"\n"
    file.unlink()
    file.write_bytes(changed)
    done = build(assets)
    assert done.returncode == 1
    package = re.match("(@[^/]+/)?[^/]+", path)
    assert package is not None
    assert done.stderr.startswith(f"node_modules/{package[0]} has the sha256 ")
    assert done.stderr.count("\n") == 1
    assert not (assets.parent / "static").exists()


def test_missing_packages_are_named(assets: Path) -> None:
    shutil.rmtree(assets / "node_modules")
    done = build(assets)
    assert done.returncode == 1
    assert "run 'npm install' in webapp/assets first" in done.stderr
