"""`POST /oauth/token`: a bearer token for the client credentials."""

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.guard import PUBLIC_KEY, PUBLIC_NAME
from sandbox.state import state

bp = Blueprint("token", __name__)


@bp.post("/oauth/token")
def token() -> Response:
    given = request.authorization
    if given is None or (given.username, given.password) != (PUBLIC_NAME, PUBLIC_KEY):
        abort(401, "The client credentials are not known.")
    if (grant := request.form.get("grant_type")) != "client_credentials":
        abort(400, f"grant_type must be client_credentials, not {grant!r}.")
    now = state()
    answer = jsonify(
        {"access_token": now.issue_token(), "token_type": "bearer", "expires_in": now.token_seconds}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
