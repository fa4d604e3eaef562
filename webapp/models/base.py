"""The base class of models, for the type checker and for Flask-SQLAlchemy, and parts that models share."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import ForeignKey, Select, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Base, db

M = TypeVar("M", bound=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Created:
    """A row that has the time of its creation."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Owned(Created):
    """A named thing of a user, private until its owner shares it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, server_default=func.gen_random_uuid())
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(server_default="false")


class Described:
    """A row with SoundCharts metadata; `genres` are strings or `{root, sub}` objects, as received."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    name: Mapped[str]
    image_url: Mapped[str]
    app_url: Mapped[str]
    genres: Mapped[list[Any]] = mapped_column(JSONB)
    search_text: Mapped[str]
    metadata_fetched_at: Mapped[datetime | None]
    metadata_error: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


def first_found(*queries: Select[M]) -> M | None:
    """Returns the row of the first query that has one, such as by its own key and then by an alias."""
    found = (db.session.scalar(query) for query in queries)
    return next((row for row in found if row is not None), None)
