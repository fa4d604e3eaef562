"""How often a caller may ask, by kind of request. Sign-ins have limits of their own, in throttle.py.

What is over a limit is answered 429 with Retry-After, in the form that the caller reads (views/errors.py).
"""

from flask_login import current_user

from webapp.extensions import limiter
from webapp.lib.addresses import remote_network


def caller() -> str:
    """Who is counted: a person, whatever sessions and tokens they have; who is not signed in by address."""
    return f"user:{current_user.id}" if current_user.is_authenticated else remote_network()


# Each address that changes something counts for itself; what is shared counts all addresses of its kind.
changes = limiter.limit("60/minute", key_func=caller)
refreshes = limiter.shared_limit("60/minute", scope="refresh", key_func=caller)
exports = limiter.shared_limit("30/minute", scope="export", key_func=caller)
data = limiter.shared_limit("600/minute", scope="data", key_func=caller)
# The field asks at every pause while somebody types.
searches = limiter.limit("240/minute", key_func=caller)
