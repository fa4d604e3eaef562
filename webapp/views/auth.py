"""Signing in and out."""

from functools import cache
from hashlib import sha256
from secrets import token_hex

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from webapp import sessions
from webapp.extensions import limiter
from webapp.models import User, hash_password
from webapp.security import safe_next

blueprint = Blueprint("auth", __name__)

REFUSED = "Email or password is wrong."


def typed_account() -> str:
    """What attempts on one account are counted by, whoever makes them; hashed: anything can be typed."""
    email = request.form.get("email", "").strip().lower()
    return f"account:{sha256(email.encode()).hexdigest()}"


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("10/minute", methods=["POST"])
@limiter.limit("10/minute", key_func=typed_account, methods=["POST"])
def login() -> ResponseReturnValue:
    """The form; a right answer begins a new session and leads on to `next`."""
    target = safe_next(request.values.get("next"))
    if current_user.is_authenticated:
        return redirect(target)
    if request.method == "GET":
        return render_template("auth/login.html", email="", next=target, error="")
    email = request.form.get("email", "")
    user = checked_user(email, request.form.get("password", ""))
    if user is None:
        return render_template("auth/login.html", email=email, next=target, error=REFUSED), 401
    sessions.begin(user)
    return redirect(target)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """Ends the session, in this browser and wherever its cookie was copied to."""
    logout_user()
    sessions.end_current()
    return redirect(url_for("auth.login"))


def checked_user(email: str, password: str) -> User | None:
    """The user, if that is the password; an unknown or disabled one takes as long to refuse."""
    user = User.find(email) if "\0" not in email else None
    known = user if user is not None and user.is_active else User(password_hash=nobodys_hash())
    return user if known.check_password(password) and known is user else None


@cache
def nobodys_hash() -> str:
    """A hash that no password fits."""
    return hash_password(token_hex())
