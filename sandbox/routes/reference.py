"""The platforms with charts, and the usage of the account."""

from flask import Blueprint, Response, jsonify

from sandbox.answers import collection
from sandbox.state import state

bp = Blueprint("reference", __name__)


@bp.get("/api/v2/chart/song/platforms")
def chart_platforms() -> Response:
    platforms = [platform for platform in state().source.platforms if platform.charts]
    return collection([{"name": platform.name, "code": platform.code} for platform in platforms], list)


@bp.get("/api/v2/team/usage")
def usage() -> Response:
    """Returns quota and minute limit. The real field names are unknown, so nothing should read them."""
    now = state()
    return jsonify(
        quota={"limit": now.full_quota, "remaining": now.quota_left},
        rateLimit={"limit": now.calls_per_minute, "used": now.in_minute()},
        errors=[],
    )
