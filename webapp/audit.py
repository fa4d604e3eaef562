"""The audit log: every change records an event here."""

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
"""Characters. Events can never be deleted, and some of their text is typed by strangers."""
MOST_FIELDS, LONGEST_FIELD = 50, 500
"""Number of fields, and characters of each, of a form that is recorded as sent."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
UNRECORDED = frozenset({"csrf_token", "password", "new_password", "repeated_password", "next"})
"""Fields of forms that are secret or irrelevant."""


def init_app(app: Flask) -> None:
    """Registers the recording of requests that change data, for views that record no event themselves."""
    app.after_request(record_request)


def record_request(response: Response) -> Response:
    """Records the route, path and fields of a request that changed data and recorded no event itself."""
    done = response.status_code < HTTPStatus.BAD_REQUEST
    if request.method not in SAFE_METHODS and done and "audited" not in g:
        record(request.endpoint or "", request.path, after=_sent() or None)
        db.session.commit()
    return response


def _sent() -> dict[str, str]:
    """Returns the fields of the form, limited and shortened."""
    names = [name for name in request.form if name not in UNRECORDED][:MOST_FIELDS]
    return {name[:LONGEST_FIELD]: ", ".join(request.form.getlist(name))[:LONGEST_FIELD] for name in names}


def unchanged() -> None:
    """Marks a POST request that changes nothing, so that no event is recorded."""
    g.audited = True


def record(
    action: str,
    subject: str = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    user: User | None = None,
) -> None:
    """Records an event in the current transaction, so that it is stored if and only if the change is.

    `user` is the actor, if not the user who is signed in. Never pass passwords and tokens in `before` and
    `after`; text in URLs and fields that looks like one is masked.
    """
    if has_request_context():
        g.audited = True
    record_as(who(user), action, subject, before=before, after=after)


class Actor(NamedTuple):
    """The actor of an event: user, name and IP address."""

    user_id: int | None
    name: str
    address: str


def who(user: User | None = None) -> Actor:
    """Returns the current actor: `user`, else the user who is signed in, else nobody or the command line."""
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
    """Records an event of `actor`, who need not be the current one."""
    subject, before, after = _masked(subject)[:LONGEST_SUBJECT], _plain(before), _plain(after)
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
    """Returns the values as JSON types."""
    return None if values is None else {name: _json(value) for name, value in values.items()}


def _masked(text: str) -> str:
    """Returns `text` without secrets and NUL, which the database cannot store."""
    return mask(text).replace("\0", "")


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return _masked(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return str(value) if isinstance(value, UUID) else value


def _words(values: Mapping[str, Any] | None) -> list[str]:
    return [str(value) for value in (values or {}).values() if value is not None]
