"""The pages of a track and its artist: the chart near the top, tiles that choose the platform, images."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.catalogue import uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import drawn, redrawn
from tests.factories import audience_rows, insert_series, make_artist, make_track, platform_id
from tests.sandbox_server import Sandbox
from webapp.lib.clock import today

pytestmark = pytest.mark.browser

PLATFORMS = ("spotify", "youtube", "tiktok", "shazam", "soundcloud", "instagram", "genius")
URL, ARTIST = f"/tracks/{uuid_of(1)}/", f"/artists/{uuid_of(1000)}/"
SVG = "{http://www.w3.org/2000/svg}"


def fill(database: psycopg.Connection) -> None:
    """A track with all facts, and values on seven platforms."""
    track = make_track(database, uuid_of(1), "A song with a title of some length")
    database.execute(
        "UPDATE tracks SET release_date = '2026-05-01', duration = 200, labels = %s, genres = %s",
        ['[{"name": "Label of a rather long name", "type": "major"}]', '[{"root": "pop", "sub": []}]'],
    )
    make_artist(database, uuid_of(1000), "Ada, Bea and Cleo with the Band", [track])
    for slug in PLATFORMS:
        values = [(today() - timedelta(days=back), 10**6 - back * 10**4) for back in range(95)]
        insert_series(database, audience_rows(track, platform_id(database, slug), values))


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


@pytest.fixture
def page(enter: Enter) -> Page:
    page = enter("operator").page
    page.goto(URL)
    drawn(page)
    return page


@pytest.mark.parametrize(
    ("url", "width", "height", "most"),
    [(URL, 1440, 900, 420), (URL, 390, 844, 560), (ARTIST, 1440, 900, 440), (ARTIST, 390, 844, 560)],
)
def test_the_chart_begins_near_the_top(page: Page, url: str, width: int, height: int, most: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(url)
    drawn(page)
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("#audience svg.apexcharts-svg").bounding_box()
    assert box is not None
    assert box["y"] < most


def test_a_tile_draws_its_platform_and_keeps_the_rest(page: Page) -> None:
    with redrawn(page):
        page.locator("#audience").get_by_text("30 days", exact=True).click()
    with redrawn(page):
        page.get_by_role("article", name="YouTube").get_by_role("link", name="YouTube").click()
    expect(page).to_have_url(f"{page.url.partition('/tracks/')[0]}{URL}?range=30&platforms=youtube")
    expect(page.locator("a[data-draw-platform][aria-current]")).to_have_text(["YouTube"])
    expect(page.locator("#audience .summary")).to_contain_text("YouTube views: 1,000,000")


def test_the_chart_is_saved_as_an_image(page: Page, tmp_path: Path) -> None:
    files = {}
    for kind in ("SVG", "PNG"):
        page.locator("#audience summary", has_text="Export").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=f"{kind} image").click()
        assert (
            download.value.suggested_filename
            == f"audience-of-a-song-with-a-title-of-some-length.{kind.lower()}"
        )
        files[kind] = tmp_path / kind
        download.value.save_as(files[kind])
    picture = ET.parse(files["SVG"]).getroot()  # noqa: S314 (made by this test)
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert texts[0] == "Audience of A song with a title of some length"
    assert any("Spotify streams: 1,000,000" in text for text in texts)
    assert picture.findall(f".//{SVG}path")
    assert files["PNG"].read_bytes().startswith(b"\x89PNG")


def test_a_menu_closes_with_escape_and_a_click_elsewhere(page: Page) -> None:
    menu = page.locator("#audience details.drop", has=page.locator("summary", has_text="Export"))
    summary = menu.locator("summary")
    summary.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
