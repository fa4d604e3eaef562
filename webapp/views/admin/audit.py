"""The audit log for admins: search, filters and CSV export."""

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
from webapp.views.shared.listing import chips, filled_url, list_response
from webapp.views.shared.parameters import date_range, filled, read_id

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")

CSV_HEADER = ("id", "time", "person", "address", "action", "subject", "before", "after", "request_id")


class ListState(NamedTuple):
    """The parameters of the list; `until` is the last event of the previous page."""

    narrow: AuditFilter
    until: int | None

    def url(self, endpoint: str = "admin_audit.index", **other: object) -> str:
        """The URL of the list with overrides; defaults are omitted."""
        narrow = self.narrow
        parameters: dict[str, Any] = {"q": narrow.typed, **narrow._asdict()}
        del parameters["typed"]
        return filled_url(endpoint, parameters | other)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        narrow = self.narrow
        found = [
            (f"Search: {narrow.typed}", narrow.typed, "q"),
            (f"Person: {narrow.person}", narrow.person, "person"),
            (f"Action: {action_words(narrow.action)}", narrow.action, "action"),
            (f"Subject: {narrow.subject}", narrow.subject, "subject"),
            (f"From {narrow.start_date}", narrow.start_date, "start_date"),
            (f"To {narrow.end_date}", narrow.end_date, "end_date"),
        ]
        return chips(found, self.url)


@blueprint.get("/")
def index() -> Response:
    """The events, newest first; the URL has the filters and the last event of the previous page."""
    state = _read_state()
    refusals.settle()
    return list_response(
        "admin/_audit.html",
        "admin/audit.html",
        state.url(),
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
    """The filtered events as a file; its name says if it has only the newest."""
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
