"""The words of the project: CONTRIBUTING.md says which ones it uses, and this test which ones it does not."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests import ROOT

FOLDERS = ("webapp", "jobs", "sandbox", "launcher", "sql/queries", "templates", "docs")
SUFFIXES = (".py", ".html", ".sql", ".js", ".css", ".md")
BUILT = ("webapp/static", "webapp/assets/node_modules")
SOURCES = [
    *ROOT.glob("*.md"),
    *(
        path
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES and not any(path.is_relative_to(ROOT / built) for built in BUILT)
    ),
]
# Each with the better words.
WORDS = {
    r"wish(es|ed|ing)?": "request, enqueue",
    r"rooms?": "package, folder, area",
    r"heart": "heartbeat",
    r"told|telling": "reported, shown",
    r"asked|asking": "requested",
    r"said": "reported, shown",
    r"that which|what is (wished|told)": "the thing itself",
    r"\"\"\"the same|-- the same": "what the function or statement does",
}


@pytest.mark.parametrize(("words", "better"), WORDS.items())
def test_only_words_of_the_field_and_the_trade_are_used(words: str, better: str) -> None:
    """In text and in the parts of names, such as `heart_rate` and `HeartRate`."""
    pattern = re.compile(rf"(?<![^\W_])({words})(?![^\W_])", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in SOURCES
        for number, line in enumerate(_parted(path).splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, f"use {better}: {found}"


@cache
def _parted(path: Path) -> str:
    """The text of a file, with a space between the parts of names in capitals."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", path.read_text())
