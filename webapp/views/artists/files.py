"""The tables of artists as files: the list, and the gains and charts of an artist."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, request

from webapp.lib.formats import gain_notes
from webapp.models import Artist
from webapp.queries import BLOCK
from webapp.queries.artists.growth import artist_totals
from webapp.queries.artists.listed import ListedArtist, artist_page
from webapp.queries.artists.pages import artist_charts
from webapp.queries.platforms.countries import country_names
from webapp.views.artists.filters import ArtistListState
from webapp.views.artists.growth import growth_of
from webapp.views.artists.period import Period, PeriodState, chosen_of, part_of, period_of
from webapp.views.shared.finding import artist_or_404
from webapp.views.shared.tables import FILE, Fields, Sheet, every, plain, sheet, table_file

CHARTS: Fields = {
    "Position": lambda row: row.position,
    "Movement": lambda row: row.movement.replace("_", "-"),
    "Previous position": lambda row: row.previous_position,
    "Track": lambda row: row.track_name or None,
    "Chart": lambda row: row.name,
    "Platform": lambda row: row.platform_name,
    "Place": lambda row: row.place,
    "Ranking of": lambda row: row.ranked_on,
    "Track uuid": lambda row: str(row.uuid),
}
PLATFORMS: Fields = {
    "Platform": lambda row: row.name,
    "Metric": lambda row: row.metric_name,
    "Gain": lambda row: row.gain,
    "Tracks with marks": lambda row: row.noted,
    "Change": lambda row: row.change,
    "Tracks compared": lambda row: len(row.compared),
    "Best day": lambda row: row.days.best_day,
    "Gain of best day": lambda row: row.days.best_gain,
    "Days with data": lambda row: row.days.days,
    "Newest date": lambda row: row.last_date,
    "Tracks counted": lambda row: row.counted,
    "Tracks": lambda row: len(row.tracks),
}

blueprint = Blueprint("artist_files", __name__, url_prefix="/artists")


@blueprint.get(f"/artists.{FILE}")
@table_file
def listed() -> Sheet:
    """The artists of the list with its filters and order."""
    state = ArtistListState.read(request.args, countries=country_names())
    narrow, sorting, countries, platform = state.narrow, state.sorting, state.countries, state.platform

    def page(after: UUID | None) -> tuple[Sequence[ListedArtist], UUID | None]:
        found = artist_page(narrow, sorting.sort, sorting.order, after=after, size=BLOCK)
        return found.artists, found.after

    fields: Fields = {
        "Artist": lambda row: row.name,
        "7 days": lambda row: row.gain,
        "Tracks counted": lambda row: row.counted,
        "Tracks with marks": lambda row: row.noted,
        "With data": lambda row: row.with_data,
        "Country": lambda row: countries.get(row.country_code, row.country_code) or None,
        "Career stage": lambda row: row.career_stage.replace("_", " ") or None,
        "Tracks": lambda row: row.tracks,
        "Best position": lambda row: row.best_position,
        "Newest date": lambda row: row.last_date,
        "Uuid": lambda row: str(row.uuid),
    }
    return sheet(
        f"artists {platform.name}",
        fields,
        every(page),
        total=artist_page(narrow, sorting.sort, sorting.order, after=None, size=1).total,
        filters=state.filters,
        order=sorting.words(),
        query=state.arguments(),
        notes=[("Platform", f"{platform.name} {platform.audience_metric_name.lower()}")],
    )


@blueprint.get(f"/<uuid:uuid>/audience/points.{FILE}")
@table_file
def points(uuid: UUID) -> Sheet:
    """All points of the series of the page, oldest first."""
    artist, state = artist_or_404(uuid), PeriodState.read(request.args)
    totals = artist_totals(artist.id)
    chosen = chosen_of(totals, state)
    growth = growth_of(artist, state, totals, chosen=chosen) if chosen else None
    on = growth.counted if growth else {}
    fields: Fields = {
        "date": lambda point: point.label,
        "platform": lambda _: chosen and chosen.name,
        "metric": lambda _: chosen and chosen.audience_metric_name,
        "total": lambda point: point.total,
        "tracks": lambda point: point.tracks,
        "tracks_reported": lambda point: point.tracks_reported,
        "tracks_joined": lambda point: point.tracks_joined,
        "gain": lambda point: point.gain,
        "gains_unknown": lambda point: point.unknown,
        "days_known": lambda point: point.days_known,
        "days_in_period": lambda point: point.length,
        "fetched_at": lambda point: point.fetched_at,
        "platforms_counted": lambda point: ", ".join(on[point.label].slugs) if on else None,
    }
    return sheet(
        f"{artist.name} audience",
        fields,
        growth.points if growth else [],
        filters=[f"{growth.ends.start} to {growth.ends.end}", f"by {state.interval}"] if growth else [],
        order="by date, oldest first",
        newest=growth.points[-1].label if growth and growth.points else None,
        query=state.arguments(),
    )


@blueprint.get(f"/<uuid:uuid>/charts.{FILE}")
@table_file
def charts(uuid: UUID) -> Sheet:
    """The entries of the artist's tracks in the newest rankings."""
    artist = artist_or_404(uuid)
    found = artist_charts(artist.id)
    return sheet(
        f"{artist.name} charts",
        CHARTS,
        found,
        order="best position first",
        newest=max((row.ranked_on for row in found), default=None),
    )


@blueprint.get(f"/<uuid:uuid>/gains.{FILE}")
@table_file
def gains(uuid: UUID) -> Sheet:
    """The gains of the artist's tracks on the platform and in the period of the page."""
    artist = artist_or_404(uuid)
    period = _period(artist)
    chosen = period.chosen or abort(404, "No track has a value on this platform in this period.")
    start, length = period.start, period.length
    fields: Fields = {
        "Track": lambda row: row.name or None,
        "Gain": lambda row: row.gain,
        "Gain, notes": lambda row: plain(
            gain_notes(row.covers, length, row.caveat, base=row.base_date, start=start)
        ),
        "Share": lambda row: part_of(chosen, row),
        "Total": lambda row: row.total,
        "Newest date": lambda row: row.last_date,
        "Track uuid": lambda row: str(row.uuid),
    }
    return sheet(
        f"{artist.name} gains {chosen.name}",
        fields,
        chosen.tracks,
        filters=[f"{period.start} to {period.end}", f"{chosen.name} {chosen.metric_name.lower()}"],
        order="by gain, largest first",
        newest=chosen.last_date,
    )


@blueprint.get(f"/<uuid:uuid>/platforms.{FILE}")
@table_file
def platforms(uuid: UUID) -> Sheet:
    """The gains of the artist's tracks in the period of the page, by platform."""
    artist = artist_or_404(uuid)
    period = _period(artist)
    return sheet(
        f"{artist.name} platforms",
        PLATFORMS,
        period.platforms,
        filters=[f"{period.start} to {period.end}"],
        newest=max((row.last_date for row in period.platforms), default=None),
    )


def _period(artist: Artist) -> Period:
    """Returns the period of the URL; 404 if no track has any audience."""
    found = period_of(artist, PeriodState.read(request.args))
    return found or abort(404, f"No track of {artist.name} has values on any platform.")
