"""The list of platforms, and the page of one platform."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.models import Platform
from webapp.queries.platforms.pages import (
    platform_aliases,
    platform_charts,
    platform_coverage,
    platform_source,
)
from webapp.queries.tracks.listed import Sort, TrackFilter, track_page
from webapp.views.platforms.filters import PlatformListState, listed_platforms
from webapp.views.shared.finding import platform_or_404
from webapp.views.shared.parts import part

MOST_TRACKS = 10

blueprint = Blueprint("platforms", __name__, url_prefix="/platforms")


@blueprint.get("/")
def index() -> str:
    """The list; all platforms fit on one page."""
    state = PlatformListState.read(request.args)
    return render_template("platforms/index.html", state=state, platforms=listed_platforms(state))


@blueprint.get("/<slug>/")
def page(slug: str) -> ResponseReturnValue:
    """One platform; other spellings and merged platforms redirect to its URL."""
    platform = platform_or_404(slug)
    if platform.slug != slug:
        return redirect(url_for("platforms.page", slug=platform.slug), 301)
    return render_template("platforms/page.html", platform=platform, aliases=platform_aliases(platform))


@blueprint.get("/<slug>/coverage/")
def coverage(slug: str) -> str:
    """The coverage of its tracks."""
    return _read("coverage", slug, platform_coverage)


@blueprint.get("/<slug>/source/")
def source(slug: str) -> str:
    """The health of SoundCharts for this platform."""
    return _read("source", slug, platform_source)


@blueprint.get("/<slug>/charts/")
def charts(slug: str) -> str:
    """Its charts with their health."""
    return _read("charts", slug, platform_charts)


@blueprint.get("/<slug>/top/")
def top(slug: str) -> str:
    """The tracks that gained most on it in 7 days, and those with the largest totals."""
    platform = platform_or_404(slug)
    orders: tuple[Sort, ...] = ("gain", "total")
    found = {
        sort: track_page(TrackFilter(platform.id), sort=sort, order="desc", after=None).tracks[:MOST_TRACKS]
        for sort in orders
    }
    gained = [track for track in found["gain"] if track.gain_7_days is not None]
    largest = [track for track in found["total"] if track.latest_value is not None]
    return _part("top", platform, "Top tracks", gained=gained, largest=largest)


def _read(name: str, slug: str, read: Callable[[Platform], object]) -> str:
    """Renders the panel `name`; its template takes what is read by the same name."""
    platform = platform_or_404(slug)
    return _part(name, platform, name.capitalize(), **{name: read(platform)})


def _part(name: str, platform: Platform, title: str, **shown: object) -> str:
    return part(
        "platforms",
        name,
        title=title,
        of=platform.name,
        key={"slug": platform.slug},
        platform=platform,
        **shown,
    )
