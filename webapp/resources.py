"""The folders that are read at run time, in an installation and in the project's folder.

setup.py gives sql/, templates/ and docs/ these names as packages.
"""

from importlib.resources import files
from pathlib import Path


def _folder(package: str) -> Path:
    """Returns the folder of a package; pip never leaves a package in an archive."""
    return Path(str(files(package)))


def _changelog(docs: Path) -> Path:
    """Returns the changelog: setup.py packs it with the documents; in a project it is beside their folder."""
    packed = docs / "CHANGELOG.md"
    return packed if packed.is_file() else docs.parent / "CHANGELOG.md"


CODE = _folder("webapp")
DOCS = _folder("trackpulse_docs")
CHANGELOG = _changelog(DOCS)
SQL = _folder("trackpulse_sql")
TEMPLATES = _folder("trackpulse_templates")
