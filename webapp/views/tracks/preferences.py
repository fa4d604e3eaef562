"""What a person prefers: where they begin, whose numbers they look at first, and how far back.

An address that says what it shows means the same for everybody: preferences only fill in what it leaves open.
"""

from typing import NamedTuple, cast

from flask import url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.models import User
from webapp.views.shared.parameters import choice
from webapp.views.tracks.filters import listable_platforms
from webapp.views.tracks.panel import PanelState, Range

STARTS = {"dashboard": "dashboard.page", "charts": "charts.index", "tracks": "", "artists": "artists.index"}
"""The rooms to begin in and their routes; that of tracks depends on the platform preferred."""
PREFERRED_RANGES: dict[Range, str] = {
    "90": "90 days",
    "7": "7 days",
    "30": "30 days",
    "365": "365 days",
    "all": "All",
}


class Preferences(NamedTuple):
    """What `users.preferences` holds; `platform` is a slug, empty for the first."""

    start: str = "dashboard"
    platform: str = ""
    range: Range = "90"


def of(user: User) -> Preferences:
    """The preferences of a user; what is kept and no longer fits is as at first."""
    held = user.preferences
    first = Preferences()
    return Preferences(
        held["start"] if held.get("start") in STARTS else first.start,
        str(held.get("platform", first.platform)),
        held["range"] if held.get("range") in PREFERRED_RANGES else first.range,
    )


def read_preferences(given: MultiDict[str, str]) -> Preferences:
    """What the form says. Raises BadParameterError."""
    platforms = tuple(platform.slug for platform in listable_platforms())
    return Preferences(
        choice(given, "start", tuple(STARTS)),
        choice(given, "platform", ("", *platforms)),
        cast("Range", choice(given, "range", tuple(PREFERRED_RANGES))),
    )


def start_page(user: User) -> str:
    """Where a user begins who asked for no page."""
    endpoint = STARTS[of(user).start]
    return url_for(endpoint) if endpoint else tracks_url(user)


def tracks_url(user: User | None = None) -> str:
    """The list of tracks with the numbers that a user (else: who is signed in) prefers."""
    return url_for("tracks.index", platform=of(user or current_user).platform or None)


def with_own_range(state: PanelState, given: MultiDict[str, str]) -> PanelState:
    """A panel over the range preferred, where its address names none."""
    named = any(given.get(name) for name in ("range", "start_date", "end_date"))
    return state if named else state._replace(range=of(current_user).range)


def said_range(state: PanelState) -> dict[str, str]:
    """What an address says of the range, where without a word it would mean the one preferred."""
    return {"range": state.range} if of(current_user).range != Preferences().range else {}
