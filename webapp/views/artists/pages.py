"""The list of artists, and the page of one artist."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from webapp.access.requests import current_page
from webapp.cache import versioned_json
from webapp.drawing.apexcharts import empty
from webapp.lib.clock import today
from webapp.models import Artist
from webapp.queries.artists.growth import artist_releases
from webapp.queries.artists.listed import artist_choices
from webapp.queries.artists.pages import artist_charts, artist_presence
from webapp.queries.platforms.countries import country_names
from webapp.queries.tracks.listed import TrackFilter, track_count, track_page
from webapp.views.artists.filters import BEST, DATA, TRACKS, ArtistListState, listed_artists
from webapp.views.artists.growth import Growth, chosen_platform, drawing, growth_of, series_of
from webapp.views.artists.period import PeriodState, ends_of, offered_history, part_of, period_of
from webapp.views.shared.finding import artist_or_404
from webapp.views.shared.htmx import with_url
from webapp.views.shared.listing import list_response
from webapp.views.shared.parts import part
from webapp.views.shared.tables import FILE, Sheet, table_file
from webapp.views.tracks.filters import TrackListState

MOST_TRACKS = 10
CSV_HEADER = (
    "date",
    "platform",
    "metric",
    "total",
    "tracks",
    "tracks_reported",
    "tracks_joined",
    "gain",
    "gains_unknown",
    "days_known",
    "days_in_period",
    "fetched_at",
)

blueprint = Blueprint("artists", __name__, url_prefix="/artists")


@blueprint.get("/")
def index() -> Response:
    """The list; the URL has sort order, filters and the last artist of the previous page."""
    listed = listed_artists(request.args)
    state: ArtistListState = listed["state"]
    choices, countries = artist_choices(), state.countries
    named = sorted((countries.get(code, code), code) for code in choices.countries)
    return list_response(
        "artists/_list.html",
        "artists/index.html",
        state.url(),
        **listed,
        countries=[("", "All"), *((code, name) for name, code in named)],
        stages=[("", "All"), *((stage, stage.replace("_", " ")) for stage in choices.stages)],
        tracks=list(TRACKS.items()),
        best=list(BEST.items()),
        data=list(DATA.items()),
    )


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """One artist; the URL also has the period and the platform of its audience."""
    state = PeriodState.read(request.args)
    artist = artist_or_404(uuid)
    return render_template("artists/page.html", artist=artist, state=state, countries=country_names())


@blueprint.get("/<uuid:uuid>/tracks/")
def tracks(uuid: UUID) -> str:
    """The artist's tracks with most gain in 7 days on one platform, and the number of all."""
    artist = artist_or_404(uuid)
    state = TrackListState.read(request.args)
    narrow = TrackFilter(state.platform.id, artist=artist.uuid)
    found = track_page(narrow, sort="gain", order="desc", after=None).tracks[:MOST_TRACKS]
    total = track_count(narrow)
    return _part("tracks", artist, "Tracks", found=found, total=total, platform=state.platform)


@blueprint.get("/<uuid:uuid>/charts/")
def charts(uuid: UUID) -> str:
    """The current charts of the artist's tracks, and their history in numbers."""
    artist = artist_or_404(uuid)
    return _part("charts", artist, "Charts", now=artist_charts(artist.id), ever=artist_presence(artist.id))


@blueprint.get("/<uuid:uuid>/audience/")
def audience(uuid: UUID) -> Response:
    """The growth of the artist's tracks in a period; an invalid parameter shows as an error."""
    artist = artist_or_404(uuid)
    state, error = PeriodState.read_or_default(request.args)
    body = _part(
        "audience",
        artist,
        "Audience",
        state=state,
        error=error,
        period=(period := period_of(artist, state)),
        growth=growth_of(artist, state, period) if period else None,
        history=offered_history(period),
        part_of=part_of,
    )
    return with_url(body, _url_with(artist, state), error=error)


@blueprint.get("/<uuid:uuid>/audience/chart/", endpoint="drawing")
def draw(uuid: UUID) -> Response:
    """The drawing for drawings.js, for the parameters of the audience."""
    artist = artist_or_404(uuid)
    state = PeriodState.read(request.args)
    ends = ends_of(artist, state)
    if ends is None:
        return jsonify(empty("day", "There are no values yet."))
    chosen = chosen_platform(artist, state)
    releases = artist_releases(artist.id, *ends)
    # A current week or month changes at midnight.
    clock = None if state.interval == "day" else today()
    return versioned_json(
        ("artist", artist.id, state, ends, chosen, releases, clock),
        lambda: drawing(series_of(artist, state, ends, chosen=chosen), releases),
    )


@blueprint.get(f"/<uuid:uuid>/audience/points.{FILE}")
@table_file
def points(uuid: UUID) -> Sheet:
    """All points of the series as a file, oldest first."""
    artist = artist_or_404(uuid)
    growth = _requested(artist)
    rows = [
        (
            point.label,
            growth.chosen.name,
            growth.chosen.metric_name,
            point.total,
            point.series,
            point.reported,
            point.joined,
            point.gain,
            point.unknown,
            point.days_known,
            point.length,
            point.fetched_at,
        )
        for point in (growth.points if growth else [])
        if growth and growth.chosen
    ]
    return Sheet(
        f"{artist.name} audience",
        CSV_HEADER,
        rows,
        filters=[f"{growth.ends.start} to {growth.ends.end}", f"by {growth.state.interval}"]
        if growth
        else [],
        order="by date, oldest first",
        newest=growth.points[-1].label if growth and growth.points else None,
    )


def _requested(artist: Artist) -> Growth | None:
    """Returns the series for the parameters of the URL; None if no track has values."""
    state = PeriodState.read(request.args)
    ends = ends_of(artist, state)
    return series_of(artist, state, ends, chosen=chosen_platform(artist, state)) if ends else None


def _part(name: str, artist: Artist, title: str, **shown: object) -> str:
    return part(
        "artists", name, title=title, of=artist.name, key={"uuid": artist.uuid}, artist=artist, **shown
    )


def _url_with(artist: Artist, state: PeriodState) -> str:
    """Returns the URL of the surrounding page with this period."""
    alone = current_page().partition("?")[0] == url_for("artists.audience", uuid=artist.uuid)
    endpoint = "artists.audience" if alone else "artists.page"
    # url_for sorts keyword arguments by itself; a dict keeps this order.
    return url_for(endpoint, **{"uuid": artist.uuid, **state.arguments()})
