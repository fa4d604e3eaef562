"""All API tokens, for admins."""

from typing import Any, NamedTuple

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from webapp import audit
from webapp.access import tokens
from webapp.access.limits import changes
from webapp.extensions import db
from webapp.lib.formats import counted
from webapp.models import ApiToken
from webapp.queries.admin.people import token_page
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.listing import chips, filled_url, list_response
from webapp.views.shared.parameters import choice, chosen_ids, filled, read_id

STATES = {
    "": "Any",
    "active": "Active",
    "expired": "Expired",
    "revoked": "Revoked",
    "disabled": "Owner disabled",
}

blueprint = Blueprint("admin_tokens", __name__, url_prefix="/admin/tokens")


class TokensState(NamedTuple):
    """The parameters of the list."""

    typed: str
    state: str
    before: int | None

    def url(self, **other: object) -> str:
        """The URL of the list with overrides; defaults are omitted."""
        parameters: dict[str, Any] = {"q": self.typed, "state": self.state} | other
        return filled_url("admin_tokens.index", parameters)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter as a label and the URL without it."""
        found = [
            (f"Search: {self.typed}", self.typed, "q"),
            (f"State: {STATES[self.state].lower()}", self.state, "state"),
        ]
        return chips(found, self.url)


@blueprint.get("/")
def index() -> Response:
    """The list, newest first; the URL has the filters and the last token of the previous page."""
    state = read_tokens(filled(request.args))
    return list_response(
        "admin/tokens/_list.html",
        "admin/tokens/index.html",
        state.url(),
        state=state,
        found=token_page(state.typed, state.state, state.before),
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


def read_tokens(given: MultiDict[str, str]) -> TokensState:
    """Reads the parameters. Raises BadParameterError."""
    state = choice(given, "state", tuple(STATES))
    return TokensState(given.get("q", ""), state, read_id(given, "before"))
