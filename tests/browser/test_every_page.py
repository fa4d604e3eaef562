"""Every page of the site in both themes, on a phone, a tablet and a wide screen."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Literal
from uuid import UUID

import psycopg
import pytest

from tests.browser.conftest import OF_COLOURS, Enter, Watched
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import loaded, nothing_wrong
from tests.browser.test_dashboard import ARTIST, fill
from tests.factories import audience_rows, insert_series, make_track, platform_id
from tests.sandbox_server import Sandbox
from tests.webapp.views.test_roles import ARTIST as OTHER_ARTIST
from tests.webapp.views.test_roles import ROUTES, fill_routes
from webapp.lib.clock import today

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WAYS = [(width, scheme) for width in (1440, 820, 390) for scheme in SCHEMES]
EACH = len(WAYS) if "EVERY_WIDTH" in os.environ else 1
"""The ways in which each page is checked: one, another for the next page; all take two minutes."""
TRACK = f"/tracks/{UUID(int=1)}/"
FULL = (
    TRACK,
    f"{TRACK}audience/?platforms=spotify,youtube&metric=gain",
    f"/artists/{ARTIST}/?platform=@streams",
    "/charts/top-fr/",
    f"/compare/?tracks={UUID(int=1)},{UUID(int=2)}",
    f"/compare/artists/?artists={ARTIST},{OTHER_ARTIST}",
)
"""Pages with much on them; the addresses of the table of roles open them with little."""
PANELS = {
    "dashboard.card", "audience.panel", "audience.coverage", "positions.panel", "artists.tracks",
    "artists.charts", "artists.audience", "platforms.coverage", "platforms.source", "platforms.charts",
    "platforms.top", "charts.calendar", "chart_rankings.index", "chart_runs.history", "notes.listed",
    "ops.causes",
}  # fmt: skip
"""Routes whose content is on another page too."""


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site of the tests of the dashboard, with something for every route."""

    def fill_all(database: psycopg.Connection) -> None:
        fill(database)
        song = make_track(database, str(UUID(int=50)), "On SoundCloud")
        database.execute(
            "INSERT INTO track_artists SELECT %s, id, 1 FROM artists WHERE uuid = %s", [song, ARTIST]
        )
        values = [(today() - timedelta(days=ago), 5000 - ago) for ago in range(20)]
        insert_series(database, audience_rows(song, platform_id(database, "soundcloud"), values))
        fill_routes(database, make_track(database))

    with opened(processes, sandbox_server, fill_all) as site:
        yield site


def test_axe_finds_nothing_on_any_page(enter: Enter, site: Site, subtests: pytest.Subtests) -> None:
    """All rules in light, and those that a theme can break in dark; a page is opened once."""
    watched = enter("admin")
    for place, path in enumerate(pages(watched)):
        watched.page.goto(path)
        loaded(watched.page)
        for width, scheme in (WAYS[(place + turn) % len(WAYS)] for turn in range(EACH)):
            watched.page.set_viewport_size({"width": width, "height": 900})
            watched.page.emulate_media(color_scheme=scheme)
            watched.drawn()
            with subtests.test(path, width=width, scheme=scheme):
                found = watched.axe(*(OF_COLOURS if scheme == "dark" else ()))
                assert found == [], found
                nothing_wrong(watched)


def pages(watched: Watched) -> list[str]:
    """Returns the addresses that open as pages, without those of PANELS."""
    assert set(ROUTES) > PANELS
    found = [*FULL]
    for endpoint, route in ROUTES.items():
        if route.method == "GET" and endpoint not in PANELS:
            answer = watched.page.request.get(route.address, max_redirects=0)
            if answer.ok and "<html" in answer.text()[:200]:
                found.append(route.address)
    return found
