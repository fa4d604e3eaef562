"""The base class of models, defined for both the type checker and Flask-SQLAlchemy."""

from typing import TYPE_CHECKING

from webapp.extensions import Base, db

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
