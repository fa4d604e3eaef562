"""Sessions: a cookie with a token, and a row that decides whether the token is still valid.

A session ends at sign-out, with a new password, after IDLE without a request, and LONGEST after its start.
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
# The last use of a session is written at most once in this time.
SEEN_STEP = timedelta(minutes=1)
AGENT_LENGTH = 200
# Pages request these by themselves, so they do not count as use of a session.
BY_ITSELF = frozenset({"dashboard.pulse"})


def begin(user: User) -> None:
    """Starts a session for `user`, which replaces any other of this browser; commits."""
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
    """Returns the user of the request's session, or None if it has ended; updates its last use."""
    now = datetime.now(UTC)
    query = (
        select(UserSession, User)
        .join(UserSession.user)
        .where(UserSession.token_hash == current_hash(), UserSession.user_id == int(user_id))
        .where(UserSession.created_at > now - LONGEST, User.disabled_at.is_(None))
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
    """Returns why the request's session ended, if it was idle for too long; else empty."""
    hours = IDLE // timedelta(hours=1)
    return f"You were signed out after {hours} hours without use." if g.get("grew_idle") else ""


def current_hash() -> bytes:
    """Returns the hash of the token in the request's cookie."""
    return token_hash(session.get("token", ""))


def end_current() -> None:
    """Ends the request's session, also for copies of its cookie. Commits."""
    db.session.execute(delete(UserSession).where(UserSession.token_hash == current_hash()))
    db.session.commit()
    session.clear()


def end_all(*users: User, but_current: bool = False) -> None:
    """Ends every session of these users, in the current transaction."""
    query = delete(UserSession).where(UserSession.user_id.in_([user.id for user in users]))
    if but_current:
        query = query.where(UserSession.token_hash != current_hash())
    db.session.execute(query)
