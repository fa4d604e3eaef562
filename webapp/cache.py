"""Responses cached per version of the data: ETag, 304, and bytes in Redis.

A key holds the versions of all data in the response, so nothing needs to be invalidated: changed data have a
new key, and the old one expires. Without Redis everything works, only uncached.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from flask import Flask, Response, current_app, g, has_app_context, request
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp import timing
from webapp.resources import CODE, TEMPLATES
from webapp.sql import QUERIES

SECONDS_KEPT = 24 * 3600
SECONDS_LEFT_ALONE = 5

# Short, and without redis-py's own retries: a page must not wait for a cache it does not need.
REDIS_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": Retry(NoBackoff(), 0),
}

MIMETYPES = {"json": "application/json", "html": "text/html"}

log = logging.getLogger(__name__)


class Cache:
    """Bytes in Redis by key; after a failure Redis is not used for SECONDS_LEFT_ALONE."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.away_until = 0.0

    def get(self, key: str) -> bytes | None:
        """Returns the cached bytes, or None, as always for an admin who looks at the statements."""
        if has_app_context() and "debugging" in g:
            return None
        found = cast("bytes | None", self._run(lambda: self.redis.get(key)))
        timing.note_cache(hit=found is not None)
        return found

    def put(self, key: str, value: bytes, seconds: int = SECONDS_KEPT) -> None:
        """Caches `value` for `seconds`, by default a day."""
        self._run(lambda: self.redis.set(key, value, ex=seconds))

    def _run(self, command: Callable[[], object]) -> object:
        if time.monotonic() < self.away_until:
            return None
        try:
            result = command()
        except RedisError as error:
            if not self.away_until:
                log.warning("Redis cannot be reached, so nothing is cached: %s", error)
            self.away_until = time.monotonic() + SECONDS_LEFT_ALONE
            return None
        self.away_until = 0.0
        return result


def init_app(app: Flask) -> None:
    """Puts `redis` and `cache` into `app.extensions`; does not connect yet."""
    redis = Redis.from_url(app.config["SETTINGS"].redis_url, **REDIS_OPTIONS)
    app.extensions["redis"] = redis
    app.extensions["cache"] = Cache(redis)


def versioned_json(parts: Sequence[object], make: Callable[[], Any]) -> Response:
    """Returns the JSON of `make()` with an ETag of `parts`, which must be read before `make` reads.

    The response is 304 if the client has it already, and comes from Redis if it is cached.
    """
    return _versioned("json", parts, lambda: json.dumps(make(), ensure_ascii=False))


def versioned_html(parts: Sequence[object], make: Callable[[], str]) -> Response:
    """Returns a fragment of a page, cached like JSON; `parts` include the reader's role."""
    return _versioned("html", parts, make)


def _versioned(kind: str, parts: Sequence[object], make: Callable[[], str]) -> Response:
    etag = hashlib.sha256(repr((CODE_VERSION, *parts)).encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(_kept(f"{kind}:{etag}", make), mimetype=MIMETYPES[kind])
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
    """Returns a digest of code, SQL and templates, so that a new release returns no old responses."""
    digest = hashlib.sha256()
    for folder, pattern in ((CODE, "*.py"), (QUERIES, "*.sql"), (TEMPLATES, "*.*")):
        for path in sorted(folder.rglob(pattern)):
            if not {"node_modules", "__pycache__"} & set(path.parts):
                digest.update(path.read_bytes())
    return digest.hexdigest()


CODE_VERSION = _code_version()
