"""Users and their passwords."""

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
from webapp.models.base import Created, Model

ROLES = ("viewer", "operator", "admin")
DEMO_LOGINS = {f"{role}@example.com": role for role in reversed(ROLES)}
"""Roles of the demo users of `make run`, by email. Their password is printed, so production refuses them."""

PASSWORD_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """Returns the argon2id hash to store."""
    return PASSWORD_HASHER.hash(password)


class User(UserMixin, Created, Model):
    """A user; a role includes the rights of the roles before it."""

    __tablename__ = "users"
    __allow_unmapped__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    disabled_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    signed_in_at: Mapped[datetime | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")

    acting_role: str | None = None
    """The role of the token in use, if it is lower than the user's own."""

    @staticmethod
    def find(email: str) -> "User | None":
        """Returns the user with this email, ignoring case."""
        return db.session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))

    @property
    def is_active(self) -> bool:
        """Whether Flask-Login lets the user in; not if disabled, or a demo user in production."""
        return self.disabled_at is None and not self.is_demo_in_production

    @property
    def is_demo_in_production(self) -> bool:
        """Whether this is a demo user in a production database."""
        return self.email.lower() in DEMO_LOGINS and bool(current_app.config["SESSION_COOKIE_SECURE"])

    def may(self, role: str) -> bool:
        """Returns whether this user's role, or that of their token, includes `role`."""
        return ROLES.index(self.acting_role or self.role) >= ROLES.index(role)

    def lets_in(self, password: str) -> bool:
        """Returns whether this user can sign in with the password."""
        return self.is_active and self.check_password(password)

    def check_password(self, password: str) -> bool:
        """Returns whether the password is correct; always takes the time of one hash."""
        try:
            return PASSWORD_HASHER.verify(self.password_hash, password)
        except VerifyMismatchError:
            return False
