"""The hits of a search at SoundCharts, cached in Redis, since another call can fetch them again."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from flask import current_app

from webapp.cache import Cache


class Found(NamedTuple):
    """A hit; `kind` is song, artist or another subject of a URL. The subject of a URL has no name."""

    kind: str
    uuid: str
    name: str = ""
    note: str = ""


def keep_found(run: UUID, found: Sequence[Found]) -> None:
    """Caches the hits of a run for a day."""
    _cache().put(_key(run), json.dumps(found).encode())


def kept_found(run: UUID) -> list[Found] | None:
    """Returns the hits of a run, or None if they have expired."""
    kept = _cache().get(_key(run))
    return None if kept is None else [Found(*row) for row in json.loads(kept)]


def _cache() -> Cache:
    cache: Cache = current_app.extensions["cache"]
    return cache


def _key(run: UUID) -> str:
    return f"found:{run}"
