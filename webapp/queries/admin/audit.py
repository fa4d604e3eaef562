"""The record of what happened, as admins search it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from webapp.extensions import db
from webapp.lib.text import read_typed
from webapp.models import User
from webapp.queries import rows, statement

PAGE_SIZE = 50
EXACT_COUNT = 1000
MOST_EXPORTED = 10_000


class AuditFilter(NamedTuple):
    """What narrows the events; empty is no limit, and both dates are inclusive."""

    typed: str = ""
    person: str = ""
    action: str = ""
    subject: str = ""
    start_date: date | None = None
    end_date: date | None = None


class Event(NamedTuple):
    """Something that happened; `total` is how many events the filter left, as far as was counted."""

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
    """A page; `total` is in words, and `after` leads to the next page: None on the last."""

    events: Sequence[Event]
    total: str
    after: int | None


def event_page(narrow: AuditFilter, until: int | None) -> EventPage:
    """A page of events, newest first; `until` is the id of the last one of the page before."""
    found = _listed(narrow, until, PAGE_SIZE + 1, EXACT_COUNT + 1)
    total = found[0].total if found else 0
    words = f"{EXACT_COUNT:,}+" if total > EXACT_COUNT else f"{total:,}"
    page = found[:PAGE_SIZE]
    return EventPage(page, words, page[-1].id if len(found) > PAGE_SIZE else None)


def exported(narrow: AuditFilter) -> list[Event]:
    """The newest MOST_EXPORTED events; where there are more, `total` of each says so."""
    return _listed(narrow, None, MOST_EXPORTED, MOST_EXPORTED + 1)


def known_actions() -> list[str]:
    """The actions that any event has, in order."""
    return list(db.session.scalars(statement("audit_actions")))


def known_people() -> list[str]:
    """The emails of all users, in order."""
    return list(db.session.scalars(select(User.email).order_by(func.lower(User.email))))


def _listed(narrow: AuditFilter, until: int | None, size: int, most: int) -> list[Event]:
    return rows(
        Event,
        "audit_listed",
        words=read_typed(narrow.typed).query() if narrow.typed.strip() else None,
        person=narrow.person or None,
        action=narrow.action or None,
        subject=narrow.subject or None,
        start_date=narrow.start_date,
        end_date=narrow.end_date,
        until=until,
        size=size,
        most=most,
    )
