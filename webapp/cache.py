"""Responses cached per version of the data: ETag, 304, and bytes in Redis.

What is cached names the versions of all data in it, so nothing needs to be invalidated: of changed data a new
response is made. Without Redis everything works, only uncached.
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
SECONDS_CLAIMED = 30
"""A process that died while it made something does not hold the others up for longer."""

# Short, and without redis-py's own retries: a page must not wait for a cache it does not need.
REDIS_OPTIONS: dict[str, Any] = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry": Retry(NoBackoff(), 0),
}

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

    def claim(self, key: str) -> bool:
        """Returns whether nobody else has claimed `key`, as always without Redis."""
        taken = self._run(lambda: self.redis.set(key, b"", nx=True, ex=SECONDS_CLAIMED) is None)
        return not taken

    def leave(self, key: str) -> None:
        """Ends a claim."""
        self._run(lambda: self.redis.delete(key))

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
    etag = _digest(*parts)
    if request.if_none_match.contains_weak(etag):
        return _tagged(Response(status=304), etag)
    cache: Cache = current_app.extensions["cache"]
    body = cache.get(f"json:{etag}")
    if body is None:
        body = json.dumps(make(), ensure_ascii=False).encode()
        cache.put(f"json:{etag}", body)
    return _tagged(Response(body, mimetype="application/json"), etag)


def latest_html(
    name: Sequence[object], versions: Sequence[object], make: Callable[[], str], again: Callable[[], str]
) -> Response:
    """Returns the fragment of a page that `make()` makes; `versions` of its data are read before it is made.

    `name` includes the reader's role. While one request makes a changed fragment, all others get the last one
    made, with the HTML of `again()` at its end, which requests the fragment once more.
    """
    etag = _digest(*name, *versions)
    if request.if_none_match.contains_weak(etag):
        return _tagged(Response(status=304), etag)
    body, is_current = _latest(f"html:{_digest(*name)}", etag, make)
    if is_current:
        return _tagged(Response(body, mimetype="text/html"), etag)
    response = Response(body + again().encode(), mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _tagged(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _latest(key: str, etag: str, make: Callable[[], str]) -> tuple[bytes, bool]:
    """Returns a body, and whether it is that of `etag`; the key holds the last one made, after its etag."""
    cache: Cache = current_app.extensions["cache"]
    head = etag.encode()
    kept = cache.get(key) or b""
    if kept.startswith(head):
        return kept[len(head) :], True
    if not cache.claim(f"making:{key}"):
        return kept[len(head) :], False
    try:
        kept = cache.get(key) or b""  # another request may have made it before this one's claim
        if not kept.startswith(head):
            kept = head + make().encode()
            cache.put(key, kept)
    finally:
        cache.leave(f"making:{key}")
    return kept[len(head) :], True


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr((CODE_VERSION, *parts)).encode()).hexdigest()[:32]


def _code_version() -> str:
    """Returns a digest of code, SQL and templates, so that a new release returns no old responses."""
    digest = hashlib.sha256()
    for folder, pattern in ((CODE, "*.py"), (QUERIES, "*.sql"), (TEMPLATES, "*.*")):
        for path in sorted(folder.rglob(pattern)):
            if not {"node_modules", "__pycache__"} & set(path.parts):
                digest.update(path.read_bytes())
    return digest.hexdigest()


CODE_VERSION = _code_version()
