"""Counting a platform's values again, once another rule makes one number of a date's plots."""

from typing import NamedTuple

from sqlalchemy import text

from webapp.connection import lift_decompression_limit
from webapp.extensions import db
from webapp.models import Platform
from webapp.queries import one, statement


class RecountSize(NamedTuple):
    """The values that are counted again, and the series that they belong to."""

    values: int
    series: int


def recount_size(platform: Platform) -> RecountSize:
    """How much there is to count again."""
    return one(RecountSize, "recount_size", platform_id=platform.id) or RecountSize(0, 0)


def recount(platform: Platform) -> int:
    """Counts all values again from the items as received, in the transaction under way; how many changed.

    Former values are kept as revisions. All series of the platform get a new version.
    """
    subject = {"platform_id": platform.id}
    db.session.flush()
    db.session.execute(text("SET LOCAL statement_timeout = 0"))
    lift_decompression_limit()
    changed: int = db.session.execute(statement("recount_values"), subject).scalar_one()
    db.session.execute(statement("recount_states"), subject)
    return changed
