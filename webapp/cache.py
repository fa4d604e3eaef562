"""Answers that are made once per version of the data: ETag, 304, and bytes kept in Redis.

A key holds the versions of everything an answer shows, so nothing is ever thrown out: what changed has a new
key, and the old one is left to its time limit. Without Redis everything works, only uncached.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from flask import Flask, Response, current_app, request
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.config import ROOT

SECONDS_KEPT = 24 * 3600
SECONDS_LEFT_ALONE = 5

# Short, and without redis-py's own retries: a page must not wait for what it can do without.
REDIS_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": Retry(NoBackoff(), 0),
}

log = logging.getLogger(__name__)


class Cache:
    """Bytes in Redis by key; a Redis that failed is left alone for some seconds."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.away_until = 0.0

    def get(self, key: str) -> bytes | None:
        """What was kept, or None."""
        return cast("bytes | None", self._ask(lambda: self.redis.get(key)))

    def put(self, key: str, value: bytes, seconds: int = SECONDS_KEPT) -> None:
        """Keeps `value` for so long, a day if nothing else is said."""
        self._ask(lambda: self.redis.set(key, value, ex=seconds))

    def _ask(self, command: Callable[[], object]) -> object:
        if time.monotonic() < self.away_until:
            return None
        try:
            answer = command()
        except RedisError as error:
            if not self.away_until:
                log.warning("Redis cannot be reached, so nothing is cached: %s", error)
            self.away_until = time.monotonic() + SECONDS_LEFT_ALONE
            return None
        self.away_until = 0.0
        return answer


def init_app(app: Flask) -> None:
    """Puts `redis` and `cache` into `app.extensions`; connects to nothing yet."""
    redis = Redis.from_url(app.config["SETTINGS"].redis_url, **REDIS_OPTIONS)
    app.extensions["redis"] = redis
    app.extensions["cache"] = Cache(redis)


def versioned_json(parts: Sequence[object], make: Callable[[], Any]) -> Response:
    """The JSON of `make()` under an ETag made of `parts`, which must have been read before `make` reads.

    304 to who has it already; from Redis where it was made before.
    """
    return _versioned("json", "application/json", parts, lambda: json.dumps(make(), ensure_ascii=False))


def versioned_html(parts: Sequence[object], make: Callable[[], str]) -> Response:
    """The same for a fragment of a page; `parts` name all that it depends on, the reader's role too."""
    return _versioned("html", "text/html", parts, make)


def _versioned(kind: str, mimetype: str, parts: Sequence[object], make: Callable[[], str]) -> Response:
    etag = hashlib.sha256(repr((CODE_VERSION, *parts)).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(_kept(f"{kind}:{etag}", make), mimetype=mimetype)
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _kept(key: str, make: Callable[[], str]) -> bytes:
    cache: Cache = current_app.extensions["cache"]
    body = cache.get(key)
    if body is None:
        body = make().encode()
        cache.put(key, body)
    return body


def _code_version() -> str:
    """A digest of all that decides the form of an answer, so that a new release answers no old bytes."""
    digest = hashlib.sha256()
    for folder, pattern in (("webapp", "*.py"), ("sql/queries", "*.sql"), ("templates", "*.*")):
        for path in sorted((ROOT / folder).rglob(pattern)):
            if "node_modules" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()


CODE_VERSION = _code_version()
