"""The Dockerfile: pinned, without privileges, without secrets, and built as the launcher and make build."""

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from launcher.assets import INSTALL
from tests import ROOT
from tests.deployment.files import Instruction, copied_from_tree


def named(instructions: list[Instruction], name: str) -> list[str]:
    return [one.arguments for one in instructions if one.name == name]


def ignored(path: Path) -> bool:
    """Whether .dockerignore keeps a path from the builder."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    relative = path.relative_to(ROOT)
    if f"!{relative}" in lines:
        return False
    patterns = [line for line in lines if line and not line.startswith("#")]
    parts = [str(part) for part in [relative, *relative.parents]]
    return any(
        fnmatch(part, pattern) or (pattern.startswith("**/") and fnmatch(Path(part).name, pattern[3:]))
        for part in parts
        for pattern in patterns
    )


def test_what_it_copies_exists_and_is_not_ignored(dockerfile: list[Instruction]) -> None:
    for source, _ in copied_from_tree(dockerfile):
        assert source.exists(), source
        assert not ignored(source), source


def test_all_of_the_code_is_copied(dockerfile: list[Instruction]) -> None:
    """Every file that is tracked is in the image or left out on purpose."""
    left_out = {".ci", ".github", "benchmarks", "docs", "sandbox", "tests"}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    folders = {Path(name).parts[0] for name in tracked.stdout.splitlines() if "/" in name} - left_out
    copied = {
        source.relative_to(ROOT).parts[0] for source, _ in copied_from_tree(dockerfile) if source.is_dir()
    }
    assert copied == folders


@pytest.mark.parametrize(
    "name",
    [
        *(".env", ".env.local", "secrets/database_url", "var/state.json", ".git/config", ".venv/bin/python"),
        *("tests/conftest.py", "webapp/__pycache__/config.pyc", "webapp/assets/node_modules/x/y.js"),
    ],
)
def test_secrets_data_and_builds_never_reach_the_builder(name: str) -> None:
    assert ignored(ROOT / name)


def test_images_are_pinned(dockerfile: list[Instruction]) -> None:
    for image in named(dockerfile, "FROM"):
        assert re.fullmatch(r"(node:\d+\.\d+\.\d+-slim|python:3\.\d+-slim-\w+)( AS \w+)?", image)


def test_it_runs_as_an_ordinary_user_with_a_fixed_number(dockerfile: list[Instruction]) -> None:
    last = dockerfile[-1]
    assert (last.name, last.arguments) == ("USER", "10001:10001")
    assert any("useradd --uid 10001" in command for command in named(dockerfile, "RUN"))


def test_the_last_stage_installs_nothing(dockerfile: list[Instruction]) -> None:
    stage = dockerfile[-1].stage
    commands = [one.arguments for one in dockerfile if one.stage == stage and one.name == "RUN"]
    assert not re.search(r"\b(apt|apt-get|pip|npm|gcc)\b", " ".join(commands))


def test_assets_are_built_as_the_launcher_builds_them(dockerfile: list[Instruction]) -> None:
    commands = named([one for one in dockerfile if one.stage == 0], "RUN")
    assert commands == ["npm " + " ".join(INSTALL), "npm run build"]


def test_dependencies_are_pinned_and_without_the_development_tools(dockerfile: list[Instruction]) -> None:
    (command,) = [one for one in named(dockerfile, "RUN") if "pip install" in one]
    assert "--constraint constraints.txt dist/*.whl" in command
    assert "--editable" not in command
    assert "[" not in command


def test_no_secret_goes_into_a_layer(dockerfile: list[Instruction]) -> None:
    assert not named(dockerfile, "ARG")
    assert not re.search("password|secret|token|_key", " ".join(named(dockerfile, "ENV")), re.I)
