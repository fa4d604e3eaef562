"""The list of platforms as a file."""

from flask import Blueprint, request

from webapp.views.platforms.filters import PlatformListState, listed_platforms
from webapp.views.shared.tables import FILE, Fields, Sheet, sheet, table_file

LIST: Fields = {
    "Platform": lambda row: row.name,
    "Type": lambda row: row.platform_type,
    "Metric": lambda row: row.metric_name if row.has_song_audience else None,
    "With data": lambda row: row.tracks,
    "Total": lambda row: row.total,
    "7 days": lambda row: row.gain,
    "Tracks counted": lambda row: row.counted,
    "Tracks with marks": lambda row: row.noted,
    "Newest date": lambda row: row.last_date,
    "Charts": lambda row: row.charts,
    "Healthy": lambda row: row.healthy,
    "Enabled": lambda row: row.enabled,
}

blueprint = Blueprint("platform_files", __name__, url_prefix="/platforms")


@blueprint.get(f"/platforms.{FILE}")
@table_file
def listed() -> Sheet:
    """All platforms in the order of the page."""
    state = PlatformListState.read(request.args)
    found = listed_platforms(state)
    return sheet(
        "platforms",
        LIST,
        found,
        order=state.sorting.words(),
        newest=max((row.last_date for row in found if row.last_date), default=None),
    )
