"""A cache of responses in Redis, so that the same request soon after costs no call.

Metadata, reference and chart lists, and search are cached; tokens, audience, rankings,
identifiers, the account's usage and errors never are.
"""

import hashlib
import logging
from typing import Any

import msgspec
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger("jobs.soundcharts")

# Ages in seconds.
HOUR = 60 * 60
DAY = 24 * HOUR


class AnswerCache:
    """The cached responses of one account, as received; the keys hold `account` only as a hash.

    An entry is the list of all pages, so that pages of different times never mix. Without Redis nothing is
    cached and nothing fails here: no call is made then either (`ratelimit.py`).
    """

    def __init__(self, redis: Redis, account: str) -> None:
        digest = hashlib.sha256(account.encode()).hexdigest()[:16]
        self._prefix = f"soundcharts:{{{digest}}}:answer:"
        self._redis = redis

    def get(self, path: str) -> list[dict[str, Any]]:
        """Returns the cached pages of `path`, which includes its query; empty if nothing is cached."""
        try:
            kept: Any = self._redis.get(self._prefix + path)
        except RedisError as error:
            log.warning("The cache was not read: Redis is unavailable (%s).", type(error).__name__)
            return []
        return msgspec.json.decode(kept, type=list[dict[str, Any]]) if kept else []

    def put(self, path: str, pages: list[dict[str, Any]], seconds: int) -> None:
        try:
            self._redis.set(self._prefix + path, msgspec.json.encode(pages), ex=seconds)
        except RedisError as error:
            log.warning("A response was not cached: Redis is unavailable (%s).", type(error).__name__)
