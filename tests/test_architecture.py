"""The house's own rules: which room may know which, and how full a room may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.config import ROOT

PACKAGES = ("webapp", "jobs", "sandbox", "launcher")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

# From a room to rooms that it may not know. What is not named here is allowed.
FORBIDDEN = {
    "webapp": ["jobs", "sandbox", "launcher", "tests"],
    "webapp.models": ["webapp.queries", "webapp.views", "webapp.work"],
    "webapp.queries": ["webapp.views", "webapp.work"],
    "jobs": ["webapp.views", "sandbox", "launcher", "tests"],
    "jobs.soundcharts": [
        "flask",
        "sqlalchemy",
        "psycopg",
        "webapp.models",
        "webapp.queries",
        "webapp.extensions",
    ],
    "sandbox": ["webapp", "jobs", "launcher", "tests"],
    "launcher": ["jobs", "sandbox", "webapp.models", "webapp.queries", "webapp.views", "tests"],
}
ALLOWED = {
    # The seeds' methods of Track: reads are a floor above the models, and this is the one door back up.
    ("webapp.models.track", "webapp.queries.audience"),
    # Commands work without `make run` too, by starting the servers for their own time.
    ("webapp.cli", "launcher.cli"),
    ("webapp.figures_check", "launcher.cli"),
    ("jobs.commands.charts", "launcher.cli"),
    ("jobs.commands.audience", "launcher.cli"),
    ("jobs.commands.demo", "launcher.cli"),
    ("jobs.commands.import_django", "launcher.cli"),
    ("jobs.commands.import_series", "launcher.cli"),
    ("jobs.commands.platforms", "launcher.cli"),
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_arrows_run_one_way(path: Path) -> None:
    module = module_of(path)
    forbidden = [room for here, rooms in FORBIDDEN.items() if within(module, here) for room in rooms]
    wrong = {
        imported
        for imported in imports_of(path)
        if any(within(imported, room) for room in forbidden)
        and not any(module == here and within(imported, there) for here, there in ALLOWED)
    }
    assert wrong == set()


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=module_of)
def test_no_room_is_too_full(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno < 60, node.name


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_public_modules_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_every_question_is_asked() -> None:
    """A file of sql/queries/ that nothing names is dead."""
    code = "\n".join(path.read_text() for path in SOURCES)
    unused = {path.stem for path in (ROOT / "sql/queries").rglob("*.sql") if path.stem not in code}
    assert unused == set()


def test_http_to_soundcharts_is_in_one_room() -> None:
    users = {module_of(path) for path in SOURCES if "requests" in set(imports_of(path))}
    assert {module for module in users if not within(module, "jobs.soundcharts")} <= {"jobs.commands.demo"}


def test_no_template_holds_script_or_style() -> None:
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text) or path.suffix == ".svg", path
