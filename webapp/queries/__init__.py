"""Reads: one function per query, with its SQL in a file of sql/queries/ and typed rows as its result."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar

from sqlalchemy import TextClause, text

from webapp.extensions import db
from webapp.sql import read_sql

T = TypeVar("T")
Order = Literal["asc", "desc"]
BLOCK = 1000
"""The rows of a large result that are in memory at once."""


@cache
def statement(name: str) -> TextClause:
    """Returns the statement of sql/queries/`name`.sql, with `:parameters` to bind."""
    return text(read_sql(name).decode()).execution_options(query=name)


def filled(name: str, **markers: str) -> TextClause:
    """Returns the statement with its markers, such as {order}, replaced by fixed SQL, never by user input."""
    written = statement(name).text
    for marker, words in markers.items():
        written = written.replace(f"{{{marker}}}", words)
    return text(written).execution_options(query=name)


def whole(value: Any) -> Any:
    """Returns a sum as an int, since PostgreSQL sums bigints as `numeric`."""
    return int(value) if isinstance(value, Decimal) else value


def rows(kind: type[T], name: str, **parameters: Any) -> list[T]:
    """Returns all rows of a query; `kind` takes the columns by name."""
    return [kind(**row) for row in db.session.execute(statement(name), parameters).mappings()]


def each(kind: type[T], name: str, **parameters: Any) -> Iterator[T]:
    """Yields the rows of a query through a cursor of the server, so that large results need no memory."""
    options = {"yield_per": BLOCK}
    with db.session.execute(statement(name), parameters, execution_options=options) as found:
        for row in found.mappings():
            yield kind(**row)


def one(kind: type[T], name: str, **parameters: Any) -> T | None:
    """Returns the only row of a query, or None."""
    row = db.session.execute(statement(name), parameters).mappings().one_or_none()
    return None if row is None else kind(**row)
