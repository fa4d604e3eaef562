"""Recounts a platform's values after its plot rule changed."""

from typing import NamedTuple

from sqlalchemy import text

from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.models import Platform
from webapp.queries import one, statement


class RecountSize(NamedTuple):
    """The numbers of values to recount and of their series."""

    values: int
    series: int


def recount_size(platform: Platform) -> RecountSize:
    """Returns the numbers of values and series to recount."""
    return one(RecountSize, "recount_size", platform_id=platform.id) or RecountSize(0, 0)


def recount(platform: Platform) -> int:
    """Recounts all values from the items as received, in the current transaction; returns how many changed.

    Former values are kept as revisions. All series of the platform get a new version.
    """
    subject = {"platform_id": platform.id}
    db.session.flush()
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    lift_decompression_limit()
    changed: int = db.session.execute(statement("recount_values"), subject).scalar_one()
    db.session.execute(statement("recount_states"), subject)
    return changed
