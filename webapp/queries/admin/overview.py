"""The figures of the overview of the administration."""

from typing import NamedTuple

from webapp.queries import one


class AdminOverview(NamedTuple):
    """Active people and tokens, all platforms, changed settings, and the audit events of 7 days."""

    people: int
    tokens: int
    platforms: int
    settings: int
    events: int


def admin_overview() -> AdminOverview:
    """Returns a figure for each page of the administration."""
    found = one(AdminOverview, "admin_overview")
    if found is None:
        raise LookupError("a count returned no row")
    return found
