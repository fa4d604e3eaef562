"""Saved views: pages with their filters."""

from sqlalchemy.orm import Mapped

from webapp.models.base import Model, Owned


class SavedView(Owned, Model):
    """A named page with its filters; `url` is its path and query."""

    __tablename__ = "saved_views"

    url: Mapped[str]
