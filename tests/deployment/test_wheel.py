"""The wheel holds all that is read at run time, and an installation needs nothing of the project's folder."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.deployment.wheels import build_wheel, copy_project, install, project_files
from tests.servers import new_database
from webapp.config import Settings

PROGRAMS = Path(sys.executable).parent
FOLDERS = {"docs": "trackpulse_docs", "sql": "trackpulse_sql", "templates": "trackpulse_templates"}
MODULES = ("jobs", "launcher", "sandbox", "webapp", "wsgi", *FOLDERS.values())
EMAIL, PASSWORD = "ann@label.example", "a long password of ours"
VISIT = """
import json, re
from wsgi import app

client = app.test_client()
login = client.get("/login").text
token = re.search(r'name="csrf_token" value="([^"]+)"', login)[1]
sent = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
signed_in = client.post("/login", data=sent)
style = re.search(r'href="(/static/app.css[^"]+)"', login)[1]
addresses = [style, "/", "/help/figures/", "/help/changes/", "/readyz"]
print(json.dumps([signed_in.status_code, *(client.get(address).status_code for address in addresses)]))
print(json.dumps(client.get("/help/figures/").text))
"""


class Installation:
    """The unpacked wheel, and an empty folder to run its commands in."""

    def __init__(self, folder: Path) -> None:
        self.packages = folder / "site-packages"
        self.empty = folder / "empty"
        self.empty.mkdir()

    def run(self, *command: str, **settings: str) -> str:
        """Returns what a command prints; a program is one of the environment's."""
        env = {"PATH": f"{PROGRAMS}{os.pathsep}{os.defpath}", "PYTHONPATH": str(self.packages)} | settings
        done = subprocess.run(command, cwd=self.empty, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, in which a module that is gone was built before."""
    folder = tmp_path_factory.mktemp("project")
    copy_project(folder)
    former = folder / "build/lib/webapp/former.py"
    former.parent.mkdir(parents=True)
    former.touch()
    return folder


@pytest.fixture(scope="module")
def installation(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    install(project, installation.packages)
    return installation


@pytest.fixture
def servers(settings: Settings, worker_number: int) -> Iterator[dict[str, str]]:
    """The settings of a site on an empty database."""
    with new_database(f"wheel_{worker_number}") as url:
        yield {
            "DATABASE_URL": url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "SESSION_COOKIE_SECURE": "false",
        }


def test_it_holds_the_code_the_data_and_the_assets_and_nothing_else(installation: Installation) -> None:
    built = (path for path in (ROOT / "webapp/static").rglob("*") if path.is_file())
    assets = {str(path.relative_to(ROOT)) for path in built}
    assert {"webapp/static/app.css", "webapp/static/app.js.br"} <= assets
    (record,) = installation.packages.glob("*.dist-info/RECORD")
    packed = {line.split(",")[0] for line in record.read_text().splitlines() if ".dist-info/" not in line}
    assert packed == {place for name in project_files() if (place := place_of(name))} | assets


def place_of(name: str) -> str:
    """Where a file of the project belongs in site-packages; empty for one that stays behind."""
    if name == "CHANGELOG.md":
        return f"trackpulse_docs/{name}"
    if name in ("docs/__init__.py", "docs/figures.md", "docs/chart-figures.md", "wsgi.py") or name.startswith(
        ("sql/", "templates/")
    ):
        first, *rest = Path(name).parts
        return str(Path(FOLDERS.get(first, first), *rest))
    ours = name.startswith(("webapp/", "jobs/", "sandbox/", "launcher/"))
    return name if ours and not name.startswith("webapp/assets/") else ""


def test_modules_and_folders_are_those_of_the_installation(installation: Installation) -> None:
    code = f"import importlib.util; print(*(importlib.util.find_spec(name).origin for name in {MODULES}))"
    found = installation.run(sys.executable, "-c", code).split()
    assert len(found) == len(MODULES)
    assert all(Path(origin).is_relative_to(installation.packages) for origin in found), found


def test_the_programs_run_from_any_folder(installation: Installation) -> None:
    assert "{run}" in installation.run("trackpulse", "--help")
    assert "fetch-audience-data" in installation.run("flask", "--help")
    assert "--port" in installation.run(sys.executable, "-m", "sandbox", "--help")
    assert list(installation.empty.iterdir()) == []


def test_a_new_database_is_migrated_and_pages_are_shown(
    installation: Installation, servers: dict[str, str]
) -> None:
    installation.run("flask", "upgrade", **servers)
    assert "track_audience_time_series" in installation.run("flask", "db-info", **servers)
    assert "(head)" in installation.run("flask", "db", "current", **servers)
    installation.run("flask", "users", "create", EMAIL, "--password", PASSWORD, **servers)
    code = f"EMAIL, PASSWORD = {EMAIL!r}, {PASSWORD!r}\n{VISIT}"
    statuses, figures = map(json.loads, installation.run(sys.executable, "-c", code, **servers).splitlines())
    assert statuses == [302, 200, 200, 200, 200, 200]
    assert '<h2 id="gain">' in figures


def test_the_assets_need_no_package_to_be_built() -> None:
    """The build of a wheel begins without the dependencies."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import launcher.assets"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_there_is_no_wheel_without_assets(project: Path, tmp_path: Path) -> None:
    without = tmp_path / "project"
    shutil.copytree(project, without, ignore=shutil.ignore_patterns("assets", "static", "build", "dist"))
    done = build_wheel(without)
    assert done.returncode != 0
    assert "error: There are no scripts and styles in " in done.stdout + done.stderr
    assert not (without / "dist").exists() or not list((without / "dist").iterdir())
