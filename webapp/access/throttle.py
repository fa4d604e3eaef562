"""Rate limits of sign-ins.

Only refused attempts count. A browser that is new to an account shares the counts of its address and of the
account, so that neither many accounts nor many addresses help an attacker; each count has a short window and
an hourly one, so that repeated attempts wait longer. A browser that has signed in to the account before holds
a signed cookie and has its own counts: strangers cannot lock the owner out of it, and a stolen cookie allows
only a few attempts per hour.

An attempt is counted when it is refused, so concurrent attempts can exceed a limit, by at most the number of
threads. Each of them counts, so the account is blocked sooner.
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
    """Returns the first key of an attempt: the known browser, or the account from this network."""
    return f"device:{known_device()}" if is_known() else f"{account()}:{remote_network()}"


def account() -> str:
    """Returns the key of the entered account, hashed, since the input is arbitrary."""
    return f"account:{_digest(request.form.get('email', ''))}"


def is_known() -> bool:
    """Returns whether this browser has signed in to the entered account before."""
    return bool(known_device())


def was_refused(response: Response) -> bool:
    """Returns whether the attempt was refused and therefore counts."""
    return response.status_code == HTTPStatus.UNAUTHORIZED


def known_device() -> str:
    """Returns the id of this browser, if it is known for the entered account; else empty."""
    try:
        content = _signer(current_app).loads(
            request.cookies.get(DEVICE_COOKIE, ""), max_age=int(DEVICE_LASTS.total_seconds())
        )
    except BadData:
        return ""
    digest, device = content
    return str(device) if digest == _digest(request.form.get("email", "")) else ""


def remember_device(response: Response, email: str) -> None:
    """Sets the cookie that makes this browser known for the account."""
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
    """Returns the message of an attempt over the limit, with the time of the next one."""
    ends = max(limit.reset_at for limit in limiter.current_limits if limit.breached)
    until = datetime.fromtimestamp(ends, UTC)
    minutes = max(1, round((until - datetime.now(UTC)).total_seconds() / 60))
    return (
        f"Too many failed attempts. Try again in {counted(minutes, 'minute')},"
        f" at {until:%H:%M} UTC, or ask an admin for a reset link."
    )


def _digest(email: str) -> str:
    return sha256(email.strip().lower().encode()).hexdigest()


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(app.secret_key or "", salt="device")
