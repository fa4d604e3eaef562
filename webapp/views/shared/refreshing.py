"""Shared by the JSON endpoints and the pages: the chosen platforms, and requests for fresh data."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from webapp.app_settings import is_fresh
from webapp.extensions import db
from webapp.lib.formats import age
from webapp.models import AudienceState, Platform, Track
from webapp.queries.tracks.combined import Drawable
from webapp.queries.tracks.pages import Series
from webapp.views.shared.finding import drawables_or_404, platforms_with_data
from webapp.views.shared.parameters import BadParameterError
from webapp.work.queue import LiveRun, submit
from webapp.work.requests import audience_request

MOST_PLATFORMS = 20


class Fresh(NamedTuple):
    """Data that are fresh and are only fetched again if forced."""

    fetched_at: datetime

    @property
    def sentence(self) -> str:
        """The age of the data, in words."""
        return f"Fetched {age(self.fetched_at)}"


def request_audience(track: Track, platform: Platform, *, forced: bool, requested_by: int) -> Fresh | LiveRun:
    """Requests the audience of a track, unless it is fresh and not forced."""
    state = db.session.get(AudienceState, (track.id, platform.id))
    fetched_at = state.fetched_at if state is not None else None
    if not forced and fetched_at is not None and is_fresh(fetched_at):
        return Fresh(fetched_at)
    return submit(audience_request(track, platform, forced=forced, requested_by=requested_by))


def chosen_platforms(held: Sequence[Series], spellings: str | None) -> list[Drawable]:
    """Returns the named platforms and combinations in order, each once; by default those with data, by id."""
    with_data = platforms_with_data(held)
    if spellings is None:
        return [*with_data]
    names = [name.strip() for name in spellings.split(",")]
    if not all(names):
        raise BadParameterError("platforms must be names of platforms separated by commas.")
    if len(names) > MOST_PLATFORMS:
        raise BadParameterError(f"platforms must have at most {MOST_PLATFORMS} platforms.")
    return drawables_or_404(names, with_data)
