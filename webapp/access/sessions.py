"""Sessions: a cookie that holds a token, and a row that says whether the token still opens anything.

A row ends with the sign-out, with a new password, after IDLE without a request, and LONGEST after its start.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from flask import g, request, session
from flask_login import login_user
from sqlalchemy import delete, select, update

from webapp import audit
from webapp.extensions import db
from webapp.lib.addresses import remote_address
from webapp.models import User, UserSession, token_hash

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
# A session that was seen so recently is not written again.
SEEN_STEP = timedelta(minutes=1)
AGENT_LENGTH = 200
# A page asks these by itself, so they do not keep a session from growing idle.
BY_ITSELF = frozenset({"dashboard.pulse"})


def begin(user: User) -> None:
    """A new session for `user` in place of whatever this browser had; commits."""
    token = token_urlsafe(32)
    session.clear()
    session.permanent = True
    session["token"] = token
    user.signed_in_at = datetime.now(UTC)
    agent = request.user_agent.string[:AGENT_LENGTH]
    db.session.add(
        UserSession(token_hash=token_hash(token), user_id=user.id, address=remote_address(), agent=agent)
    )
    db.session.execute(delete(UserSession).where(UserSession.created_at < datetime.now(UTC) - LONGEST))
    audit.record("user.sign-in", f"user {user.email}", user=user)
    db.session.commit()
    login_user(user)


def user_of_session(user_id: str) -> User | None:
    """The user of the request's session, or None where it has ended; notes that it was used."""
    now = datetime.now(UTC)
    query = (
        select(UserSession, User)
        .join(UserSession.user)
        .where(
            UserSession.token_hash == current_hash(),
            UserSession.user_id == int(user_id),
            UserSession.created_at > now - LONGEST,
            User.disabled_at.is_(None),
        )
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    known, user = found
    if known.seen_at <= now - IDLE:
        g.grew_idle = True
        return None
    if known.seen_at < now - SEEN_STEP and request.endpoint not in BY_ITSELF:
        db.session.execute(
            update(UserSession).where(UserSession.token_hash == known.token_hash).values(seen_at=now)
        )
        db.session.commit()
    return user


def why_ended() -> str:
    """Why the session of this request's cookie ended, where that is no matter of course; else empty."""
    hours = IDLE // timedelta(hours=1)
    return f"You were signed out after {hours} hours without use." if g.get("grew_idle") else ""


def current_hash() -> bytes:
    """The hash of the token in this request's cookie."""
    return token_hash(session.get("token", ""))


def end_current() -> None:
    """Ends the request's session: the cookie and every copy of it. Commits."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == current_hash()))
    db.session.commit()
    session.clear()


def end_all(*users: User, but_current: bool = False) -> None:
    """Ends every session of these users, in the transaction under way."""
    query = delete(UserSession).where(UserSession.user_id.in_([user.id for user in users]))
    if but_current:
        query = query.where(UserSession.token_hash != current_hash())
    db.session.execute(query)
