"""All API tokens, for admins."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp import audit
from webapp.access import tokens
from webapp.access.limits import changes
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import ApiToken
from webapp.queries.admin.people import token_page
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.listing import list_response
from webapp.views.shared.parameters import chosen_ids, read_id
from webapp.views.shared.state import State, cursor, one_of, text

STATES = {
    "": "Any",
    "active": "Active",
    "expired": "Expired",
    "revoked": "Revoked",
    "disabled": "Owner disabled",
}

blueprint = Blueprint("admin_tokens", __name__, url_prefix="/admin/tokens")


@dataclass(frozen=True, kw_only=True)
class TokensState(State):
    """The parameters of the list."""

    endpoint = "admin_tokens.index"

    q: str = text("Search: {}")
    state: str = one_of(tuple(STATES), lambda state: f"State: {STATES[state.state].lower()}")
    before: int | None = cursor(read_id)


@blueprint.get("/")
def index() -> Response:
    """The list, newest first; the URL has the filters and the last token of the previous page."""
    state = TokensState.read(request.args)
    return list_response(
        "admin/tokens",
        state,
        found=token_page(state.q, state.state, state.before),
        states=STATES,
    )


@blueprint.post("/revoke/")
@changes
def revoke() -> ResponseReturnValue:
    """Revokes the chosen tokens, after confirmation."""
    ids = chosen_ids(request.form)
    query = select(ApiToken).where(ApiToken.id.in_(ids), ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)
    chosen = list(db.session.scalars(query.options(joinedload(ApiToken.user))))
    audit.unchanged()  # each token revoked leaves its own event
    back = url_for("admin_tokens.index")
    if chosen and not confirmed(0):
        lines = [f"{token.name} of {token.user.email}" for token in chosen]
        title = f"Revoke {counted(len(chosen), 'token')}?"
        undo = "No; requests with them are refused."
        return confirmation_page(title, lines, calls=0, button="Revoke", back=back, undo=undo)
    tokens.revoke(chosen)
    db.session.commit()
    words = f"{counted(len(chosen), 'token')} revoked." if chosen else "These tokens are already revoked."
    flash(words, "success" if chosen else "info")
    return redirect(back, 303)
