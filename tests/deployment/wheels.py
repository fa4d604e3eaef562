"""Wheels, built without the network and unpacked as pip unpacks them."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from launcher.assets import ASSETS, STATIC, build_assets
from tests import ROOT
from tests.deployment.files import copied_from_tree, read_dockerfile

STAMPS = ASSETS / "node_modules"
"""Where the launcher notes which assets are built."""


def copy_project(folder: Path) -> None:
    """Copies all files of the project that git tracks or would add, and the built assets."""
    build_assets(print)
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(STATIC, folder / "webapp/static")
    (folder / "webapp/assets/node_modules").mkdir()
    for stamp in STAMPS.glob(".trackpulse-*"):
        shutil.copy(stamp, folder / "webapp/assets/node_modules")


def project_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file()]


def copy_for_image(folder: Path) -> None:
    """Does what the Dockerfile does before its second stage builds the wheel."""
    build_assets(print)
    for source, target in copied_from_tree([one for one in read_dockerfile() if one.stage == 1]):
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            ignored = shutil.ignore_patterns("node_modules", "__pycache__", "static")
            shutil.copytree(source, folder / target, ignore=ignored)
        else:
            shutil.copy(source, folder / target)
    shutil.copytree(STATIC, folder / "webapp/static")
    shutil.rmtree(folder / "webapp/assets")


def build_wheel(project: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command of `make wheel`."""
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--wheel-dir", "dist"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "."]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def install(project: Path, folder: Path) -> None:
    """Builds the wheel of `project`, and unpacks it into `folder`."""
    done = build_wheel(project)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
