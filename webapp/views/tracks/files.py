"""The tables of tracks as files: the list, and the charts and platforms of a track."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, request

from webapp.lib.formats import gain_notes
from webapp.queries import BLOCK
from webapp.queries.tracks.listed import ListedTrack, track_page, track_total
from webapp.queries.tracks.pages import Coverage, track_coverage
from webapp.queries.tracks.positions import TrackChart
from webapp.views.shared.finding import track_or_404
from webapp.views.shared.tables import FILE, Fields, Sheet, every, most_rows, plain, sheet, table_file
from webapp.views.tracks.filters import TrackListState
from webapp.views.tracks.positions import requested


def _notes(track: ListedTrack) -> str | None:
    known = track.gain_7_days is not None
    return plain(gain_notes(track.gain_7_days_covers, 7, track.gain_7_days_caveat)) if known else None


FIELDS: dict[str, Fields] = {
    "title": {"Title": lambda track: track.name or None, "Artists": lambda track: track.credit_name or None},
    "label": {"Label": lambda track: track.label},
    "released": {"Released": lambda track: track.release_date},
    "total": {"Total": lambda track: track.latest_value},
    "gain": {
        "7 days": lambda track: track.gain_7_days,
        "7 days, notes": _notes,
    },
    "change": {"Change": lambda track: track.gain_change},
    "newest": {"Newest date": lambda track: track.last_date, "Fetched": lambda track: track.fetched_at},
}
"""The columns of the file for each column of the list."""
COVERAGE: Fields = {
    "Platform": lambda row: row.name,
    "State": lambda row: row.status if row.offered else "not offered",
    "Fetched": lambda row: row.fetched_at,
    "First date": lambda row: row.first_date,
    "Newest date": lambda row: row.last_date,
    "Days with values": lambda row: row.days,
    "Missing days": lambda row: row.missing if row.days else None,
    "Longest gap": lambda row: row.longest_gap if row.days else None,
}
CHARTS: Fields = {
    "Chart": lambda row: row.name,
    "Platform": lambda row: row.platform_name,
    "Place": lambda row: row.place,
    "Peak": lambda row: row.peak,
    "Peak note": lambda row: "from the API" if row.peak_is_from_api else row.peak_note or None,
    "Now": lambda row: row.current,
    "Stored rankings": lambda row: row.rankings,
    "Time on chart": lambda row: row.time_on_chart,
    "Unit": lambda row: f"{row.unit}s",
    "Entered": lambda row: row.entered,
    "Last seen": lambda row: row.last_seen,
}

blueprint = Blueprint("track_files", __name__, url_prefix="/tracks")


@blueprint.get(f"/tracks.{FILE}")
@table_file
def listed() -> Sheet:
    """The tracks of the list with its columns, filters and order; drawings are left out."""
    state = TrackListState.read(request.args)
    narrow, sorting, platform = state.narrow, state.sorting, state.platform

    def page(after: UUID | None) -> tuple[Sequence[ListedTrack], UUID | None]:
        found = track_page(narrow, sorting.sort, sorting.order, after=after, size=BLOCK)
        return found.tracks, found.after

    fields: dict[str, object] = {}
    for column in state.shown:
        fields |= FIELDS.get(column.sort, {})
    return sheet(
        f"tracks {platform.name}",
        {**fields, "Uuid": lambda track: str(track.uuid)},  # type: ignore[dict-item]
        every(page),
        total=track_total(narrow, most_rows() + 1),
        filters=state.filters,
        order=sorting.words(),
        query=state.arguments(),
        notes=[("Platform", f"{platform.name} {platform.audience_metric_name.lower()}")],
    )


@blueprint.get(f"/<uuid:uuid>/coverage.{FILE}")
@table_file
def coverage(uuid: UUID) -> Sheet:
    """Every platform with the freshness and coverage of the track."""
    track = track_or_404(uuid)
    found: list[Coverage] = track_coverage(track.id)
    return sheet(
        f"{track.name or track.uuid} coverage",
        COVERAGE,
        found,
        order="those with the newest values first, those without song audience last",
        newest=max((row.last_date for row in found if row.last_date), default=None),
    )


@blueprint.get(f"/<uuid:uuid>/charts.{FILE}")
@table_file
def charts(uuid: UUID) -> Sheet:
    """The charts that held the track."""
    track = track_or_404(uuid)
    found: list[TrackChart] = list(requested(track).charts)
    return sheet(
        f"{track.name or track.uuid} charts",
        CHARTS,
        found,
        order="by peak, best first",
        newest=max((row.last_ranked_on for row in found), default=None),
    )
