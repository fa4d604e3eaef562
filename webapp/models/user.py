"""The staff and how they sign in."""

from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import current_app
from flask_login import UserMixin
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import db
from webapp.models.base import Model

ROLES = ("viewer", "operator", "admin")
DEMO_LOGINS = {f"{role}@example.com": role for role in reversed(ROLES)}
"""The logins that `make run` creates, by email. Their password gets printed, so production lets none in."""

PASSWORD_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return PASSWORD_HASHER.hash(password)


class User(UserMixin, Model):
    """One member of staff; a role may do all that the roles before it may."""

    __tablename__ = "users"
    __allow_unmapped__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    password_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    signed_in_at: Mapped[datetime | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")

    acting_role: str | None = None
    """The role of the token that this user came with, where it is less than their own."""

    @staticmethod
    def find(email: str) -> "User | None":
        """The user with this address, whatever its case."""
        return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))

    @property
    def is_active(self) -> bool:
        """What Flask-Login asks: a disabled user, or a demo login in production, is let in by nothing."""
        return self.disabled_at is None and not self.is_demo_in_production

    @property
    def is_demo_in_production(self) -> bool:
        """Whether this is a login of the demo that came along into production."""
        return self.email.lower() in DEMO_LOGINS and bool(current_app.config["SESSION_COOKIE_SECURE"])

    def may(self, role: str) -> bool:
        """Whether this user's role, or that of their token, includes `role`."""
        return ROLES.index(self.acting_role or self.role) >= ROLES.index(role)

    def lets_in(self, password: str) -> bool:
        """Whether this user signs in with the password."""
        return self.is_active and self.check_password(password)

    def check_password(self, password: str) -> bool:
        """Whether this is the password; takes the time of a hash either way."""
        try:
            return PASSWORD_HASHER.verify(self.password_hash, password)
        except VerifyMismatchError:
            return False
