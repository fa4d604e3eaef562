"""Steps of a user on the site, and checks for any page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OF_COLOURS, Watched, wait_until_true
from tests.webapp.views.conftest import PASSWORD

BEYOND_THE_EDGE = """
    document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth)
        .map((each) => each.outerHTML.slice(0, 160))
"""

NOTHING_WAITS = """() => {
  const waiting = document.querySelector("[data-panel]:has(> .loading), .htmx-request");
  waiting?.scrollIntoView({ block: "center" });
  return !waiting;
}"""


def loaded(page: Page) -> None:
    """Scrolls to every panel of the page, and waits until all are loaded and stable."""
    wait_until_true(page, NOTHING_WAITS)
    expect(page.locator("figure[data-state=loading]")).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")


def open_filters(page: Page) -> None:
    """Opens the filters of a list, which are behind a button on a phone."""
    button = page.locator("#filters > summary")
    if button.is_visible():
        button.press("Enter")


def drawn(page: Page) -> None:
    """Scrolls to the panel, which makes it load, and waits until it has its chart."""
    page.locator("#audience").scroll_into_view_if_needed()
    expect(page.locator("#audience figure")).to_have_attribute("data-state", "drawn")
    expect(page.locator("#audience .htmx-request")).to_have_count(0)
    expect(page.locator("#audience svg.apexcharts-svg path").first).to_be_attached()


def clean(watched: Watched) -> None:
    """Nothing blocked, nothing logged, nothing that axe minds, and nothing beyond the right edge."""
    found = watched.axe()
    assert found == [], found
    nothing_wrong(watched)


def nothing_wrong(watched: Watched) -> None:
    """Nothing blocked, nothing logged, and nothing beyond the right edge."""
    assert watched.violations() == []
    assert watched.errors == []
    assert watched.page.evaluate(BEYOND_THE_EDGE) == []


def clean_in_both_themes(watched: Watched) -> None:
    """As `clean`, and with nothing wrong and no bad colours in the other theme; it ends as it began."""
    clean(watched)
    is_dark = watched.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    watched.page.emulate_media(color_scheme="light" if is_dark else "dark")
    found = watched.axe(*OF_COLOURS)
    assert found == [], found
    nothing_wrong(watched)
    watched.page.emulate_media(color_scheme="dark" if is_dark else "light")


def clean_in_every_look(watched: Watched) -> None:
    """As `clean_in_both_themes`, on a phone and on a wide screen; it ends as it began."""
    was = watched.page.viewport_size
    assert was is not None
    clean_in_both_themes(watched)
    watched.page.set_viewport_size({"width": 390 if was["width"] > 390 else 1440, "height": was["height"]})
    watched.drawn()
    clean_in_both_themes(watched)
    watched.page.set_viewport_size(was)


@contextmanager
def refused(watched: Watched, status: int) -> Iterator[None]:
    """The browser itself logs an answer that refuses; this one is meant, and no other."""
    assert watched.errors == []
    yield
    [only] = watched.errors
    assert f"status of {status}" in only
    watched.errors.clear()


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill("operator@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@contextmanager
def redrawn(page: Page) -> Iterator[None]:
    """The block triggers a new panel with its own chart."""
    page.locator("#audience figure").evaluate("figure => figure.dataset.former = ''")
    yield
    expect(page.locator("figure[data-former]")).to_have_count(0)
    drawn(page)


def choose(page: Page, label: str) -> None:
    """Presses a choice of the panel."""
    choice = page.locator("#audience form").first.get_by_text(label, exact=True)
    if not choice.is_visible():
        page.locator("#audience form summary").click()
    with redrawn(page):
        choice.click()


def table(page: Page) -> list[list[str]]:
    """The texts of the panel's table, row by row."""
    rows: list[list[str]] = page.locator("#points tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return rows


def written(day: date, value: int) -> list[str]:
    """The first cells of a row of the table."""
    return [day.isoformat(), f"{value:,}"]


def read(page: Page, key: str) -> Locator:
    """Returns the text of a chart after a key press."""
    page.get_by_role("application").focus()
    page.keyboard.press(key)
    return page.locator(".drawing-reading")


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def focused(page: Page) -> str:
    """Returns the id of the focused element, otherwise its accessible name."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.ariaLabel"))


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the focus is there; 200 stops are more than the page has up to any control."""
    for _ in range(200):
        if focused(page) == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {name}")
