"""The account page: one's own password, preferences, sessions and API tokens."""

import re
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp import audit
from webapp.access import people, sessions, tokens
from webapp.access.limits import caller, changes
from webapp.extensions import db, limiter
from webapp.models import ROLES, ApiToken, User, UserSession
from webapp.queries.admin.people import sessions_of, tokens_of
from webapp.views.shared.confirming import ask, confirmed
from webapp.views.shared.parameters import choice, clean, flag
from webapp.views.tracks import preferences
from webapp.views.tracks.filters import listable_platforms

MOST_DAYS = 365
LONGEST_NAME = 60

blueprint = Blueprint("account", __name__, url_prefix="/account")
blueprint.app_template_global("tracks_url")(preferences.tracks_url)


@blueprint.get("/")
def page() -> str:
    """Who is signed in, and all that is theirs alone."""
    return show()


@blueprint.post("/password/")
@limiter.limit("10/minute;30/hour", key_func=caller)
def password() -> ResponseReturnValue:
    """A new password for who knows the present one; every other session ends."""
    if not current_user.check_password(request.form.get("password", "")):
        return show(errors={"password": "This is not your present password."}), 400
    try:
        people.set_password(current_user, request.form.get("new_password", ""))
    except people.PeopleError as error:
        return show(errors={"new_password": str(error)}), 400
    told = also_revoked(current_user)
    db.session.commit()
    return done(f"Your password is changed, and every other session of yours has ended.{told}")


@blueprint.post("/preferences/")
@changes
def prefer() -> ResponseReturnValue:
    """Other preferences."""
    chosen = preferences.read_preferences(request.form)
    before, after = preferences.of(current_user)._asdict(), chosen._asdict()
    audit.record("user.preferences", people.subject(current_user), before=before, after=after)
    current_user.preferences = after
    db.session.commit()
    return done("Your preferences are kept.")


@blueprint.post("/sessions/<name>/end/")
@changes
def end_session(name: str) -> ResponseReturnValue:
    """Signs out one of one's own sessions."""
    found = next((known for known in sessions_of(current_user.id) if known.name == name), None)
    if found is None:
        abort(404, "There is no such session of yours: it has ended already.")
    db.session.delete(db.session.get_one(UserSession, found.token_hash))
    audit.record("user.end-session", people.subject(current_user), after={"address": found.address})
    db.session.commit()
    return done("That session has ended.")


@blueprint.post("/sessions/end/")
@changes
def end_others() -> ResponseReturnValue:
    """Signs out everywhere else."""
    sessions.end_all(current_user, but_current=True)
    audit.record("user.end-sessions", people.subject(current_user))
    told = also_revoked(current_user)
    db.session.commit()
    return done(f"You are signed out everywhere else.{told}")


@blueprint.post("/tokens/")
@changes
def make_token() -> ResponseReturnValue:
    """A new token, shown in the answer and never again."""
    name, days = clean(request.form.get("name", "")), request.form.get("days", "")
    errors = token_errors(name, days)
    if errors:
        return show(errors=errors), 400
    role = choice(request.form, "role", roles())
    expires_at = datetime.now(UTC) + timedelta(days=int(days))
    try:
        _token, secret = tokens.issue(current_user, name, role, expires_at)
    except tokens.TokenError as error:
        return show(errors={"name": str(error)}), 400
    db.session.commit()
    response = make_response(show(made=(name, secret)))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/tokens/<int:token_id>/revoke/")
@changes
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Ends a token of one's own, for good."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.user_id != current_user.id:
        abort(404, "There is no such token of yours.")
    if not confirmed(0):
        lines = [f"What uses the token '{token.name}' ({token.hint}...) is refused from then on."]
        return ask(
            "Revoke this token?",
            lines,
            calls=0,
            button="Revoke",
            back=url_for("account.page"),
            undo="No: a new token would have to be made.",
        )
    tokens.revoke([token])
    db.session.commit()
    return done(f"The token '{token.name}' is revoked.")


def also_revoked(user: User) -> str:
    """Revokes the tokens of `user` where the form's tick says so, and says how many; not yet committed."""
    asked = flag(request.form, "revoke_tokens")
    revoked = tokens.revoke_all(user) if asked else 0
    return f" API tokens revoked: {revoked}." if revoked else ""


def token_errors(name: str, days: str) -> dict[str, str]:
    """What is wrong with the fields of a new token, by field."""
    errors = {}
    if not 1 <= len(name) <= LONGEST_NAME:
        errors["name"] = f"Give it a name of at most {LONGEST_NAME} characters."
    if not re.fullmatch(r"\d{1,3}", days, re.ASCII) or not 1 <= int(days) <= MOST_DAYS:
        errors["days"] = f"Give a whole number of days from 1 to {MOST_DAYS}."
    return errors


def roles() -> tuple[str, ...]:
    """The rights that a token of one's own may have."""
    return ROLES[: ROLES.index(current_user.role) + 1]


def show(*, errors: dict[str, str] | None = None, made: tuple[str, str] | None = None) -> str:
    """The page; `errors` are sentences by field, `made` a new token's name and text."""
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
    """Back to the page, with what was done."""
    flash(words, "success")
    return redirect(url_for("account.page"), 303)
