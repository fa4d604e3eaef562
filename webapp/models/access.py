"""Access of users: sessions, API tokens and reset links. Only hashes of their secrets are stored."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Created, Model
from webapp.models.user import ROLES, User


def token_hash(token: str) -> bytes:
    """Returns the stored hash of a token. One round is enough, since tokens are random."""
    return sha256(token.encode()).digest()


class UserSession(Created, Model):
    """A session of a user in one browser."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    address: Mapped[str]
    agent: Mapped[str]

    user: Mapped[User] = relationship()


class PasswordReset(Created, Model):
    """A link to set a user's password once."""

    __tablename__ = "password_resets"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(foreign_keys=user_id)


class ApiToken(Created, Model):
    """A user's token for the JSON endpoints; `hint` holds its first characters."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    hint: Mapped[str]
    role: Mapped[str]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_used_from: Mapped[str] = mapped_column(server_default="")
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    @property
    def grants(self) -> str:
        """The effective role: the token's own, or its owner's if that is lower now."""
        return min(self.role, self.user.role, key=ROLES.index)
