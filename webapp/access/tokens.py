"""API tokens: `Authorization: Bearer tp_...` where there is JSON to read, in place of a session."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from flask import Request, g
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import joinedload

from webapp import audit
from webapp.extensions import db
from webapp.lib.addresses import remote_address
from webapp.models import ApiToken, User, token_hash

PREFIX = "tp_"
HINT_LENGTH = 8
# A token that was used so recently is not written again.
USED_STEP = timedelta(minutes=1)
MOST = 200
"""Active tokens of one person."""
JSON_PATHS = ("/soundcharts/", "/api/")
# Pages that a token can read as JSON: what a refresh answers with is the URL of its run.
JSON_PAGES = frozenset({"ops.run"})


class TokenError(ValueError):
    """A token cannot be created; the message is one sentence that says why."""


def issue(user: User, name: str, role: str, expires_at: datetime | None) -> tuple[ApiToken, str]:
    """A new token and its text, which is not kept and cannot be shown again; not yet committed.

    Raises TokenError where the user has too many.
    """
    if (db.session.scalar(select(func.count()).where(ApiToken.user_id == user.id, *_live())) or 0) >= MOST:
        raise TokenError(f"You have {MOST} active tokens, and more are not possible: revoke one first.")
    text = PREFIX + token_urlsafe(32)
    token = ApiToken(
        user_id=user.id,
        name=name,
        token_hash=token_hash(text),
        hint=text[:HINT_LENGTH],
        role=role,
        expires_at=expires_at,
    )
    db.session.add(token)
    said = {"role": role, "expires_at": expires_at}
    audit.record("token.create", f"token {name} of {user.email}", after=said)
    return token, text


def revoke(tokens: Iterable[ApiToken]) -> None:
    """Ends tokens for good; not yet committed."""
    for token in tokens:
        if token.revoked_at is None:
            token.revoked_at = datetime.now(UTC)
            audit.record("token.revoke", f"token {token.name} of {token.user.email}")


def revoke_all(*users: User) -> int:
    """Ends every token of these users that still opens something; how many. Not yet committed."""
    query = select(ApiToken).where(ApiToken.user_id.in_([user.id for user in users]), *_live())
    found = list(db.session.scalars(query.order_by(ApiToken.id).options(joinedload(ApiToken.user))))
    revoke(found)
    return len(found)


def _live() -> tuple[ColumnElement[bool], ...]:
    expires = ApiToken.expires_at
    return ApiToken.revoked_at.is_(None), or_(expires.is_(None), expires > func.now())


def takes_token(request: Request) -> bool:
    """Whether a token opens what is asked for."""
    return request.path.startswith(JSON_PATHS) or request.endpoint in JSON_PAGES


def user_of_request(request: Request) -> User | None:
    """The owner of the token that a JSON request carries, acting with what the token grants."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token or not takes_token(request):
        return None
    query = (
        select(ApiToken)
        .join(ApiToken.user)
        .where(
            ApiToken.token_hash == token_hash(given.token),
            *_live(),
            User.disabled_at.is_(None),
        )
    )
    token = db.session.scalar(query)
    if token is None:
        return None
    _note_use(token)
    g.api_token, g.api_token_name = token.id, token.name
    token.user.acting_role = token.grants
    return token.user


def _note_use(token: ApiToken) -> None:
    now = datetime.now(UTC)
    if token.last_used_at is None or token.last_used_at < now - USED_STEP:
        used = {"last_used_at": now, "last_used_from": remote_address()}
        db.session.execute(update(ApiToken).where(ApiToken.id == token.id).values(**used))
        db.session.commit()
