"""How often a wrong password may be tried.

Only refused attempts count. A browser that is new to an account shares the counts of its address and of the
account, so that neither many accounts nor many addresses help somebody who guesses; each count has a short
window and an hour, so who goes on waits longer. A browser in which somebody signed in to the account before
holds a signed cookie that says so, and has counts of its own: whatever strangers try, they cannot lock the
owner out of it, and whoever steals the cookie gains no more than a few tries an hour.

An attempt is counted when it is refused, so tries that run at the same moment pass one count together: at
most as many as there are threads. Each of them counts, so whoever tries this closes the account sooner.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe

from flask import Flask, Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.extensions import limiter
from webapp.lib.addresses import remote_network
from webapp.lib.formats import counted

DEVICE_COOKIE = "device"
DEVICE_LASTS = timedelta(days=90)
PER_PLACE = "5/minute;20/hour"
PER_ACCOUNT = "10 per 10 minutes;30/hour"
PER_ADDRESS = "20/minute;100/hour"


def place() -> str:
    """What attempts are counted by first: the known browser, or the account from this address."""
    return f"device:{known_device()}" if is_known() else f"{account()}:{remote_network()}"


def account() -> str:
    """The account that was typed, whoever typed it; hashed: anything can be typed."""
    return f"account:{_digest(request.form.get('email', ''))}"


def is_known() -> bool:
    """Whether somebody signed in to the typed account in this browser before."""
    return bool(known_device())


def was_refused(response: Response) -> bool:
    """Whether the attempt counts."""
    return response.status_code == HTTPStatus.UNAUTHORIZED


def known_device() -> str:
    """The name of this browser, if it is known for the typed account; else empty."""
    try:
        said = _signer(current_app).loads(
            request.cookies.get(DEVICE_COOKIE, ""), max_age=int(DEVICE_LASTS.total_seconds())
        )
    except BadData:
        return ""
    digest, device = said
    return str(device) if digest == _digest(request.form.get("email", "")) else ""


def remember_device(response: Response, email: str) -> None:
    """Has this browser known for the account from now on."""
    response.set_cookie(
        DEVICE_COOKIE,
        _signer(current_app).dumps([_digest(email), token_urlsafe(12)]),
        max_age=DEVICE_LASTS,
        path="/login",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def wait_words() -> str:
    """When to try again, for the form of an attempt that came too soon."""
    ends = max(limit.reset_at for limit in limiter.current_limits if limit.breached)
    until = datetime.fromtimestamp(ends, UTC)
    minutes = max(1, round((until - datetime.now(UTC)).total_seconds() / 60))
    return (
        f"Too many wrong attempts. Try again in {counted(minutes, 'minute')},"
        f" at {until:%H:%M} UTC. A reset link from an admin works at once."
    )


def _digest(email: str) -> str:
    return sha256(email.strip().lower().encode()).hexdigest()


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app.secret_key or "", salt="device")
