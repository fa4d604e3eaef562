"""One rate limit for all workers: a token bucket in Redis.

The bucket is stored as one number, the time at which it is full again ("theoretical arrival time"), so a turn
is one atomic script and an idle bucket has no key.
"""

import hashlib
import math
import time

from redis import Redis
from redis.exceptions import RedisError

from jobs.soundcharts.errors import RateLimited, RateLimitUnavailable

# The longest time in seconds that a call waits for the API's own limit; a longer wait raises RateLimited.
LONGEST_HOLD = 30.0

# KEYS: the bucket, the hold. ARGV: microseconds per call, calls in a full bucket.
# Returns {milliseconds to wait, milliseconds left of a hold}; {0, 0} means that the turn was taken.
TAKE_A_TURN = """
local hold = redis.call('PTTL', KEYS[2])
if hold > 0 then return {hold, hold} end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval = tonumber(ARGV[1])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = full - (ARGV[2] - 1) * interval - now
if wait > 0 then return {math.ceil(wait / 1000), 0} end
full = full + interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return {0, 0}
"""


class RateLimit:
    """Allows at most `calls_per_minute` in any 60 seconds, and at most a second's worth of them at once.

    The limit is per `account`; the keys hold it only as a hash.
    """

    def __init__(self, redis: Redis, account: str, calls_per_minute: int) -> None:
        digest = hashlib.sha256(account.encode()).hexdigest()[:16]
        self._keys = [f"soundcharts:{{{digest}}}:bucket", f"soundcharts:{{{digest}}}:hold"]
        capacity = max(1, calls_per_minute // 60)
        # A full bucket is spent in addition to the refill, so the refill is that much slower.
        interval = math.ceil(60_000_000 / (calls_per_minute - capacity + 1))
        self._arguments = [interval, capacity]
        self._redis = redis
        self._take_a_turn = redis.register_script(TAKE_A_TURN)

    def wait_for_turn(self) -> None:
        """Waits until a call may be made.

        Raises RateLimited if the API's hold is longer than LONGEST_HOLD, RateLimitUnavailable without Redis.
        """
        while True:
            wait, hold = self._take()
            if wait == 0:
                return
            if hold > LONGEST_HOLD:
                raise RateLimited(
                    f"SoundCharts accepts no calls for another {hold:.0f} s (rate limit).", hold
                )
            time.sleep(wait)

    def hold(self, seconds: float) -> None:
        """Blocks the calls of all workers for `seconds`."""
        try:
            self._redis.set(self._keys[1], 1, px=math.ceil(seconds * 1000))
        except RedisError as error:
            raise _unavailable(error) from error

    def _take(self) -> tuple[float, float]:
        try:
            wait, hold = self._take_a_turn(keys=self._keys, args=self._arguments)
        except RedisError as error:
            raise _unavailable(error) from error
        return wait / 1000, hold / 1000


def _unavailable(error: RedisError) -> RateLimitUnavailable:
    reason = type(error).__name__
    return RateLimitUnavailable(f"Redis is unavailable ({reason}); without it no API call is made.")
