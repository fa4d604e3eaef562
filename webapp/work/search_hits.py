"""What a search at SoundCharts found, kept for whoever asked; in Redis, since a call brings it again."""

import json
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from flask import current_app

from webapp.cache import Cache


class Found(NamedTuple):
    """A hit; `kind` is song, artist or what else an address can stand for. Of an address no name is known."""

    kind: str
    uuid: str
    name: str = ""
    note: str = ""


def keep_found(run: UUID, found: Sequence[Found]) -> None:
    """Keeps the hits of a run for a day."""
    _cache().put(_key(run), json.dumps(found).encode())


def kept_found(run: UUID) -> list[Found] | None:
    """The hits of a run, or None where they are no longer kept."""
    kept = _cache().get(_key(run))
    return None if kept is None else [Found(*row) for row in json.loads(kept)]


def _cache() -> Cache:
    cache: Cache = current_app.extensions["cache"]
    return cache


def _key(run: UUID) -> str:
    return f"found:{run}"
