"""docker-compose.yml as Docker Compose reads it, and the Dockerfile as a list of instructions."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests import ROOT


class Instruction(NamedTuple):
    """One line of the Dockerfile; `stage` counts from 0."""

    stage: int
    name: str
    arguments: str


def read_compose(env: Mapping[str, str]) -> dict[str, Any]:
    """The file with its variables filled in from `env`."""
    text = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    filled = filled_in(text, env)
    assert isinstance(filled, dict)
    return filled


def filled_in(value: Any, env: Mapping[str, str]) -> Any:
    """Every `${NAME:-default}` replaced, and `$$` by the `$` that it stands for."""

    def fill(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else env.get(match["name"]) or match["default"]

    match value:
        case str():
            return re.sub(r"\$\$|\$\{(?P<name>\w+):-(?P<default>[^}]*)\}", fill, value)
        case dict():
            return {key: filled_in(part, env) for key, part in value.items()}
        case list():
            return [filled_in(part, env) for part in value]
        case _:
            return value


def read_dockerfile() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    found: list[Instruction] = []
    stage = -1
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("#"):
            continue
        name, arguments = line.split(maxsplit=1)
        stage += name == "FROM"
        found.append(Instruction(stage, name, " ".join(arguments.split())))
    return found


def copied_from_tree(instructions: list[Instruction]) -> list[tuple[Path, Path]]:
    """What is copied out of this folder, with where it goes."""
    pairs = []
    for instruction in instructions:
        if instruction.name == "COPY" and not instruction.arguments.startswith("--from"):
            *sources, target = instruction.arguments.split()
            folder = target.endswith("/")
            pairs += [
                (ROOT / name, Path(target, Path(name).name) if folder else Path(target)) for name in sources
            ]
    return pairs
