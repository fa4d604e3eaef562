"""Users: creating, roles, disabling and passwords. Each change records an audit event.

Nothing here commits: a change and its event belong to the caller's transaction.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex, token_urlsafe

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from webapp import audit
from webapp.access import sessions, tokens
from webapp.extensions import db
from webapp.models import PasswordReset, User, hash_password, token_hash

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
LONGEST_EMAIL = 254
RESET_LASTS = timedelta(hours=24)


class PeopleError(ValueError):
    """A refused change; the message is one sentence for people."""


@cache
def nobodys_hash() -> str:
    """Returns a hash that no password matches."""
    return hash_password(token_hex())


def check_new_password(password: str, email: str) -> None:
    """Checks a new password. Raises PeopleError."""
    if len(password) < SHORTEST_PASSWORD:
        raise PeopleError(f"The password must be at least {SHORTEST_PASSWORD} characters long.")
    if len(password) > LONGEST_PASSWORD:
        raise PeopleError(f"The password must be at most {LONGEST_PASSWORD} characters long.")
    if password.strip().lower() == email.strip().lower():
        raise PeopleError("The password must not be the email address.")


def create(email: str, role: str, password: str | None = None) -> User:
    """Creates a user; without a password they need a reset link to sign in. Raises PeopleError."""
    email = email.strip()
    name, _, host = email.partition("@")
    if not (name and host and "@" not in host and len(email) <= LONGEST_EMAIL) or not email.isprintable():
        raise PeopleError(f"{email[:80]!r} is not an email address.")
    if password is not None:
        check_new_password(password, email)
    hashed = nobodys_hash() if password is None else hash_password(password)
    values = {"email": email, "role": role, "password_hash": hashed}
    query = insert(User).values(values).on_conflict_do_nothing().returning(User)
    user: User | None = db.session.scalar(query)
    if user is None:
        raise PeopleError(f"The user {email} already exists.")
    audit.record("user.create", subject(user), after={"role": role})
    return user


def set_role(user: User, role: str) -> None:
    """Sets a user's role, effective from the next request, also for tokens. Raises PeopleError."""
    if role != "admin":
        _refuse_without_admin([user])
    audit.record("user.set-role", subject(user), before={"role": user.role}, after={"role": role})
    user.role = role


def disable(users: list[User]) -> None:
    """Disables users, ends their sessions and revokes their tokens. Raises PeopleError."""
    _refuse_without_admin(users)
    sessions.end_all(*users)
    tokens.revoke_all(*users)
    for user in users:
        if user.disabled_at is None:
            user.disabled_at = datetime.now(UTC)
            audit.record("user.disable", subject(user))


def enable(users: list[User]) -> None:
    """Enables users again, with their old password; their tokens stay revoked."""
    for user in users:
        if user.disabled_at is not None:
            user.disabled_at = None
            audit.record("user.enable", subject(user))


def set_password(user: User, password: str) -> None:
    """Sets a password, and ends all other sessions and reset links of the user. Raises PeopleError."""
    check_new_password(password, user.email)
    user.password_hash = hash_password(password)
    user.password_changed_at = datetime.now(UTC)
    _drop_links(user)
    sessions.end_all(user, but_current=True)
    audit.record("user.set-password", subject(user), user=user)


def reset_link(user: User, created_by: int | None = None) -> str:
    """Creates a single-use reset link and returns its secret; earlier links end. Raises PeopleError."""
    if user.disabled_at is not None:
        raise PeopleError(f"{user.email} is disabled; enable the user first.")
    if user.is_demo_in_production:
        raise PeopleError(f"{user.email} is a demo user; create a user for this person instead.")
    _drop_links(user)
    secret = token_urlsafe(32)
    expires_at = datetime.now(UTC) + RESET_LASTS
    db.session.add(
        PasswordReset(
            token_hash=token_hash(secret), user_id=user.id, created_by=created_by, expires_at=expires_at
        )
    )
    audit.record("user.reset-link", subject(user), after={"expires_at": expires_at})
    return secret


def reset_of(secret: str, *, locked: bool = False) -> PasswordReset | None:
    """Returns the valid reset link with this secret; `locked` locks its row against concurrent use."""
    query = (
        select(PasswordReset)
        .join(PasswordReset.user)
        .where(
            PasswordReset.token_hash == token_hash(secret),
            PasswordReset.expires_at > datetime.now(UTC),
            User.disabled_at.is_(None),
        )
    )
    return db.session.scalar(query.with_for_update(of=PasswordReset) if locked else query)


def subject(user: User) -> str:
    """Returns the name of a user in audit events."""
    return f"user {user.email}"


def _drop_links(user: User) -> None:
    db.session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))


def _refuse_without_admin(leaving: list[User]) -> None:
    """Raises PeopleError if no active admin would remain.

    The rows stay locked until the transaction ends: if two admins demote each other, the second one waits
    here and is then refused as the last.
    """
    active = User.role == "admin", User.disabled_at.is_(None)
    left = set(db.session.scalars(select(User.id).where(*active).order_by(User.id).with_for_update()))
    if left and left <= {user.id for user in leaving}:
        raise PeopleError("The last active admin cannot be disabled or lose the admin role.")
