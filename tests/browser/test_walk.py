"""From the list of tracks to two files, as a person goes: with the mouse, and by keyboard alone."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.catalogue import TWINS, fill, uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean, open_filters, table
from tests.sandbox_server import Sandbox

pytestmark = pytest.mark.browser

STAY = """element => {
    const stay = (event) => {
        if (event.key === "Tab" && element === document.activeElement) event.preventDefault();
    };
    addEventListener("keydown", stay, true);
    element.letGo = () => removeEventListener("keydown", stay, true);
}"""
MOST_STOPS = 1000
"""A page of the list has some 500 stops of the Tab key."""


class Hand(Protocol):
    """The actions on a page, with mouse, touch or keyboard."""

    def press(self, target: Locator, *, back: bool = False) -> None:
        """Follows a link, presses a button, marks a box; `back`: by keyboard it is nearer backwards."""

    def write(self, target: Locator, words: str) -> None:
        """Replaces the text of a field and presses Enter."""

    def choose(self, target: Locator, panel: str) -> None:
        """Takes one choice of several; each change brings a new panel."""

    def come_to(self, panel: Locator) -> None:
        """Moves to a panel, which is loaded when it comes into view."""


class Mouse:
    """Points and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator, *, back: bool = False) -> None:  # noqa: ARG002 (a mouse needs no way)
        target.click()

    def write(self, target: Locator, words: str) -> None:
        target.fill(words)
        self.page.keyboard.press("Enter")

    def choose(self, target: Locator, panel: str) -> None:
        with swapped(self.page, panel):
            target.click()

    def come_to(self, panel: Locator) -> None:
        panel.scroll_into_view_if_needed()


