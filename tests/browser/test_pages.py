"""Every part of the kit, in both themes and at both widths: nothing blocked, logged or minded by axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OF_COLOURS, Watched, wait_until_true
from tests.browser.steps import clean_in_both_themes, clean_in_every_look

pytestmark = pytest.mark.browser

Visit = Callable[..., Watched]

PATHS = [
    "/tracks/",
    "/ops/runs/?names=shared,axes,lonely",
    "/ops/runs/?names=many",
    "/ops/runs/?names=single,axes,none&shows=gain",
    "/ops/runs/?names=single&zero=1",
    "/login?error=That+is+not+right.",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_clean(visit: Visit, path: str) -> None:
    clean_in_every_look(visit(path))


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500])
def test_an_error_page_is_clean_and_offers_a_way_on(visit: Visit, code: int) -> None:
    watched = visit(f"/error/{code}")
    [only] = watched.errors  # the browser's own line about the status
    assert f"status of {code}" in only
    watched.errors.clear()
    clean_in_both_themes(watched)
    assert watched.page.get_by_role("link", name="Retry").count() == (1 if code in (429, 500) else 0)
    expect(watched.page.locator(".error-page").get_by_role("link", name="Help")).to_be_visible()


def test_the_watch_sees_what_is_wrong(visit: Visit) -> None:
    """The tests above could not fail if these did not speak up."""
    watched = visit("/login")
    watched.page.evaluate("document.body.setAttribute('style', 'color: red')")
    watched.page.evaluate("document.querySelector('main').append(new Image())")
    with watched.page.expect_console_message(lambda message: message.text == "noted"):
        watched.page.evaluate("console.error('noted')")
    wait_until_true(watched.page, "window.violations?.length")
    assert watched.violations() == ["style-src-attr"]
    assert any(finding.startswith("image-alt") for finding in watched.axe())
    assert "noted" in watched.errors
    watched.page.evaluate("document.querySelector('h1').style.color = 'rgb(128 128 128 / 20%)'")
    assert any(finding.startswith("color-contrast") for finding in watched.axe(*OF_COLOURS))


def test_rows_become_cards_on_a_phone(visit: Visit) -> None:
    cell = "td[data-label=Streams] >> nth=0"
    wide, narrow = visit("/tracks/").page, visit("/tracks/", width=390).page
    assert wide.locator(cell).evaluate("cell => getComputedStyle(cell).display") == "table-cell"
    assert narrow.locator(cell).evaluate("cell => getComputedStyle(cell).display") == "flex"
    assert narrow.locator(cell).evaluate("cell => getComputedStyle(cell, '::before').content") == '"Streams"'


def test_a_table_keeps_its_head_in_sight(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.locator("td[data-label=Fetched] >> nth=6").scroll_into_view_if_needed()
    page.locator("td[data-label=Fetched] >> nth=6").evaluate(
        "cell => scrollBy(0, cell.getBoundingClientRect().top - 120)"
    )
    box = page.locator("thead th >> nth=0").bounding_box()
    assert box is not None
    assert 50 <= box["y"] <= 60


def test_paper_shows_no_controls(visit: Visit) -> None:
    page = visit("/tracks/", color_scheme="dark").page
    page.emulate_media(media="print")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.get_by_role("button", name="Refresh")).to_be_hidden()
    expect(page.get_by_role("heading", name="Glass Harbour")).to_be_visible()
