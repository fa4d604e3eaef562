"""The columns of a list that a user chose; `users.preferences` keeps them by the name of the table."""

from collections.abc import Sequence
from typing import Any

from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.views.shared.listing import Column
from webapp.views.shared.parameters import BadParameterError

KEPT_AS = "columns"


def chosen_columns(table: str, columns: Sequence[Column[Any]]) -> frozenset[str]:
    """Returns the names of the columns that the user chose for a table, otherwise of the usual ones."""
    names = _kept().get(table)
    if not isinstance(names, list):
        return frozenset(column.sort for column in columns if not column.extra)
    return frozenset(name for name in names if isinstance(name, str))


def keep_columns(table: str, columns: Sequence[Column[Any]], given: MultiDict[str, str]) -> None:
    """Keeps the fields `column` as the user's choice for a table; with `usual` the choice is dropped.

    Raises BadParameterError.
    """
    names, known = given.getlist("column"), [column.sort for column in columns]
    if unknown := [name for name in names if name not in known]:
        raise BadParameterError(f"column must be one of {', '.join(known)}, not {unknown[0][:40]!r}.")
    chosen = {} if "usual" in given else {table: names}
    others = {other: columns for other, columns in _kept().items() if other != table}
    current_user.preferences = {**current_user.preferences, KEPT_AS: others | chosen}


def _kept() -> dict[str, Any]:
    """Returns the choices by table; none if what is stored is something else."""
    kept = current_user.preferences.get(KEPT_AS)
    return kept if isinstance(kept, dict) else {}
