"""What the time of a request went into: SQL statements and the cache, for Server-Timing and for admins."""

import re
from time import perf_counter
from typing import Any, NamedTuple

from flask import Flask, g, has_app_context
from sqlalchemy import Engine, event

from webapp.lib.masking import MASK

SECRET = re.compile("hash|token|secret|password|email")
"""Names of parameters that are not shown."""


class Sent(NamedTuple):
    """A statement that was sent; `name` is its file in sql/queries/, or what it does to which table."""

    name: str
    milliseconds: float
    rows: int
    sql: str
    parameters: Any

    @property
    def shown(self) -> dict[str, Any]:
        """The parameters; '***' for one that is secret."""
        given = self.parameters if isinstance(self.parameters, dict) else {}
        return {name: MASK if SECRET.search(name) else value for name, value in given.items()}

    @property
    def has_plan(self) -> bool:
        """Whether its plan may be shown, which names the values of all parameters."""
        return isinstance(self.parameters, dict) and not any(map(SECRET.search, self.parameters))


def init_app(app: Flask) -> None:
    """Notes the start of every request."""
    app.before_request(begin)


def begin() -> None:
    """Starts the count of a request."""
    g.began, g.statements, g.cache_reads = perf_counter(), [], []


def note_cache(*, hit: bool) -> None:
    """Notes a read of the cache, if it is for a request."""
    if has_app_context() and "cache_reads" in g:
        g.cache_reads.append(hit)


def server_timing(*, detailed: bool) -> str:
    """Returns the value of the header Server-Timing; without details it has the total only."""
    parts = [f"total;dur={(perf_counter() - g.began) * 1000:.1f}"]
    if detailed:
        spent = sum(sent.milliseconds for sent in g.statements)
        parts.append(f'sql;dur={spent:.1f};desc="{len(g.statements)} statements"')
        hits = sum(g.cache_reads)
        parts.append(f'cache;desc="{hits} hits, {len(g.cache_reads) - hits} misses"')
    return ", ".join(parts)


@event.listens_for(Engine, "before_cursor_execute")
def _start(*arguments: Any) -> None:
    arguments[4].began = perf_counter()  # the context of the execution


@event.listens_for(Engine, "after_cursor_execute")
def _note(*arguments: Any) -> None:
    _connection, cursor, sql, parameters, context, _many = arguments
    if not has_app_context() or "statements" not in g:
        return
    spent = (perf_counter() - context.began) * 1000
    name = context.execution_options.get("query") or _described(sql)
    g.statements.append(Sent(name, spent, rows=cursor.rowcount, sql=sql, parameters=parameters))


def _described(sql: str) -> str:
    """Returns 'select tracks' for a statement of a model."""
    table = re.search(r"\b(?:FROM|INTO|UPDATE)\s+(\w+)", sql)
    return f"{sql.split(maxsplit=1)[0].lower()} {table[1] if table else ''}".strip()
