"""The folders that are read at run time, in an installation and in the project's folder.

setup.py gives sql/, templates/ and docs/ these names as packages.
"""

from importlib.resources import files
from pathlib import Path


def _folder(package: str) -> Path:
    """Returns the folder of a package; pip never leaves a package in an archive."""
    return Path(str(files(package)))


CODE = _folder("webapp")
DOCS = _folder("trackpulse_docs")
SQL = _folder("trackpulse_sql")
TEMPLATES = _folder("trackpulse_templates")
