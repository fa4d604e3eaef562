"""What an analyst does most, with the clicks and keys that it takes from the overview."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.catalogue import uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import drawn, loaded, redrawn
from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.sandbox_server import Sandbox
from webapp.lib.clock import today

pytestmark = pytest.mark.browser

DAYS = 380
SONGS = ("bad guy", "Salt", "Foreign Anthem", "Reckless Window")


def fill(database: psycopg.Connection) -> None:
    """Four songs on Spotify, released before their first values, by one artist each."""
    spotify = platform_id(database, "spotify")
    for number, name in enumerate(SONGS):
        track = make_track(database, uuid_of(number + 1), name)
        released = today() - timedelta(days=DAYS - 2 + 9 * number)
        database.execute("UPDATE tracks SET release_date = %s WHERE id = %s", [released, track])
        values = [(today() - timedelta(days=ago), (DAYS - ago) * 5000 * 10**number) for ago in range(1, DAYS)]
        insert_series(database, audience_rows(track, spotify, values))
        make_artist(database, uuid_of(100 + number), f"Singer of {name}", [track])


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


class Analyst:
    """Somebody at the overview whose clicks and keys are counted; typing with Enter is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0
        page.goto("/")
        loaded(page)

    def click(self, target: Locator) -> None:
        self.actions += 1
        target.click()

    def type(self, words: str) -> None:
        self.actions += 1
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def search(self, words: str) -> None:
        """Types a whole name into the search box, which opens it."""
        self.actions += 1
        self.page.keyboard.press("/")
        self.page.keyboard.type(words)
        expect(self.page.locator("[role=option][aria-selected=true]")).to_contain_text(words)
        self.page.keyboard.press("Enter")


@pytest.fixture
def analyst(enter: Enter) -> Analyst:
    return Analyst(enter("operator").page)


def test_the_weekly_gain_of_a_year_as_a_file(analyst: Analyst, tmp_path: Path) -> None:
    page = analyst.page
    analyst.search("bad guy")
    drawn(page)
    with redrawn(page):
        analyst.click(page.locator("#audience").get_by_text("365 days", exact=True))
    with redrawn(page):
        analyst.click(page.locator("#audience").get_by_text("Gain", exact=True))
    expect(page.get_by_label("Week", exact=True)).to_be_checked()
    with page.expect_download() as download:
        analyst.click(page.locator("#audience").get_by_role("link", name="CSV", exact=True).first)
    download.value.save_as(tmp_path / "gains.csv")
    rows = (tmp_path / "gains.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) in (54, 55)
    assert rows[2].split(",")[5] == "35000"
    assert analyst.actions <= 4


def test_who_gained_most_is_on_the_overview(analyst: Analyst) -> None:
    table = analyst.page.get_by_role("table", name="By number")
    expect(table.locator(".track-title").first).to_have_text(SONGS[-1])
    assert analyst.actions == 0


def test_three_tracks_since_their_release(analyst: Analyst) -> None:
    page = analyst.page
    for name in SONGS[:3]:
        analyst.click(page.get_by_role("table", name="By number").get_by_label(f"Select {name}"))
    analyst.click(page.get_by_role("button", name="Since release"))
    expect(page.locator("figure")).to_have_attribute("data-state", "drawn")
    expect(page.locator("figure g.apexcharts-series")).to_have_count(3)
    expect(page.get_by_label("Release day")).to_be_checked()
    assert analyst.actions <= 4


def test_a_roster_is_made_and_read(analyst: Analyst) -> None:
    page = analyst.page
    analyst.click(page.get_by_role("link", name="Tracks", exact=True))
    analyst.click(page.get_by_label("Select all on this page"))
    analyst.click(page.get_by_role("button", name="Add to list"))
    expect(page.get_by_label("New list")).to_be_focused()
    analyst.type("Roster")
    expect(page.get_by_role("heading", name="Roster", level=1)).to_be_visible()
    loaded(page)
    expect(page.locator("main")).to_contain_text("4 tracks")
    expect(page.locator(".tile-value").first).to_be_visible()
    assert analyst.actions <= 4


def test_how_an_artist_grew_in_30_days(analyst: Analyst) -> None:
    page = analyst.page
    analyst.search("Singer of Salt")
    tile = page.get_by_role("article", name="Spotify")
    expect(tile).to_contain_text("30 days")
    expect(tile).to_contain_text("+1.5M")
    assert analyst.actions <= 2


def test_a_view_is_saved_and_shared(analyst: Analyst) -> None:
    page = analyst.page
    page.goto("/tracks/?data=fresh")
    analyst.click(page.get_by_role("link", name="Save view", exact=True))
    expect(page.get_by_label("Name")).to_have_value("Tracks, Data: fresh")
    analyst.click(page.get_by_role("button", name="Save and share"))
    expect(page.get_by_role("row", name="Tracks, Data: fresh")).to_contain_text("Shared")
    assert analyst.actions <= 2
