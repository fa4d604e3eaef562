"""Rate limits per caller and kind of request. Sign-ins have their own limits, in throttle.py.

A request over the limit gets 429 with Retry-After, in the format of the caller (views/errors.py).
"""

from flask_login import current_user

from webapp.extensions import limiter
from webapp.lib.addresses import remote_network


def caller() -> str:
    """Returns the key of a caller: the user, across sessions and tokens, or the network if not signed in."""
    return f"user:{current_user.id}" if current_user.is_authenticated else remote_network()


# Routes that change data have separate counts; a shared limit counts all routes of its kind together.
changes = limiter.limit("60/minute", key_func=caller)
refreshes = limiter.shared_limit("60/minute", scope="refresh", key_func=caller)
exports = limiter.shared_limit("30/minute", scope="export", key_func=caller)
data = limiter.shared_limit("600/minute", scope="data", key_func=caller)
# The search field sends a request at every pause in typing.
searches = limiter.limit("240/minute", key_func=caller)
