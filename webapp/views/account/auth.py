"""Signing in and out, and the link that sets a password."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from webapp import audit
from webapp.access import people, refusals, sessions, throttle, tokens
from webapp.access.requests import safe_next
from webapp.extensions import limiter
from webapp.models import User
from webapp.views.shared.errors import answer
from webapp.views.tracks.preferences import start_page

blueprint = Blueprint("auth", __name__)

REFUSED = "Email or password is wrong."


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(
    throttle.PER_ADDRESS, methods=["POST"], exempt_when=throttle.is_known, deduct_when=throttle.was_refused
)
@limiter.limit(
    throttle.PER_ACCOUNT,
    methods=["POST"],
    key_func=throttle.account,
    exempt_when=throttle.is_known,
    deduct_when=throttle.was_refused,
)
@limiter.limit(
    throttle.PER_PLACE, methods=["POST"], key_func=throttle.place, deduct_when=throttle.was_refused
)
def login() -> ResponseReturnValue:
    """The sign-in form; correct credentials start a session and redirect to `next`."""
    target = safe_next(request.values.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    if request.method == "GET":
        return form(note=sessions.why_ended())
    user = checked_user(request.form.get("email", ""), request.form.get("password", ""))
    if user is None:
        return form(error=REFUSED), 401
    sessions.begin(user)
    response = make_response(redirect(target if target != "/" else start_page(user)))
    throttle.remember_device(response, user.email)
    return response


@blueprint.errorhandler(RateLimitExceeded)
def wait(error: RateLimitExceeded) -> ResponseReturnValue:
    """Returns the form with the time of the next possible attempt; Retry-After has it for programs."""
    if request.endpoint != "auth.login":
        return answer(error)
    return form(error=throttle.wait_words()), 429


def form(*, error: str = "", note: str = "") -> str:
    """The form with its typed values except the password."""
    email, target = request.form.get("email", ""), safe_next(request.values.get("next"))
    return render_template("account/login.html", email=email, next=target, error=error, note=note)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Ends the session, also for copies of its cookie."""
    audit.record("user.sign-out", people.subject(current_user))
    logout_user()
    sessions.end_current()
    return redirect(url_for("auth.login"))


@blueprint.route("/reset/<secret>", methods=["GET", "POST"])
@limiter.limit("20/minute", methods=["POST"])
def reset(secret: str) -> Response:
    """The form for a new password; the link is sufficient proof and signs its holder in."""
    found = people.reset_of(secret, locked=request.method == "POST")
    if found is None:
        return no_store(render_template("account/no_reset.html"), 404)
    if request.method == "GET":
        return no_store(reset_form(found.user))
    try:
        people.set_password(found.user, request.form.get("new_password", ""))
    except people.PeopleError as error:
        return no_store(reset_form(found.user, str(error)), 400)
    user = found.user
    # A user who needs a link may have lost more than a password.
    sessions.end_all(user)
    tokens.revoke_all(user)
    sessions.begin(user)
    flash("Your password is set. Your other sessions have ended, and your API tokens are revoked.", "success")
    response = no_store(redirect(start_page(user)), 303)
    throttle.remember_device(response, user.email)
    return response


def reset_form(user: User, error: str = "") -> str:
    """The form for a new password."""
    bounds = {"shortest": people.SHORTEST_PASSWORD, "longest": people.LONGEST_PASSWORD}
    return render_template("account/reset.html", user=user, error=error, **bounds)


def no_store(body: str | BaseResponse, status: int = 200) -> Response:
    """A response that no browser stores: its URL is a secret."""
    response = make_response(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def checked_user(email: str, password: str) -> User | None:
    """Returns the user if the password is correct; refusing an unknown or disabled one takes as long.

    A refusal is recorded without the typed values: they may hold a password in the wrong field.
    """
    user = User.find(email) if "\0" not in email else None
    known = user if user is not None and user.is_active else User(password_hash=people.nobodys_hash())
    if known.check_password(password) and known is user:
        return user
    refusals.record("user.sign-in-refused", "unknown account" if user is None else people.subject(user))
    return None
