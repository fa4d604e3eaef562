"""Answers kept in Redis for a while, so that the same question soon after costs no call.

Metadata, reference and chart lists, and search are kept; tokens, audience, popularity, rankings, identifiers
and the account's usage never are, nor is an error.
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
    """Answers of one account, as received; `account` goes into the keys only as a hash.

    An answer is the list of its pages, so that pages of different times never stand together. Without Redis
    nothing is kept, and nothing fails here: no call is made then either (`ratelimit.py`).
    """

    def __init__(self, redis: Redis, account: str) -> None:
        digest = hashlib.sha256(account.encode()).hexdigest()[:16]
        self._prefix = f"soundcharts:{{{digest}}}:answer:"
        self._redis = redis

    def get(self, address: str) -> list[dict[str, Any]]:
        """The pages of the answer to `address`, a path with its query; none where nothing is kept."""
        try:
            kept: Any = self._redis.get(self._prefix + address)
        except RedisError as error:
            log.warning("No kept answer was looked for: Redis does not answer (%s).", type(error).__name__)
            return []
        return msgspec.json.decode(kept, type=list[dict[str, Any]]) if kept else []

    def put(self, address: str, pages: list[dict[str, Any]], seconds: int) -> None:
        try:
            self._redis.set(self._prefix + address, msgspec.json.encode(pages), ex=seconds)
        except RedisError as error:
            log.warning("An answer is not kept: Redis does not answer (%s).", type(error).__name__)
