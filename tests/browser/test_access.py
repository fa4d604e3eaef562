"""By keyboard alone, at 200 %, and through a screen reader."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import drawn, loaded, nothing_wrong, open_filters
from tests.browser.test_dashboard import fill
from tests.browser.test_walk import Keyboard
from tests.sandbox_server import Sandbox

pytestmark = pytest.mark.browser

TRACK = f"/tracks/{UUID(int=1)}/"
CONTROLS = """
    [...document.querySelectorAll("a[href], button, summary, select, input, th, h1, h2, h3")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .map((each) => `${each.localName} ${each.ariaLabel || each.id || each.textContent.trim()}`)
"""
CUT_OFF = """
    [...document.querySelectorAll("body :not(.sr-only, [title])")]
        .filter((each) => each.checkVisibility() && each.clientWidth > 2)
        .filter((each) => each.scrollWidth > each.clientWidth + 1)
        .filter((each) => ["hidden", "clip"].includes(getComputedStyle(each).overflowX))
        .map((each) => each.outerHTML.slice(0, 160))
"""


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site of the tests of the dashboard."""
    with opened(processes, sandbox_server, fill) as site:
        yield site


def test_the_way_from_the_overview_to_a_file_by_keyboard_alone(enter: Enter, site: Site) -> None:
    watched = enter("viewer")
    page, keys = watched.page, Keyboard(watched.page)
    page.goto("/")
    keys.press(page.locator("#card-leaders .track-title").first)
    drawn(page)
    keys.choose(page.locator("#range-365"), "#audience")
    assert page.evaluate("document.activeElement.matches('#range-365:focus-visible')")
    rows = page.locator("#points tbody tr")
    keys.press(page.locator("#points > summary"))
    expect(rows.first).to_be_hidden()  # a table of few rows is open at first
    page.keyboard.press("Enter")
    expect(rows.first).to_be_visible()
    keys.press(page.locator("#audience summary", has_text="Export"))
    with page.expect_download() as download:
        keys.press(page.locator("#audience .menu-item", has_text="CSV"))
    assert download.value.suggested_filename.endswith(".csv")
    nothing_wrong(watched)


def test_nothing_is_lost_at_200_percent(enter: Enter, site: Site) -> None:
    """A window of 1440 pixels at 200 % is 720 wide."""
    wide, zoomed = enter("operator"), enter("operator", width=720, device_scale_factor=2)
    for path in ("/", TRACK, "/charts/"):
        assert controls(wide.page, path) - controls(zoomed.page, path) == set(), path
        assert zoomed.page.evaluate(CUT_OFF) == [], path
        nothing_wrong(zoomed)


def controls(page: Page, path: str) -> set[str]:
    """The visible controls and headings of a page, by their names."""
    page.goto(path)
    loaded(page)
    open_filters(page)
    return set(page.evaluate(CONTROLS))


def test_a_screen_reader_gets_what_a_chart_shows(enter: Enter, site: Site) -> None:
    page = enter("viewer").page
    page.goto(TRACK)
    drawn(page)
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    chart, _positions = [node for node in nodes if text(node, "role") == "application"]
    assert text(chart, "name") == "Audience of Song 0. The arrow keys read its points."
    words = page.locator("#audience .summary p").last.inner_text()
    assert words.startswith("Spotify streams: ")
    assert text(chart, "description") == words
    roles = {prop["name"]: prop["value"].get("value") for prop in chart["properties"]}
    assert (roles["roledescription"], roles["focusable"]) == ("chart", True)


def text(node: dict[str, Any], name: str) -> str:
    """Returns a text of a node of the accessibility tree."""
    return str(node.get(name, {}).get("value", ""))
