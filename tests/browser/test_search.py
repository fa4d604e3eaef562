"""The search box by keyboard alone, and an import from SoundCharts through the real worker."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import TWO_FRAMES, Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean
from tests.factories import make_artist, make_chart, make_track, platform_id
from tests.sandbox_server import SEED_TRACK, Sandbox

pytestmark = pytest.mark.browser

SALT = "00000000-0000-4000-8000-000000000001"
MIRA = "00000000-0000-4000-8000-000000000002"
SPOTIFY_ID = "2Fxmhks0bxGSBdJ92vM42m"


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site and its worker over a track, an artist and a chart that are made up."""
    with opened(processes, sandbox_server, fill) as site:
        yield site


def fill(database: psycopg.Connection) -> None:
    track = make_track(database, SALT, "Salt")
    database.execute("UPDATE tracks SET credit_name = 'Mira Válé', search_text = 'salt mira vale'")
    make_artist(database, MIRA, "Mira Válé", [track], "FR")
    make_chart(database, name="Salty Songs", country=("FR", "France"))
    database.execute(
        "INSERT INTO track_identifiers (platform_id, identifier, track_id) VALUES (%s, %s, %s)",
        [platform_id(database, "spotify"), SPOTIFY_ID, track],
    )


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search tracks, artists, charts and platforms")


def search(page: Page, typed: str) -> None:
    """Types into the search box, and waits for its status text."""
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type(typed)
    expect(page.locator("#search-status")).to_have_text(re.compile(r"^(\d+|Nothing) found$"))
    expect(page.locator("#site-search.htmx-request")).to_have_count(0)


def active(page: Page) -> Locator:
    """Returns the active option for screen readers."""
    return page.locator(f"#{box(page).get_attribute('aria-activedescendant')}")


def test_by_keyboard_alone(enter: Enter, site: Site) -> None:
    watched = enter("viewer", "dark", 390)
    page = watched.page
    page.goto("/platforms/")
    search(page, "salt")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text([re.compile("Salt Mira"), re.compile("Salty Songs Spotify, France")])
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    clean(watched)
    expect(active(page)).to_have_text(re.compile("Salt Mira"))  # the whole name was typed
    page.keyboard.press("ArrowDown")
    expect(active(page)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowUp")
    expect(active(page)).to_have_text(re.compile("Salty"))
    page.keyboard.press("ArrowUp")
    clean(watched)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/tracks/{SALT}/")
    page.get_by_role("link", name="Mira Válé").click()
    expect(page.get_by_role("heading", name="Mira Válé", level=1)).to_be_visible()
    clean(watched)


def test_escape_closes_the_options_and_then_leaves(enter: Enter, site: Site) -> None:
    page = enter("viewer").page
    page.goto("/artists/")
    search(page, "mira")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("mira")
    page.keyboard.press("ArrowDown")
    expect(active(page)).to_have_text(re.compile("Salt"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(box(page)).not_to_be_focused()


def test_the_last_letters_typed_win(enter: Enter, site: Site) -> None:
    page = enter("viewer").page
    page.goto("/artists/")
    held: list[Route] = []
    page.route(re.compile(r"\?q=mi$"), lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks it)
    page.keyboard.press("/")
    with page.expect_request(re.compile(r"\?q=mi$")):
        page.keyboard.type("mi")
    page.keyboard.type("ra va")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(2)
    held[0].fulfill(headers={"X-Trackpulse": "1"}, body="<div role='listbox' id='search-list'></div>")
    page.evaluate(TWO_FRAMES)
    expect(options).to_have_count(2)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_pasted_url_leads_to_its_track(enter: Enter, site: Site) -> None:
    watched = enter("viewer", "dark", 390)
    page = watched.page
    page.goto("/artists/")
    page.keyboard.press("/")
    page.keyboard.insert_text(f"https://open.spotify.com/intl-fr/track/{SPOTIFY_ID}?si=abc")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/tracks/{SALT}/")
    clean(watched)


def test_an_operator_imports_a_song(enter: Enter, site: Site) -> None:
    site.database.execute("DELETE FROM job_runs")
    watched = enter("operator", "dark", 390)
    page = watched.page
    page.goto("/artists/")
    search(page, "bád guy")
    page.keyboard.press("ArrowUp")
    expect(active(page)).to_have_text("Search SoundCharts for “bád guy” …")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=b%C3%A1d(\+|%20)guy#beyond$"))
    clean(watched)
    page.get_by_role("button", name="Search songs for “bád guy” (1 call)").press("Enter")
    hits = page.get_by_role("list", name="Found at SoundCharts").get_by_role("listitem")
    expect(hits).to_have_count(1)
    expect(hits).to_contain_text("bad guy Billie Eilish, 2019-03-29")
    clean(watched)
    if hits.get_by_role("checkbox").count():
        page.get_by_role("button", name="Import selected").press("Enter")
        expect(page.get_by_text("1 of 1 song stored.")).to_be_visible()
    clean(watched)
    page.locator("#beyond").get_by_role("link", name="bad guy").press("Enter")
    expect(page).to_have_url(f"{site.url}/tracks/{SEED_TRACK}/")
    expect(page.get_by_role("heading", name="bad guy", level=1)).to_be_visible()
    row = site.database.execute("SELECT count(*) FROM tracks WHERE uuid = %s", [SEED_TRACK]).fetchone()
    assert row == (1,)
