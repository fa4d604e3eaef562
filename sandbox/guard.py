"""The checks before and after every call: counts, faults, authentication, minute limit, quota."""

from flask import Flask, Response, abort, g, request

from sandbox import faults
from sandbox.state import State, state

# The public test keys of the API's documentation; the same pair is used for OAuth.
PUBLIC_NAME = PUBLIC_KEY = "soundcharts"
FREE = "/api/v2/team/usage"


def init_app(app: Flask) -> None:
    app.before_request(_admit)
    app.after_request(_finish)


def _admit() -> Response | None:
    """Returns the response for a refused call; None if the call may continue."""
    if request.path.startswith("/_sandbox/"):
        return None
    now = state()
    now.count_call(request.path)
    g.faults = now.take_faults(request.path, request.args.get("offset", ""))
    if (instead := faults.replacement(g.faults)) is not None:
        return instead
    return _check(now) if request.path.startswith("/api/") else None


def _check(now: State) -> Response | None:
    if not _is_known(now):
        abort(401, "Full authentication is required to access this resource.")
    if (seconds := now.seconds_to_wait()) is not None:
        return faults.rate_limited(seconds)
    if now.quota_left == 0 and request.path != FREE:
        return faults.quota_spent()
    return None


def _is_known(now: State) -> bool:
    """Returns whether the call has a bearer token issued here, or the two headers."""
    given = request.authorization
    if given is not None and given.type == "bearer":
        return now.knows_token(given.token or "")
    headers = request.headers.get("x-app-id"), request.headers.get("x-api-key")
    return headers == (PUBLIC_NAME, PUBLIC_KEY)


def _finish(answer: Response) -> Response:
    """Counts a call that returns data, then applies the faults that change the response."""
    if request.path.startswith("/api/"):
        now = state()
        if answer.status_code in range(200, 300) and request.path != FREE:
            now.spend_call()
        answer.headers["x-quota-remaining"] = str(now.quota_left)
    for fault in g.get("faults", []):
        if fault.name in faults.CHANGING:
            faults.CHANGING[fault.name](answer)
    return answer
