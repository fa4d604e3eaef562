"""Audience as JSON, for programs: charts of one or several platforms, and requests for new data.

Parameters are checked strictly: an unknown one is refused by name, because a range that is silently
ignored looks like a valid response.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.access import limits
from webapp.cache import versioned_json
from webapp.lib.clock import today
from webapp.models import Track
from webapp.queries.audience import ChartQuery, chart_of, single_chart
from webapp.queries.platforms.combined import members
from webapp.queries.tracks.combined import Drawable, points_of
from webapp.queries.tracks.pages import Series, track_series
from webapp.views.shared.finding import audience_platform_or_404, platform_or_404, track_or_404
from webapp.views.shared.parameters import (
    CHART_PARAMETERS,
    BadParameterError,
    chart_query,
    flag,
    refuse_unknown,
)
from webapp.views.shared.refreshing import Fresh, chosen_platforms, request_audience

blueprint = Blueprint("audience_api", __name__, url_prefix="/soundcharts/audience")


@blueprint.get("/chart/<track_uuid>/<platform_slug>/")
@limits.data
def chart(track_uuid: str, platform_slug: str) -> Response:
    """The series of one track on one platform."""
    refuse_unknown(request.args, CHART_PARAMETERS)
    query = chart_query(request.args)
    track, platform = track_or_404(track_uuid), platform_or_404(platform_slug)
    held = track_series(track.id)
    return versioned_json(
        ("single", *version_of(track, [platform], held=held, query=query)),
        lambda: {
            "success": True,
            "track": described_track(track),
            "platform": described_platform(platform),
            "chart_data": single_chart(track, platform, query),
        },
    )


@blueprint.get("/chart/<track_uuid>/")
@limits.data
def comparison(track_uuid: str) -> Response:
    """The series of one track on the given `platforms`, in that order, or on all with data."""
    refuse_unknown(request.args, (*CHART_PARAMETERS, "platforms"))
    query = chart_query(request.args)
    track = track_or_404(track_uuid)
    held = track_series(track.id)
    drawn = chosen_platforms(held, request.args.get("platforms"))
    return versioned_json(
        ("comparison", *version_of(track, drawn, held=held, query=query)),
        lambda: {
            "success": True,
            "track": described_track(track),
            "platforms": [described_platform(each) for each in drawn],
            "chart_data": _comparison(track, drawn, query, held=held),
        },
    )


def _comparison(
    track: Track, drawn: Sequence[Drawable], query: ChartQuery, *, held: Sequence[Series]
) -> dict[str, Any]:
    """Returns the series; that of a combination names the platforms that count on each date."""
    points, counted = points_of(track, drawn, query, held=held)
    chart = chart_of(track, drawn, query, points=points)
    for each, dataset in zip(drawn, chart["datasets"], strict=True):
        if each.id in counted:
            own = {label.isoformat(): platforms.slugs for label, platforms in counted[each.id].items()}
            dataset["platforms_counted"] = [own.get(label) for label in chart["labels"]]
    return chart


@blueprint.post("/refresh/<track_uuid>/<platform_slug>/")
@limits.data
@limits.refreshes
def refresh(track_uuid: str, platform_slug: str) -> ResponseReturnValue:
    """Requests new data: 202 with the run, or 200 if they are fresh and `force` is not given."""
    given = posted()
    refuse_unknown(given, ("force", "csrf_token"))
    force = flag(given, "force")
    track, platform = track_or_404(track_uuid), audience_platform_or_404(platform_slug)
    outcome = request_audience(track, platform, forced=force, requested_by=current_user.id)
    if isinstance(outcome, Fresh):
        return jsonify(success=True, message=outcome.sentence, fetched_at=outcome.fetched_at.isoformat())
    run = {"uuid": str(outcome.uuid), "state": outcome.state}
    url = url_for("ops.run", uuid=outcome.uuid)
    return jsonify(success=True, run=run, url=url), 202


def posted() -> MultiDict[str, str]:
    """Returns the posted parameters, from the form, the URL or a JSON object."""
    if not request.is_json:
        return MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
    try:
        body = request.get_json()
    except RecursionError as error:
        raise BadParameterError("The body is nested too deeply.") from error
    if not isinstance(body, dict):
        raise BadParameterError("The body must be a JSON object.")
    return MultiDict((name, str(value)) for name, value in body.items())


def version_of(
    track: Track, drawn: Sequence[Drawable], *, held: Sequence[Series], query: ChartQuery
) -> list[object]:
    """Returns the version of a response. `held` must be read before the rows of the response."""
    versions = {series.platform_id: series.version for series in held}
    shown = [(each.id, each.updated_at, versions.get(each.id)) for each in members(drawn)]
    # A current week or month changes at midnight.
    clock = None if query.interval == "day" else today()
    return [track.uuid, track.updated_at, [each.slug for each in drawn], shown, tuple(query), clock]


def described_track(track: Track) -> dict[str, str]:
    """Returns a track in the format of the JSON endpoints."""
    return {"name": track.name, "credit_name": track.credit_name, "uuid": str(track.uuid)}


def described_platform(platform: Drawable) -> dict[str, str]:
    """Returns a platform in the format of the JSON endpoints."""
    return {"name": platform.name, "slug": platform.slug, "metric_name": platform.audience_metric_name}
