"""The lists of people and tokens as files."""

from collections.abc import Sequence

from flask import Blueprint, request

from webapp.queries.admin.people import ListedPerson, TokenRow, people_page, token_page
from webapp.views.admin.people import PeopleState
from webapp.views.admin.tokens import TokensState
from webapp.views.shared.tables import FILE, Fields, Sheet, every, sheet, table_file

PEOPLE: Fields = {
    "Person": lambda row: row.email,
    "Role": lambda row: row.role,
    "State": lambda row: row.state,
    "Last sign-in": lambda row: row.signed_in_at,
    "Added": lambda row: row.created_at,
    "Sessions": lambda row: row.sessions,
    "Tokens": lambda row: row.tokens,
}
TOKENS: Fields = {
    "Token": lambda row: row.name,
    "Owner": lambda row: row.owner,
    "Role": lambda row: row.role,
    "State": lambda row: row.state,
    "Created": lambda row: row.created_at,
    "Expires": lambda row: row.expires_at,
    "Last used": lambda row: row.last_used_at,
    "Last used from": lambda row: row.last_used_from or None,
}

blueprint = Blueprint("admin_files", __name__, url_prefix="/admin")


@blueprint.get(f"/people.{FILE}")
@table_file
def people() -> Sheet:
    """The people of the list with its filters and order."""
    state = PeopleState.read(request.args)
    narrow, sorting = state.narrow, state.sorting

    def page(after: int | None) -> tuple[Sequence[ListedPerson], int | None]:
        found = people_page(narrow, sorting.sort, sorting.order, after=after)
        return found.people, found.after

    total = people_page(narrow, sorting.sort, sorting.order, after=None).total
    return sheet(
        "people",
        PEOPLE,
        every(page),
        total=total,
        filters=state.filters,
        order=sorting.words(),
        query=state.arguments(),
    )


@blueprint.get(f"/tokens.{FILE}")
@table_file
def tokens() -> Sheet:
    """The API tokens of the list with its filters, newest first; their secrets are nowhere."""
    state = TokensState.read(request.args)
    typed, chosen = state.q, state.state

    def page(before: int | None) -> tuple[Sequence[TokenRow], int | None]:
        found = token_page(typed, chosen, before)
        return found.tokens, found.before

    total = token_page(typed, chosen, None).total
    return sheet(
        "tokens",
        TOKENS,
        every(page),
        total=total,
        filters=state.filters,
        order="newest first",
        query=state.arguments(),
    )
