"""The Flask extensions, created once and bound to an app by `create_app()`."""

from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from htmx_flask import Htmx
from sqlalchemy.orm import DeclarativeBase

from webapp import resources
from webapp.lib.addresses import remote_network

MIGRATIONS = str(resources.SQL / "migrations")


class Base(DeclarativeBase):
    """The base class of all models."""


db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db, directory=MIGRATIONS)
login = LoginManager()
limiter = Limiter(key_func=remote_network)
htmx = Htmx()
