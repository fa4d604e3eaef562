"""Reads: one function per question, its SQL in a file of sql/queries/, typed rows out."""

from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar

from sqlalchemy import TextClause, text

from webapp.extensions import db
from webapp.sql import read_sql

T = TypeVar("T")
Order = Literal["asc", "desc"]


@cache
def statement(name: str) -> TextClause:
    """The statement of sql/queries/`name`.sql, with `:parameters` to bind."""
    return text(read_sql(name).decode())


def whole(value: Any) -> Any:
    """A sum as an int: PostgreSQL sums bigints as `numeric`, since what comes out may not fit a bigint."""
    return int(value) if isinstance(value, Decimal) else value


def rows(kind: type[T], name: str, **parameters: Any) -> list[T]:
    """All rows of a question; `kind` takes the columns by name."""
    return [kind(**row) for row in db.session.execute(statement(name), parameters).mappings()]


def one(kind: type[T], name: str, **parameters: Any) -> T | None:
    """The only row of a question, or None."""
    row = db.session.execute(statement(name), parameters).mappings().one_or_none()
    return None if row is None else kind(**row)
