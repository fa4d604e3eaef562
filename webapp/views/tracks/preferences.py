"""The preferences of a user: start page, platform and range of audience.

A URL with explicit parameters shows the same to everyone: preferences only replace missing ones.
"""

from dataclasses import replace
from typing import NamedTuple, cast

from flask import url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.models import User
from webapp.views.shared.finding import listable_platforms
from webapp.views.shared.parameters import choice
from webapp.views.shared.state import present
from webapp.views.tracks.panel import PanelState, Range

STARTS = {"dashboard": "dashboard.page", "charts": "charts.index", "tracks": "", "artists": "artists.index"}
"""Start pages and their endpoints; that of tracks depends on the preferred platform."""
PREFERRED_RANGES: dict[Range, str] = {
    "90": "90 days",
    "7": "7 days",
    "30": "30 days",
    "365": "365 days",
    "all": "All",
}


class Preferences(NamedTuple):
    """The content of `users.preferences`; `platform` is a slug, empty for the first."""

    start: str = "dashboard"
    platform: str = ""
    range: Range = "90"


def of(user: User) -> Preferences:
    """Returns the preferences of a user; invalid stored values are replaced by defaults."""
    held = user.preferences
    first = Preferences()
    return Preferences(
        held["start"] if held.get("start") in STARTS else first.start,
        str(held.get("platform", first.platform)),
        held["range"] if held.get("range") in PREFERRED_RANGES else first.range,
    )


def read_preferences(given: MultiDict[str, str]) -> Preferences:
    """Reads the form. Raises BadParameterError."""
    platforms = tuple(platform.slug for platform in listable_platforms())
    return Preferences(
        choice(given, "start", tuple(STARTS)),
        choice(given, "platform", ("", *platforms)),
        cast("Range", choice(given, "range", tuple(PREFERRED_RANGES))),
    )


def start_page(user: User) -> str:
    """Returns the URL of a user's start page."""
    endpoint = STARTS[of(user).start]
    return url_for(endpoint) if endpoint else tracks_url(user)


def tracks_url(user: User | None = None) -> str:
    """Returns the URL of the list of tracks with the preferred platform of `user` or the current user."""
    return url_for("tracks.index", platform=of(user or current_user).platform or None)


def with_own_range(state: PanelState, given: MultiDict[str, str]) -> PanelState:
    """Returns the state with the preferred range, if the URL has none."""
    named = any(name in present(given) for name in ("range", "start_date", "end_date"))
    return state if named else replace(state, range=of(current_user).range)


def range_argument(state: PanelState) -> dict[str, str]:
    """Returns the range for a URL, needed if the user's preference differs from the default."""
    return {"range": state.range} if of(current_user).range != Preferences().range else {}
