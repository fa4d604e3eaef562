"""The rules of the house: which area imports which, how large a module may be, and where a page's code is."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from flask import Flask

from tests import ROOT

PACKAGES = ("webapp", "jobs", "sandbox", "launcher")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
CALLERS = [*SOURCES, *sorted((ROOT / "benchmarks").rglob("*.py")), ROOT / "wsgi.py"]

FORBIDDEN = {
    "webapp": ["jobs", "sandbox", "launcher", "tests"],
    "jobs": ["webapp.views", "sandbox", "launcher", "tests"],
    "jobs.soundcharts": ["flask", "sqlalchemy", "psycopg"],
    "sandbox": ["webapp", "jobs", "launcher", "tests"],
    "launcher": ["jobs", "sandbox", "webapp.models", "webapp.queries", "webapp.views", "tests"],
}
# Commands work without `make run` too, by starting the servers for their own time.
COMMANDS = ("webapp.cli", "webapp.figures_check", "jobs.commands")
"""These may import launcher.cli."""

# The first parts of URLs whose code is in another area of webapp/views/ than the URL says.
OTHER_AREAS = {
    "": "dashboard",
    "healthz": "shared",
    "readyz": "shared",
    "login": "account",
    "logout": "account",
    "reset": "account",
    "notes": "tracks",
    "soundcharts": "api",
    "views": "lists",
}

# Functions of libraries whose arguments have no names, and what they take.
WITHOUT_NAMES = {
    "Table": "rich: the heads of the columns",
    "add_row": "rich: the cells of a row",
    "info": "logging: the values of a line",
    "warning": "logging: the values of a line",
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in SOURCES}


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def modules_imported(path: Path) -> set[str]:
    """The modules of ours that a module imports; `from package import module` names the module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & MODULES.keys()
            found |= {node.module} if names - MODULES.keys() else set()
    return found & MODULES.keys()


def within(module: str, area: str) -> bool:
    return module == area or module.startswith(f"{area}.")


def listed_areas() -> dict[str, tuple[set[str], set[str]]]:
    """The table of docs/areas.md: for each area its modules, or folders, and the areas it imports."""
    lines = (ROOT / "docs/areas.md").read_text().splitlines()
    begin = lines.index("| area | modules | imports |") + 2
    table = {}
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        area, modules, imports = (cell.strip() for cell in line.strip("|").split("|"))
        table[area] = (set(re.findall(r"`([\w.]+)`", modules)), set(filter(None, re.split(r",\s*", imports))))
    return table


def area_of(module: str, table: dict[str, tuple[set[str], set[str]]]) -> str:
    """The area whose modules name this one most exactly."""
    named = [
        (name, area) for area, (names, _imports) in table.items() for name in names if within(module, name)
    ]
    assert named, f"docs/areas.md lists no area for {module}"
    return max(named, key=lambda found: len(found[0]))[1]


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_packages_import_one_way(path: Path) -> None:
    module = module_of(path)
    forbidden = [area for here, areas in FORBIDDEN.items() if within(module, here) for area in areas]
    wrong = {found for found in imports_of(path) if any(within(found, area) for area in forbidden)}
    if any(within(module, command) for command in COMMANDS):
        wrong = {found for found in wrong if not within(found, "launcher.cli") and found != "launcher"}
    assert wrong == set()


def test_areas_import_what_the_table_lists() -> None:
    table = listed_areas()
    arrows: defaultdict[str, set[str]] = defaultdict(set)
    for module, path in MODULES.items():
        if within(module, "webapp") or within(module, "jobs"):
            arrows[area_of(module, table)] |= {
                area_of(found, table)
                for found in modules_imported(path)
                if within(found, "webapp") or within(found, "jobs")
            }
    found = {area: sorted(arrows[area] - {area}) for area in table}
    assert found == {area: sorted(imports) for area, (_modules, imports) in table.items()}


def test_there_is_no_import_circle() -> None:
    table = listed_areas()
    graphs = [
        {module: modules_imported(path) - {module} for module, path in MODULES.items()},
        {area: imports for area, (_modules, imports) in table.items()},
    ]
    for graph in graphs:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_imports_stand_at_the_head(path: Path) -> None:
    late = [
        node.lineno
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_the_code_of_a_page_is_in_the_area_of_its_url(migrated_app: Flask) -> None:
    for rule in migrated_app.url_map.iter_rules():
        module = migrated_app.view_functions[rule.endpoint].__module__
        if rule.endpoint == "static" or rule.rule.startswith("/<any(tracks, artists)"):
            continue
        first = rule.rule.split("/")[1]
        area = OTHER_AREAS.get(first, first)
        assert within(module, f"webapp.views.{area}"), (rule.rule, module)


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=module_of)
def test_no_module_or_function_is_too_long(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            assert node.end_lineno - node.lineno < 60, node.name


@pytest.mark.parametrize("path", CALLERS, ids=module_of)
def test_a_call_names_the_arguments_after_its_third(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    long = [(call.lineno, ast.unparse(call.func)) for call in calls if len(call.args) > 3]
    assert [(line, name) for line, name in long if name.split(".")[-1] not in WITHOUT_NAMES] == []


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_modules_have_docstrings(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_every_query_is_used() -> None:
    """A file of sql/queries/ that nothing names is dead."""
    code = "\n".join(path.read_text() for path in SOURCES)
    unused = {path.stem for path in (ROOT / "sql/queries").rglob("*.sql") if path.stem not in code}
    assert unused == set()


def test_http_to_soundcharts_is_in_one_package() -> None:
    users = {module_of(path) for path in SOURCES if "requests" in set(imports_of(path))}
    assert {module for module in users if not within(module, "jobs.soundcharts")} <= {"jobs.commands.demo"}


def test_no_template_holds_script_or_style() -> None:
    for path in (ROOT / "templates").rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text()
            assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text) or path.suffix == ".svg", path
