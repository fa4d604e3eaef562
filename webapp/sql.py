"""The statements in sql/queries/, by file name."""

from functools import cache
from pathlib import Path

from webapp import resources

QUERIES = resources.SQL / "queries"


@cache
def _files() -> dict[str, Path]:
    """Returns all files by name, across folders; names are unique."""
    return {path.stem: path for path in QUERIES.rglob("*.sql")}


def read_sql(name: str) -> bytes:
    """Returns the text of `name`.sql for psycopg. Raises LookupError if there is none."""
    try:
        return _files()[name].read_bytes()
    except KeyError:
        raise LookupError(f"There is no {name}.sql in {QUERIES}.") from None
