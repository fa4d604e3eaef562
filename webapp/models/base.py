"""The base class of models, as the type checker and Flask-SQLAlchemy each want to see it."""

from typing import TYPE_CHECKING

from webapp.extensions import Base, db

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
