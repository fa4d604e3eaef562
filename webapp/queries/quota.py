"""What is left of the API's quota."""

from datetime import datetime
from typing import NamedTuple

from webapp.queries import one


class Quota(NamedTuple):
    """Calls left, as the API said at `known_at`."""

    quota_left: int
    known_at: datetime


def quota() -> Quota | None:
    """The quota as the last answer of the API told it; None before the first."""
    return one(Quota, "quota_left")