class Keyboard:
    """Tab to get there, Space for a box, Enter for the rest, and arrows among choices that are one stop."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator, *, back: bool = False) -> None:
        self.tab_to(target, "Shift+Tab" if back else "Tab")
        self.page.keyboard.press("Space" if target.get_attribute("type") == "checkbox" else "Enter")

    def write(self, target: Locator, words: str) -> None:
        self.tab_to(target)  # which selects what it holds
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def choose(self, target: Locator, panel: str) -> None:
        self.tab_to(target.locator("xpath=../../label/input[@checked]"))
        while target.evaluate("element => element !== document.activeElement"):
            with swapped(self.page, panel):
                self.page.keyboard.press("ArrowRight")

    def come_to(self, panel: Locator) -> None:
        for _ in range(MOST_STOPS):
            if panel.locator("figure").count():
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not bring {panel} into view")

    def tab_to(self, target: Locator, key: str = "Tab") -> None:
        # A list has hundreds of stops: ten Tabs between two looks, of which none leads on from the target.
        wanted = target.element_handle()
        wanted.evaluate(STAY)
        for _ in range(0, MOST_STOPS, 10):
            if wanted.evaluate("element => element === document.activeElement"):
                wanted.evaluate("element => element.letGo()")
                return
            for _ in range(10):
                self.page.keyboard.press(key)
        pytest.fail(f"{key} does not lead to {target}")


@contextmanager
def swapped(page: Page, panel: str) -> Iterator[None]:
    """The block triggers a new panel with its own chart."""
    page.locator(f"{panel} figure").evaluate("figure => figure.dataset.former = ''")
    yield
    expect(page.locator("figure[data-former]")).to_have_count(0)
    settled(page, panel)


def settled(page: Page, panel: str) -> None:
    expect(page.locator(f"{panel} figure")).to_have_attribute("data-state", "drawn")
    expect(page.locator(f"{panel} .htmx-request")).to_have_count(0)


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


@pytest.mark.parametrize(("kind", "width"), [(Mouse, 390), (Keyboard, 1440)])
def test_from_the_list_to_the_file(enter: Enter, kind: type[Mouse | Keyboard], width: int) -> None:
    watched = enter("viewer", width=width)
    page, hand = watched.page, kind(watched.page)
    page.goto("/tracks/?sort=title")
    mark_three(page, hand)
    clean(watched)
    hand.press(page.get_by_role("button", name="Compare", exact=True))
    compare_by_release(page, hand)
    clean(watched)
    the_comparison_is_the_file(page, hand)
    hand.press(page.get_by_role("link", name="Song 03", exact=True))
    expect(page.get_by_role("heading", name="Song 03", exact=True)).to_be_visible()
    index_three_platforms(page, hand)
    clean(watched)
    the_panel_is_the_file(page, hand)
    clean(watched)


def mark_three(page: Page, hand: Hand) -> None:
    """One through a filter, one on the first page, one on the second."""
    open_filters(page)
    hand.write(page.get_by_label("Search by title, artist or ISRC"), "salt")
    expect(page.locator("#tracks tbody tr")).to_have_count(len(TWINS))
    hand.press(page.locator(f"#pick-{uuid_of(TWINS[1])}"))
    hand.press(page.get_by_label("Remove the filter Search: salt"), back=True)
    expect(page.locator("#tracks tbody tr")).to_have_count(50)
    hand.press(page.locator(f"#pick-{uuid_of(3)}"))
    hand.press(page.get_by_role("link", name="Next page"), back=True)  # round by the start of the page
    hand.press(page.locator(f"#pick-{uuid_of(53)}"))
    expect(page.get_by_role("form", name="Selected tracks")).to_contain_text("3 selected")


def compare_by_release(page: Page, hand: Hand) -> None:
    settled(page, "#compare")
    open_filters(page)
    hand.choose(page.locator("#by-release"), "#compare")
    hand.choose(page.locator("#range-30"), "#compare")
    requested = parse_qs(urlsplit(page.url).query)
    assert requested["tracks"] == [",".join(map(uuid_of, (TWINS[1], 3, 53)))]
    assert (requested["by"], requested["range"]) == (["release"], ["30"])
    newest = [re.compile(rf"^{name}: [\d,.]+$") for name in ("Salt", "Song 03", "Song 53")]
    expect(page.locator("#compare .apexcharts-legend-text")).to_have_text(newest)
    expect(page.locator("#compare")).to_contain_text("Days since release")


def the_comparison_is_the_file(page: Page, hand: Hand) -> None:
    """Thirty days of three tracks, in the table and in the file."""
    rows = saved(page, hand)
    shown = [
        [row["date"], row["day"], row["track"], f"{int(row['total']):,}", gain(row["gain"])] for row in rows
    ]
    listed = table(page)
    assert sorted(shown) == sorted(cells[:5] for cells in listed)
    assert {notes for *_cells, notes in listed} == {""}  # a quiet month
    assert len(shown) == 3 * 30
    assert {row["platform"] for row in rows} == {"Spotify"}
    for track in ("Salt", "Song 03", "Song 53"):
        last = next(row for row in rows if row["track"] == track and row["day"] == "29")
        sentence = f"{track}: {int(last['total']):,} streams on day 29 ({last['date']})"
        expect(page.locator("#compare .summary")).to_contain_text(sentence)


def index_three_platforms(page: Page, hand: Hand) -> None:
    hand.come_to(page.locator("#audience"))
    settled(page, "#audience")
    for slug in ("youtube", "tiktok"):
        platforms = page.locator("#audience .drop > summary", has_text=re.compile("Spotify|platform"))
        hand.press(platforms, back=slug == "tiktok")
        with swapped(page, "#audience"):
            hand.press(page.locator(f"#platforms-{slug}"))
    hand.choose(page.locator("#range-30"), "#audience")
    hand.choose(page.locator("#metric-index"), "#audience")
    expect(page).to_have_url(
        re.compile(r"range=30&metric=index&platforms=spotify(,|%2C)youtube(,|%2C)tiktok")
    )
    newest = [re.compile(rf"^{name}: [\d,.]+$") for name in ("Spotify", "YouTube", "TikTok")]
    expect(page.locator("#audience .apexcharts-legend-text")).to_have_text(newest)


def the_panel_is_the_file(page: Page, hand: Hand) -> None:
    """Thirty days on three platforms; every index is the total in parts of that on the first day."""
    rows = saved(page, hand)
    first = min(row["date"] for row in rows)
    base = {row["platform"]: int(row["total"]) for row in rows if row["date"] == first}
    assert set(base) == {"Spotify", "YouTube", "TikTok"}
    for row in rows:
        part = int(row["total"]) / base[row["platform"]]
        assert float(row["index"]) == pytest.approx(100 * part, abs=0.001)
    shown = [
        [
            row["date"],
            row["platform"],
            f"{int(row['total']):,}",
            f"{float(row['index']):,.1f}",
            gain(row["gain"]),
        ]
        for row in rows
    ]
    assert sorted(shown) == sorted(row[:5] for row in table(page))
    assert len(shown) == 3 * 30


def saved(page: Page, hand: Hand) -> list[dict[str, str]]:
    """Opens the table, and saves the file that is offered by the panel of a track or a comparison."""
    hand.press(page.locator("#points > summary"))
    hand.press(page.locator("#audience summary, #compare summary", has_text="Export"))
    with page.expect_download() as download:
        hand.press(page.get_by_role("link", name="CSV").first)
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def gain(written: str) -> str:
    """A gain of the file as the table has it."""
    return f"{int(written):+,}" if written else "\N{EN DASH}no earlier value"
