"""Queries of the audit log, for admins."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from webapp.extensions import db
from webapp.lib.text import read_typed
from webapp.queries import rows, statement

PAGE_SIZE = 50
EXACT_COUNT = 1000
MOST_RARE = 20_000
"""Words in fewer events are rare: their events are found by id, others on the way back from the newest."""


class AuditFilter(NamedTuple):
    """A filter of events; empty fields do not filter, and both dates are inclusive."""

    typed: str = ""
    person: str = ""
    action: str = ""
    subject: str = ""
    start_date: date | None = None
    end_date: date | None = None


class Event(NamedTuple):
    """An audit event; `total` is the number of events of the filter, up to a limit."""

    id: int
    happened_at: datetime
    actor: str
    address: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str
    total: int


class EventPage(NamedTuple):
    """A page; `total` is in words, and `after` is the key of the next page, None on the last."""

    events: Sequence[Event]
    total: str
    after: int | None


class AuditChoices(NamedTuple):
    """The actions of all events, and the emails of all users, each in order."""

    actions: list[str]
    people: list[str]


def event_page(narrow: AuditFilter, until: int | None, *, size: int = PAGE_SIZE) -> EventPage:
    """Returns a page of events, newest first; `until` is the id of the last event of the previous page."""
    found = _listed(narrow, until=until, size=size + 1, most=EXACT_COUNT + 1)
    total = found[0].total if found else 0
    words = f"{EXACT_COUNT:,}+" if total > EXACT_COUNT else f"{total:,}"
    page = found[:size]
    return EventPage(page, words, page[-1].id if len(found) > size else None)


def newest_event(narrow: AuditFilter, most: int) -> Event | None:
    """Returns the newest event; its `total` counts the events, at most `most`."""
    return next(iter(_listed(narrow, until=None, size=1, most=most)), None)


def audit_choices() -> AuditChoices:
    """Returns the choices of the filters."""
    [choices] = rows(AuditChoices, "audit_choices")
    return choices


def _listed(narrow: AuditFilter, *, until: int | None, size: int, most: int) -> list[Event]:
    words = read_typed(narrow.typed).query() if narrow.typed.strip() else None
    rare = {"words": words, "most_rare": MOST_RARE}
    return rows(
        Event,
        "audit_listed",
        words=words,
        ids=db.session.scalar(statement("audit_rare"), rare) if words else None,
        person=narrow.person or None,
        action=narrow.action or None,
        subject=narrow.subject or None,
        start_date=narrow.start_date,
        end_date=narrow.end_date,
        until=until,
        size=size,
        most=most,
    )
