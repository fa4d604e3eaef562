"""The guard before every request, roles, and the headers of every response."""

import logging
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from htmx_flask import request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from webapp import timing
from webapp.access import csrf, refusals
from webapp.access.requests import current_page, wants_json
from webapp.access.rights import PUBLIC, allowed, needed_role
from webapp.access.sessions import user_of_session
from webapp.access.tokens import user_of_request
from webapp.extensions import login
from webapp.models import User

log = logging.getLogger(__name__)

# The style sheets that ApexCharts 4.7.0 inserts into the page.
CHART_STYLES = (
    "'sha256-TBymqJXQvXKxe+z+3ydUYBErlkFFu110c5FjiVB8p+M='",
    "'sha256-aSysLrDECVdJ6L+jLf8CC5QKLmwRuk/OZiZk9mYky8A='",
)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        f"style-src 'self' {' '.join(CHART_STYLES)}",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The scripts recognise our responses by this, so that no proxy's error or login page gets into a card.
    "X-Trackpulse": "1",
}
# A year; only if the cookie is restricted to https, since browsers then refuse http for this host.
TRANSPORT_SECURITY = "max-age=31536000"
# How supervisors, container checks and `make run` reach the site.
LOOPBACK = ("localhost", "127.0.0.1")


def init_app(app: Flask) -> None:
    """Registers the guard before every request and the headers of every response."""
    proxies = app.config["SETTINGS"].trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    login.user_loader(load_user)
    login.request_loader(user_of_request)
    app.before_request(require_known_host)
    app.before_request(require_login)
    app.before_request(require_right)
    # After the login, so that anonymous callers get no other error than the missing one.
    app.before_request(csrf.require_token)
    app.after_request(add_headers)
    app.add_template_global(allowed)
    app.context_processor(lambda: {"signed_in": "broken" not in g and current_user.is_authenticated})


def load_user(user_id: str) -> User | None:
    """Returns the user of a session, unless it has ended or the user is disabled."""
    if "broken" in g:
        return None  # an error page must not query the database that failed
    return user_of_session(user_id)


def require_known_host() -> Response | None:
    """Refuses a request for an unknown host, whose name could end up in links, caches and cookies.

    The response is plain text: pages contain URLs, which Flask cannot build for an invalid host.
    """
    host = request.environ.get("HTTP_HOST", "").lower()
    if host_is_trusted(host, (*LOOPBACK, *current_app.config["SETTINGS"].trusted_hosts)):
        return None
    log.warning("Refused a request for the host %r, which is not in TRUSTED_HOSTS.", host[:100])
    return Response("Unknown host name.\n", status=400, mimetype="text/plain")


def require_login() -> ResponseReturnValue | None:
    """Refuses anonymous callers, in the format of the request: HTMX, JSON or a page."""
    if request.endpoint in PUBLIC or current_user.is_authenticated:
        return None
    if request.htmx:
        # A redirect would put the login form inside a panel.
        return Response(status=401, headers={"HX-Redirect": url_for("auth.login", next=current_page())})
    if wants_json():
        abort(401, "Sign in first.")
    return redirect(url_for("auth.login", next=current_page()))


def require_right() -> None:
    """Refuses routes that the user's role may not use, including routes missing from the table of rights."""
    if request.endpoint is None or request.endpoint in PUBLIC or allowed(request.endpoint):
        return
    role = needed_role(request.endpoint)
    refusals.record("refused", request.path, after={"method": request.method, "needs": role})
    abort(403, f"This needs the role '{role}'; yours is '{current_user.role}'.")


def own_path(location: str) -> str:
    """Returns the path of a redirect within this site; other locations unchanged.

    Routing adds a trailing slash with a full URL, which behind a proxy would lead from https to http.
    """
    parts = urlsplit(location)
    if parts.netloc != request.host:
        return location
    path = f"/{parts.path.lstrip('/')}"
    return f"{path}?{parts.query}" if parts.query else path


def add_headers(response: Response) -> Response:
    """Adds the headers of every response; only the reader's browser may cache pages."""
    response.headers.update(HEADERS)
    # Not before the login: the number of statements would say which email addresses are known.
    response.headers["Server-Timing"] = timing.server_timing(detailed=request.endpoint not in PUBLIC)
    if response.location is not None:
        response.location = own_path(response.location)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
    if request.endpoint == "static":
        lasting = "v" in request.args and response.status_code == HTTPStatus.OK
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.vary.update(("HX-Request", "Cookie"))
    return response
