"""CSRF tokens that differ in every response, so that its compressed size reveals none of them (BREACH)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from flask import Flask, g, request
from flask_wtf.csrf import CSRFError, generate_csrf, validate_csrf
from wtforms import ValidationError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Gives templates `csrf_token()`."""
    app.add_template_global(csrf_token)


def csrf_token() -> str:
    """Returns the token of the session behind a random mask, which all forms of a response share."""
    if "csrf_token" not in g:
        token = generate_csrf().encode()
        mask = token_bytes(len(token))
        g.csrf_token = urlsafe_b64encode(mask + _xor(mask, token)).decode()
    return str(g.csrf_token)


def require_token() -> None:
    """Refuses cross-site requests; API tokens are exempt, since browsers never send them by themselves."""
    if "api_token" in g or request.method in SAFE_METHODS:
        return
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken", "")
    try:
        validate_csrf(unmasked(given))
    except ValidationError as error:
        raise CSRFError(str(error)) from error


def unmasked(given: str) -> str:
    """Returns the token behind its mask; for anything else a text that is no token."""
    try:
        both = urlsafe_b64decode(given)
    except ValueError:
        return ""
    half = len(both) // 2
    return _xor(both[:half], both[half:]).decode(errors="replace")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=False))
