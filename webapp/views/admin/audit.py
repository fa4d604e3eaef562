"""The record of what happened, for admins: searched, filtered, and as a file."""

import json
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from webapp.access import limits, refusals
from webapp.audit import NOBODY
from webapp.command_line import COMMAND_LINE
from webapp.queries.admin.audit import (
    MOST_EXPORTED,
    AuditFilter,
    Event,
    event_page,
    exported,
    known_actions,
    known_people,
)
from webapp.views.admin.audit_wording import action_words, changes, page_of
from webapp.views.shared.csv_files import Cell, csv_file
from webapp.views.shared.listing import chips, filled_address, list_response
from webapp.views.shared.parameters import date_range, filled, read_id

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")

CSV_HEADER = ("id", "time", "person", "address", "action", "subject", "before", "after", "request_id")


class ListState(NamedTuple):
    """What an address of the list asks for; `until` is the last event of the page before."""

    narrow: AuditFilter
    until: int | None

    def address(self, endpoint: str = "admin_audit.index", **other: object) -> str:
        """The address of the same events with something else."""
        narrow = self.narrow
        said: dict[str, Any] = {"q": narrow.typed, **narrow._asdict()}
        del said["typed"]
        return filled_address(endpoint, said | other)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, with the address that drops it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Person: {narrow.person}", narrow.person, "person"),
            (f"Action: {action_words(narrow.action)}", narrow.action, "action"),
            (f"Subject: {narrow.subject}", narrow.subject, "subject"),
            (f"From {narrow.start_date}", narrow.start_date, "start_date"),
            (f"To {narrow.end_date}", narrow.end_date, "end_date"),
        ]
        return chips(found, self.address)


@blueprint.get("/")
def index() -> Response:
    """The events, newest first; filters and the last event of the page before are in the address."""
    state = _read_state()
    refusals.settle()
    return list_response(
        "admin/_audit.html",
        "admin/audit.html",
        state.address(),
        state=state,
        found=event_page(state.narrow, state.until),
        actions=[(action, action_words(action)) for action in known_actions()],
        people=[*known_people(), COMMAND_LINE, NOBODY],
        most=MOST_EXPORTED,
        action_words=action_words,
        changes=changes,
        page_of=page_of,
    )


@blueprint.get("/events.csv")
@limits.exports
def csv() -> Response:
    """The same events as a file; its name says where it holds only the newest of them."""
    narrow = _read_state().narrow
    refusals.settle()
    found = exported(narrow)
    cut = bool(found) and found[0].total > MOST_EXPORTED
    title = f"audit newest {MOST_EXPORTED}" if cut else "audit"
    return csv_file(title, CSV_HEADER, map(_csv_row, found))


def _csv_row(event: Event) -> list[Cell]:
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


def _read_state() -> ListState:
    given = filled(request.args)
    start, end = date_range(given)
    until = read_id(given, "until", of="an event")
    typed, person, action, subject = (given.get(name, "") for name in ("q", "person", "action", "subject"))
    return ListState(AuditFilter(typed, person, action, subject, start, end), until)
