"""The list of artists, and the page of one artist."""

from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from webapp.access.requests import current_page
from webapp.cache import versioned_json
from webapp.drawing.apexcharts import empty
from webapp.lib.clock import today
from webapp.models import Artist
from webapp.queries.artists.growth import artist_releases, artist_totals
from webapp.queries.artists.listed import artist_choices
from webapp.queries.artists.pages import artist_charts, artist_presence
from webapp.queries.platforms.combined import Combination, combinations
from webapp.queries.platforms.countries import country_names
from webapp.queries.tracks.listed import TrackFilter, track_count, track_page
from webapp.views.artists.filters import BEST, DATA, TRACKS, ArtistListState, listed_artists
from webapp.views.artists.growth import WINDOWS, drawing, growth_of, tiles_of
from webapp.views.artists.period import (
    PeriodState,
    chosen_of,
    combined_gain,
    ends_of,
    offered_history,
    part_of,
    period_of,
)
from webapp.views.shared.finding import artist_or_404
from webapp.views.shared.htmx import with_url
from webapp.views.shared.listing import list_response
from webapp.views.shared.parts import part
from webapp.views.tracks.filters import TrackListState

MOST_TRACKS = 10
blueprint = Blueprint("artists", __name__, url_prefix="/artists")


@blueprint.get("/")
def index() -> Response:
    """The list; the URL has sort order, filters and the last artist of the previous page."""
    listed = listed_artists(request.args)
    state: ArtistListState = listed["state"]
    choices, countries = artist_choices(), state.countries
    named = sorted((countries.get(code, code), code) for code in choices.countries)
    return list_response(
        "artists",
        **listed,
        countries=[("", "All"), *((code, name) for name, code in named)],
        stages=[("", "All"), *((stage, stage.replace("_", " ")) for stage in choices.stages)],
        tracks=list(TRACKS.items()),
        best=list(BEST.items()),
        data=list(DATA.items()),
    )


@blueprint.get("/<uuid:uuid>/")
def page(uuid: UUID) -> str:
    """One artist; the URL also has the period and the platform of its audience, 404 if that is unknown."""
    state = PeriodState.read(request.args)
    artist = artist_or_404(uuid)
    if state.platform:
        chosen_of(artist_totals(artist.id), state)
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
    period = period_of(artist, state, recent=WINDOWS)
    totals = period.totals if period else []
    chosen = chosen_of(totals, state)
    growth = growth_of(artist, state, totals, chosen=chosen) if chosen else None
    body = _part(
        "audience",
        artist,
        "Audience",
        state=state,
        error=error,
        period=period,
        tiles=tiles_of(period) if period else [],
        choices=[*totals, *combinations(totals)],
        growth=growth,
        drawing=drawing(growth, artist_releases(artist.id, *growth.ends)) if growth else None,
        history=offered_history(period),
        combined=combined_gain(period, chosen) if period and isinstance(chosen, Combination) else "",
        part_of=part_of,
    )
    return with_url(body, _url_with(artist, state), error=error)


@blueprint.get("/<uuid:uuid>/audience/chart/", endpoint="drawing")
def draw(uuid: UUID) -> Response:
    """The drawing for drawings.js, for the parameters of the audience."""
    artist = artist_or_404(uuid)
    state = PeriodState.read(request.args)
    totals = artist_totals(artist.id)
    chosen = chosen_of(totals, state)
    if chosen is None:
        return jsonify(empty("day", "There are no values yet."))
    releases = artist_releases(artist.id, *ends_of(totals, state))
    # A current week or month changes at midnight.
    clock = None if state.interval == "day" else today()
    return versioned_json(
        ("artist", artist.id, state, totals, releases, clock),
        lambda: drawing(growth_of(artist, state, totals, chosen=chosen), releases),
    )


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
