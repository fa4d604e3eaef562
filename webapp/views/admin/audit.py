"""The audit log for admins: search, filters and CSV export."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from webapp.access import refusals
from webapp.audit import NOBODY
from webapp.command_line import COMMAND_LINE
from webapp.queries import BLOCK
from webapp.queries.admin.audit import AuditFilter, Event, audit_choices, event_page, newest_event
from webapp.views.admin.audit_wording import action_words, changes, page_of
from webapp.views.shared.listing import list_response
from webapp.views.shared.parameters import day, read_id
from webapp.views.shared.state import State, cursor, parameter, text
from webapp.views.shared.tables import FILE, Cell, Sheet, every, most_rows, table_file

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")

CSV_HEADER = ("id", "time", "person", "address", "action", "subject", "before", "after", "request_id")


@dataclass(frozen=True, kw_only=True)
class AuditState(State):
    """The parameters of the list; `until` is the last event of the previous page."""

    endpoint = "admin_audit.index"

    q: str = text("Search: {}")
    person: str = text("Person: {}")
    action: str = text(lambda state: f"Action: {action_words(state.action)}")
    subject: str = text("Subject: {}")
    start_date: date | None = parameter(day, "From {}")
    end_date: date | None = parameter(day, "To {}")
    until: int | None = cursor(partial(read_id, of="an event"))

    @property
    def narrow(self) -> AuditFilter:
        """The filter for queries."""
        return self.narrowed(AuditFilter, typed=self.q)


@blueprint.get("/")
def index() -> Response:
    """The events, newest first; the URL has the filters and the last event of the previous page."""
    state = AuditState.read(request.args)
    refusals.settle()
    choices = audit_choices()
    return list_response(
        "admin/audit",
        state,
        found=event_page(state.narrow, state.until),
        actions=[(action, action_words(action)) for action in choices.actions],
        people=[*choices.people, COMMAND_LINE, NOBODY],
        action_words=action_words,
        changes=changes,
        page_of=page_of,
    )


@blueprint.get(f"/events.{FILE}")
@table_file
def file() -> Sheet:
    """The filtered events as a file, newest first."""
    state = AuditState.read(request.args)
    refusals.settle()
    narrow = state.narrow
    newest = newest_event(narrow, most_rows() + 1)

    def page(until: int | None) -> tuple[Sequence[Event], int | None]:
        found = event_page(narrow, until, size=BLOCK)
        return found.events, found.after

    return Sheet(
        "audit",
        CSV_HEADER,
        map(_row, every(page, newest.id + 1)) if newest else (),
        total=newest.total if newest else 0,
        filters=state.filters,
        order="by time, newest first",
        query=state.arguments(),
    )


def _row(event: Event) -> list[Cell]:
    return [
        event.id,
        event.happened_at,
        event.actor,
        event.address,
        event.action,
        event.subject,
        _json(event.before),
        _json(event.after),
        event.request_id,
    ]


def _json(values: dict[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)
