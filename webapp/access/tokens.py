"""API tokens: `Authorization: Bearer tp_...` instead of a session, for routes that return JSON."""

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
# The last use of a token is written at most once in this time.
USED_STEP = timedelta(minutes=1)
MOST = 200
"""The most active tokens of one user."""
JSON_PATHS = ("/soundcharts/", "/api/")
# Pages that a token can read as JSON: a refresh returns the URL of its run.
JSON_PAGES = frozenset({"ops.run"})


class TokenError(ValueError):
    """A token cannot be created; the message is one sentence with the reason."""


def issue(user: User, name: str, *, role: str, expires_at: datetime | None) -> tuple[ApiToken, str]:
    """Creates a token; returns it with its text, which is not stored. Does not commit.

    Raises TokenError if the user has too many.
    """
    if (db.session.scalar(select(func.count()).where(ApiToken.user_id == user.id, *_live())) or 0) >= MOST:
        raise TokenError(f"You have {MOST} active tokens, the maximum; revoke one first.")
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
    created = {"role": role, "expires_at": expires_at}
    audit.record("token.create", f"token {name} of {user.email}", after=created)
    return token, text


def revoke(tokens: Iterable[ApiToken]) -> None:
    """Revokes tokens permanently. Does not commit."""
    for token in tokens:
        if token.revoked_at is None:
            token.revoked_at = datetime.now(UTC)
            audit.record("token.revoke", f"token {token.name} of {token.user.email}")


def revoke_all(*users: User) -> int:
    """Revokes every active token of these users; returns how many. Does not commit."""
    query = select(ApiToken).where(ApiToken.user_id.in_([user.id for user in users]), *_live())
    found = list(db.session.scalars(query.order_by(ApiToken.id).options(joinedload(ApiToken.user))))
    revoke(found)
    return len(found)


def _live() -> tuple[ColumnElement[bool], ...]:
    expires = ApiToken.expires_at
    return ApiToken.revoked_at.is_(None), or_(expires.is_(None), expires > func.now())


def takes_token(request: Request) -> bool:
    """Returns whether a token is accepted for the request."""
    return request.path.startswith(JSON_PATHS) or request.endpoint in JSON_PAGES


def user_of_request(request: Request) -> User | None:
    """Returns the owner of a request's token, acting with the token's role."""
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
