"""The one way into the record of what happened."""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, has_request_context, request
from flask_limiter.util import get_remote_address
from flask_login import current_user

from webapp.extensions import db
from webapp.masking import mask
from webapp.models import AuditEvent, User
from webapp.text import fold_text

COMMAND_LINE, NOBODY = "command line", "nobody"
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
        fields = {name: ", ".join(request.form.getlist(name)) for name in request.form if name not in UNTOLD}
        record(request.endpoint or "", request.path, after=fields or None)
        db.session.commit()
    return response


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
    subject, before, after = _told(subject), _plain(before), _plain(after)
    asked = has_request_context()
    if asked:
        g.audited = True
    if user is None and asked and current_user.is_authenticated:
        user = db.session.get(User, current_user.id)
    actor = _actor(user)
    event = AuditEvent(
        user_id=user.id if user is not None else None,
        actor=actor,
        address=get_remote_address() if asked else "",
        action=action,
        subject=subject,
        before=before,
        after=after,
        request_id=g.get("request_id", "") if asked else "",
        search_text=fold_text(" ".join((actor, action, subject, *_words(before), *_words(after)))),
    )
    db.session.add(event)


def _actor(user: User | None) -> str:
    """Who did it: a person, with the token that acted for them; nobody; or somebody at the command line."""
    if user is None:
        return NOBODY if has_request_context() else COMMAND_LINE
    token = g.get("api_token_name")
    return f"{user.email} (token {token})" if token else user.email


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
