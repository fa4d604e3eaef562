"""The account page: the user's password, preferences, sessions and API tokens."""

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp import audit
from webapp.access import people, sessions, tokens
from webapp.access.limits import caller, changes
from webapp.extensions import db, limiter
from webapp.models import ROLES, ApiToken, User, UserSession
from webapp.queries.admin.people import sessions_of, tokens_of
from webapp.views.shared.confirming import confirmation_page, confirmed
from webapp.views.shared.finding import listable_platforms
from webapp.views.shared.parameters import choice, clean, flag
from webapp.views.shared.saving import saved
from webapp.views.tracks import preferences

MOST_DAYS = 365
LONGEST_NAME = 60

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.app_template_global("tracks_url")(preferences.tracks_url)


@blueprint.get("/")
def page() -> str:
    """The account of the signed-in user."""
    return show()


@blueprint.post("/password/")
@limiter.limit("10/minute;30/hour", key_func=caller)
def password() -> ResponseReturnValue:
    """Sets a new password if the current one is correct; every other session ends."""
    if not current_user.check_password(request.form.get("password", "")):
        return show(errors={"password": "This is not your current password."}), 400
    try:
        people.set_password(current_user, request.form.get("new_password", ""))
    except people.PeopleError as error:
        return show(errors={"new_password": str(error)}), 400
    return done(f"Your password is changed and your other sessions have ended.{also_revoked(current_user)}")


@blueprint.post("/preferences/")
@changes
def prefer() -> ResponseReturnValue:
    """Changes the preferences."""
    chosen = preferences.read_preferences(request.form)
    before, after = preferences.of(current_user)._asdict(), chosen._asdict()
    audit.record("user.preferences", people.subject(current_user), before=before, after=after)
    current_user.preferences = {**current_user.preferences, **after}
    return done("Preferences saved.")


@blueprint.post("/sessions/<name>/end/")
@changes
def end_session(name: str) -> ResponseReturnValue:
    """Ends one session of the user."""
    found = next((known for known in sessions_of(current_user.id) if known.name == name), None)
    if found is None:
        abort(404, "This session has already ended.")
    db.session.delete(db.session.get_one(UserSession, found.token_hash))
    audit.record("user.end-session", people.subject(current_user), after={"address": found.address})
    return done("Session ended.")


@blueprint.post("/sessions/end/")
@changes
def end_others() -> ResponseReturnValue:
    """Ends all other sessions of the user."""
    sessions.end_all(current_user, but_current=True)
    audit.record("user.end-sessions", people.subject(current_user))
    return done(f"You are signed out everywhere else.{also_revoked(current_user)}")


@blueprint.post("/tokens/")
@changes
def create_token() -> ResponseReturnValue:
    """Creates a token and shows it once, in this response."""
    name, days = clean(request.form.get("name", "")), request.form.get("days", "")
    errors = token_errors(name, days)
    if errors:
        return show(errors=errors), 400
    role = choice(request.form, "role", roles())
    expires_at = datetime.now(UTC) + timedelta(days=int(days))
    try:
        _token, secret = tokens.issue(current_user, name, role=role, expires_at=expires_at)
    except tokens.TokenError as error:
        return show(errors={"name": str(error)}), 400
    db.session.commit()
    response = make_response(show(made=(name, secret)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/tokens/<int:token_id>/revoke/")
@changes
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Revokes a token of the user, after confirmation."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.user_id != current_user.id:
        abort(404, "Token not found.")
    if not confirmed(0):
        lines = [f"Requests with the token '{token.name}' ({token.hint}...) are refused."]
        return confirmation_page(
            "Revoke this token?",
            lines,
            calls=0,
            button="Revoke",
            back=url_for("account.page"),
            undo="No; create a new token instead.",
        )
    tokens.revoke([token])
    return done(f"The token '{token.name}' is revoked.")


def also_revoked(user: User) -> str:
    """Revokes the tokens of `user` if the form is ticked, without a commit; returns a sentence or nothing."""
    requested = flag(request.form, "revoke_tokens")
    revoked = tokens.revoke_all(user) if requested else 0
    return f" API tokens revoked: {revoked}." if revoked else ""


def token_errors(name: str, days: str) -> dict[str, str]:
    """Returns the errors of the fields of a new token, by field."""
    errors = {}
    if not 1 <= len(name) <= LONGEST_NAME:
        errors["name"] = f"Enter a name of at most {LONGEST_NAME} characters."
    if not re.fullmatch(r"\d{1,3}", days, re.ASCII) or not 1 <= int(days) <= MOST_DAYS:
        errors["days"] = f"Enter a whole number of days from 1 to {MOST_DAYS}."
    return errors


def roles() -> tuple[str, ...]:
    """The roles that a token of the user can have."""
    return ROLES[: ROLES.index(current_user.role) + 1]


def show(*, errors: dict[str, str] | None = None, made: tuple[str, str] | None = None) -> str:
    """Renders the page; `errors` are sentences by field, `made` the name and text of a new token."""
    return render_template(
        "account/page.html",
        errors=errors or {},
        made=made,
        sessions=sessions_of(current_user.id),
        tokens=tokens_of(current_user.id),
        roles=roles(),
        preferred=preferences.of(current_user),
        platforms=listable_platforms(),
        starts=preferences.STARTS,
        ranges=preferences.PREFERRED_RANGES,
        shortest=people.SHORTEST_PASSWORD,
        longest=people.LONGEST_PASSWORD,
        most_days=MOST_DAYS,
    )


def done(words: str) -> BaseResponse:
    """Commits the change and redirects to the page with a message."""
    return saved(words, url_for("account.page"))
