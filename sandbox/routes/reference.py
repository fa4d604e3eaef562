"""Lists of platforms, and the usage of the account."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify

from sandbox.answers import collection
from sandbox.platforms import Platform
from sandbox.state import state

bp = Blueprint("reference", __name__)


@bp.get("/api/v2/referential/platforms")
def platforms() -> Response:
    return _listed(lambda _: True)


@bp.get("/api/v2/referential/platforms/social")
def social_platforms() -> Response:
    return _listed(lambda platform: platform.social)


@bp.get("/api/v2/referential/platforms/streaming")
def streaming_platforms() -> Response:
    return _listed(lambda platform: platform.streaming)


@bp.get("/api/v2/chart/song/platforms")
def chart_platforms() -> Response:
    return _listed(lambda platform: platform.charts)


@bp.get("/api/v2/playlist/platforms")
def playlist_platforms() -> Response:
    return _listed(lambda platform: platform.playlists)


def _listed(wanted: Callable[[Platform], bool]) -> Response:
    platforms = state().source.platforms
    rows = [{"name": platform.name, "code": platform.code} for platform in platforms if wanted(platform)]
    return collection(rows, list)


@bp.get("/api/v2/team/usage")
def usage() -> Response:
    """Returns quota and minute limit. The real field names are unknown, so nothing should read them."""
    now = state()
    return jsonify(
        quota={"limit": now.full_quota, "remaining": now.quota_left},
        rateLimit={"limit": now.calls_per_minute, "used": now.in_minute()},
        errors=[],
    )
