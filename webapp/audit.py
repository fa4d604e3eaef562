"""The one way into the record of what happened."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user

from webapp.command_line import COMMAND_LINE, command_line_user
from webapp.extensions import db
from webapp.lib.addresses import remote_address
from webapp.lib.masking import mask
from webapp.lib.text import fold_text
from webapp.models import AuditEvent, User

NOBODY = "nobody"
LONGEST_SUBJECT = 200
"""Characters. Events can never be deleted, and some of what they hold is typed by strangers."""
MOST_FIELDS, LONGEST_FIELD = 50, 500
"""Of a form that is recorded as it was sent."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNTOLD = frozenset({"csrf_token", "password", "new_password", "repeated_password", "next"})
"""Fields of forms that are nobody's business, or secret."""


def init_app(app: Flask) -> None:
    """Has every request that changed something leave an event, even where its view recorded none."""
    app.after_request(record_request)


def record_request(response: Response) -> Response:
    """Notes a request that changed something and left no event of its own: its route, path and fields."""
    done = response.status_code < HTTPStatus.BAD_REQUEST
    if request.method not in SAFE_METHODS and done and "audited" not in g:
        record(request.endpoint or "", request.path, after=_sent() or None)
        db.session.commit()
    return response


def _sent() -> dict[str, str]:
    """The fields of the form, cut to what is worth keeping."""
    names = [name for name in request.form if name not in UNTOLD][:MOST_FIELDS]
    return {name[:LONGEST_FIELD]: ", ".join(request.form.getlist(name))[:LONGEST_FIELD] for name in names}


def unchanged() -> None:
    """Says that this request changes nothing, although it is a POST: it leaves no event."""
    g.audited = True


def record(
    action: str,
    subject: str = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    user: User | None = None,
) -> None:
    """Notes an event in the transaction under way, so that it stands if and only if the change does.

    `user` is who did it, where that is not who is signed in. Passwords and tokens are not for `before` and
    `after`; what looks like one in an address or a field is masked.
    """
    if has_request_context():
        g.audited = True
    record_as(who(user), action, subject, before=before, after=after)


class Actor(NamedTuple):
    """Who did something, and from where."""

    user_id: int | None
    name: str
    address: str


def who(user: User | None = None) -> Actor:
    """Who does what is under way: `user`, else who is signed in, else nobody or the command line."""
    if not has_request_context():
        return Actor(user and user.id, user.email if user else command_line_user() or COMMAND_LINE, "")
    if user is None and current_user.is_authenticated:
        user = db.session.get(User, current_user.id)
    if user is None:
        return Actor(None, NOBODY, remote_address())
    token = g.get("api_token_name")
    return Actor(user.id, f"{user.email} (token {token})" if token else user.email, remote_address())


def record_as(
    actor: Actor,
    action: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """The same for somebody who is not at it now."""
    subject, before, after = _told(subject)[:LONGEST_SUBJECT], _plain(before), _plain(after)
    event = AuditEvent(
        user_id=actor.user_id,
        actor=actor.name,
        address=actor.address,
        action=action,
        subject=subject,
        before=before,
        after=after,
        request_id=g.get("request_id", "") if has_request_context() else "",
        search_text=fold_text(" ".join((actor.name, action, subject, *_words(before), *_words(after)))),
    )
    db.session.add(event)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The values as JSON has them."""
    return None if values is None else {name: _json(value) for name, value in values.items()}


def _told(text: str) -> str:
    """`text` without secrets, and without what the database takes in no text."""
    return mask(text).replace("\0", "")


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return _told(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return str(value) if isinstance(value, UUID) else value


def _words(values: Mapping[str, Any] | None) -> list[str]:
    return [str(value) for value in (values or {}).values() if value is not None]
