"""The staff and how they sign in."""

from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask_login import UserMixin
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import db
from webapp.models.base import Model

ROLES = ("viewer", "operator", "admin")

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return _hasher.hash(password)


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
        """What Flask-Login asks: a disabled user is signed out at the next request."""
        return self.disabled_at is None

    def may(self, role: str) -> bool:
        """Whether this user's role, or that of their token, includes `role`."""
        return ROLES.index(self.acting_role or self.role) >= ROLES.index(role)

    def check_password(self, password: str) -> bool:
        """Whether this is the password; takes the time of a hash either way."""
        try:
            return _hasher.verify(self.password_hash, password)
        except VerifyMismatchError:
            return False
