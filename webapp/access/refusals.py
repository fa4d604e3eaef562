"""Refused requests in the audit log: the first ones of an hour individually, the others as a count."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from webapp import audit
from webapp.access import limits
from webapp.extensions import db
from webapp.queries import rows, statement

MOST_EACH = 10
"""Events per hour of one caller and action."""
MOST_OF_ALL = 500
"""Events per hour of one action, of all callers."""
MOST_SETTLED = 50
"""Callers that get their own 'and 148 more' event at a time."""


class _Unrecorded(NamedTuple):
    action: str
    user_id: int | None
    actor: str
    address: str
    unrecorded: int


def record(action: str, subject: str, *, after: Mapping[str, Any] | None = None) -> None:
    """Counts a refusal, and records it if it is among the first of its hour; commits."""
    actor = audit.who()
    counted = {
        "action": action,
        "caller": limits.caller(),
        "each": MOST_EACH,
        "most": MOST_OF_ALL,
        "user_id": actor.user_id,
        "actor": actor.name,
        "address": actor.address,
    }
    if db.session.scalar(statement("refusal_count"), counted):
        audit.record_as(actor, action, subject, after=after)
    settle(running=False)


def settle(*, running: bool = True) -> None:
    """Records 'and 148 more' for past hours, and with `running` for the current one; commits."""
    found = rows(_Unrecorded, "refusals_settle", running=running)
    for one in found[:MOST_SETTLED]:
        _record_more(audit.Actor(one.user_id, one.actor, one.address), one.action, one.unrecorded)
    rest = found[MOST_SETTLED:]
    for action in sorted({one.action for one in rest}):
        more = sum(one.unrecorded for one in rest if one.action == action)
        _record_more(audit.Actor(None, "many callers", ""), action, more)
    db.session.commit()


def _record_more(actor: audit.Actor, action: str, more: int) -> None:
    audit.record_as(actor, action, f"and {more:,} more", after={"more": more})
