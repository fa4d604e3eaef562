"""The statements in sql/queries/, by the name of their file."""

from functools import cache
from pathlib import Path

from webapp.config import ROOT

QUERIES = ROOT / "sql" / "queries"


@cache
def _files() -> dict[str, Path]:
    """Every file by its name, whatever folder it is in; no two have the same name."""
    return {path.stem: path for path in QUERIES.rglob("*.sql")}


def read_sql(name: str) -> bytes:
    """The text of `name`.sql, as psycopg takes it. Raises LookupError where there is none."""
    try:
        return _files()[name].read_bytes()
    except KeyError:
        raise LookupError(f"There is no {name}.sql in {QUERIES}.") from None
