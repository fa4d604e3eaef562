"""The trays of selected tracks and artists: what they count, keep and remove; they cover nothing focused."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.catalogue import TWINS, fill, uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean, clean_in_every_look
from tests.factories import make_artist
from tests.sandbox_server import Sandbox
from webapp.views.compare.scale import MOST

pytestmark = pytest.mark.browser

COVERED = """() => {
    const [focus, tray] = [document.activeElement, document.querySelector(".trays")];
    if (focus === document.body || tray.contains(focus)) return "";
    const top = tray.getBoundingClientRect().top;
    return focus.getBoundingClientRect().bottom > top ? focus.outerHTML : "";
}"""
"""The element that has the focus, where the tray covers a part of it."""
FILL_UP = """() => {
    const kept = JSON.parse(sessionStorage.getItem("picked-tracks"));
    while (kept.picks.length < 100) kept.picks.push({uuid: crypto.randomUUID(), title: "Other", artists: ""});
    sessionStorage.setItem("picked-tracks", JSON.stringify(kept));
}"""
"""Selects as many tracks as there may be, with such as are not on this page."""


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, filled) as site:
        yield site


def filled(database: psycopg.Connection) -> None:
    """The catalogue, and two artists without tracks."""
    fill(database)
    for number, name in enumerate(("Ada", "Bea")):
        make_artist(database, uuid_of(900 + number), name, [])


def tray(page: Page, kind: str = "tracks") -> Locator:
    return page.get_by_role("form", name=f"Selected {kind}")


def box(page: Page, number: int) -> Locator:
    return page.locator(f"#pick-{uuid_of(number)}")


def shows(page: Page, *names: str) -> None:
    """The tray has these chips, once the page has come."""
    expect(tray(page).get_by_role("listitem")).to_have_text(names)


def compared(page: Page) -> dict[str, list[str]]:
    """Returns the query of the URL."""
    return parse_qs(urlsplit(page.url).query)


def test_it_counts_and_compares(enter: Enter) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto("/tracks/?platform=youtube")
    expect(tray(page)).to_be_hidden()
    box(page, 3).press("Space")
    expect(tray(page)).to_contain_text("1 selected; 1 more to compare")
    expect(tray(page).get_by_role("button", name="Compare")).to_be_disabled()
    box(page, 5).check()
    expect(tray(page)).to_contain_text("2 selected")
    expect(page.locator("#tray-status")).to_have_text("2 selected")
    expect(page.locator("#tray-status")).to_have_attribute("aria-live", "polite")
    clean_in_every_look(watched)
    tray(page).get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare tracks")).to_be_visible()
    assert compared(page) == {"tracks": [uuid_of(3), uuid_of(5)], "platform": ["youtube"]}
    expect(tray(page)).to_be_hidden()
    clean_in_every_look(watched)


def test_picks_live_through_filters_pages_reloads_and_other_pages(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/?platform=tiktok")
    box(page, 3).check()
    page.get_by_role("link", name="Next page").click()
    expect(tray(page)).to_contain_text("1 selected")
    box(page, 53).check()
    page.get_by_label("Search by title, artist or ISRC").fill("salt")
    page.keyboard.press("Enter")
    expect(box(page, 53)).to_have_count(0)
    box(page, TWINS[0]).check()
    page.reload()
    expect(box(page, TWINS[0])).to_be_checked()
    shows(page, "Song 03", "Song 53", "Salt")
    page.get_by_role("link", name="Tracks", exact=True).click()
    expect(box(page, 3)).to_be_checked()
    expect(box(page, 4)).not_to_be_checked()
    page.get_by_role("link", name="Song 07").click()
    shows(page, "Song 03", "Song 53", "Salt")
    page.go_back()
    expect(box(page, 3)).to_be_checked()


def test_a_track_is_selected_on_its_own_page_for_the_platform_of_the_list(enter: Enter) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    page.goto("/tracks/?platform=youtube")
    box(page, 4).check()
    page.get_by_role("link", name="Song 03").click()
    page.get_by_label("Select", exact=True).check()
    shows(page, "Song 04", "Song 03")
    clean(watched)
    tray(page).get_by_role("button", name="Compare").click()
    expect(page.get_by_label("Platform", exact=True)).to_have_value("youtube")
    assert compared(page)["tracks"] == [uuid_of(4), uuid_of(3)]


def test_enter_on_a_box_compares_as_soon_as_two_are_selected(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    box(page, 1).press("Space")
    page.keyboard.press("Enter")
    expect(tray(page)).to_contain_text("1 more to compare")
    box(page, 2).press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compare tracks")).to_be_visible()
    assert compared(page)["tracks"] == [uuid_of(1), uuid_of(2)]


def test_a_seventh_is_selected_but_not_compared_and_the_tray_shows_why(enter: Enter) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    page.goto("/tracks/")
    for number in range(1, MOST + 1):
        box(page, number).check()
    box(page, 7).press("Space")
    expect(box(page, 7)).to_be_checked()
    for place in (tray(page), page.locator("#tray-status")):
        expect(place).to_contain_text("7 selected; compare at most 6")
    compare = tray(page).get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    expect(compare).to_have_accessible_description("7 selected; compare at most 6")
    shows(page, *(f"Song {number:02}" for number in range(1, 7)), "+1 more")
    clean(watched)
    box(page, 7).press("Space")
    expect(compare).to_be_enabled()
    box(page, 7).press("Space")
    tray(page).get_by_role("button", name="Remove Song 02").click()
    expect(box(page, 2)).not_to_be_checked()
    shows(page, *(f"Song {number:02}" for number in (1, 3, 4, 5, 6, 7)))


def test_all_of_a_page_are_selected_by_one_box_up_to_a_hundred(enter: Enter) -> None:
    watched = enter("operator", "dark", 390)
    page = watched.page
    page.goto("/tracks/?sort=title")
    all_of_it = page.get_by_label("Select all on this page")
    box(page, 2).check()
    expect(all_of_it).to_be_checked(indeterminate=True)
    all_of_it.press("Space")
    expect(page.locator(".pick:not(:checked)")).to_have_count(0)
    expect(tray(page)).to_contain_text("50 selected; compare at most 6")
    expect(tray(page)).to_contain_text("+44 more")
    clean_in_every_look(watched)
    page.get_by_role("link", name="Next page").click()
    expect(all_of_it).not_to_be_checked()
    all_of_it.check()
    expect(tray(page)).to_contain_text("57 selected")
    all_of_it.uncheck()
    expect(tray(page)).to_contain_text("50 selected")
    page.evaluate(FILL_UP)
    page.reload()
    for place in (tray(page), page.locator("#tray-status")):
        box(page, 53).press("Space")
        expect(place).to_contain_text("At most 100; remove one to select another")
        expect(box(page, 53)).not_to_be_checked()


def test_without_javascript_no_box_selects_all(enter: Enter) -> None:
    page = enter("viewer", java_script_enabled=False).page
    page.goto("/tracks/")
    expect(page.get_by_label("Select all on this page")).to_be_hidden()


def test_without_javascript_the_selected_rows_of_the_page_are_fetched(enter: Enter) -> None:
    page = enter("operator", java_script_enabled=False).page
    page.goto("/tracks/?platform=tiktok")
    box(page, 3).check()
    box(page, 4).check()
    tray(page).get_by_role("button", name="Fetch…").click()
    expect(page.get_by_role("heading", name="Fetch for 2 tracks")).to_be_visible()
    expect(page.get_by_label("TikTok", exact=True)).to_be_checked()


def test_viewers_are_not_offered_to_fetch(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    box(page, 1).check()
    expect(tray(page)).to_be_visible()
    expect(tray(page).get_by_role("button", name="Fetch…")).to_have_count(0)


def test_a_removed_chip_hands_its_focus_on(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    for number in (1, 2, 3):
        box(page, number).check()
    tray(page).get_by_role("button", name="Remove Song 02").press("Enter")
    expect(tray(page).get_by_role("button", name="Remove Song 03")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tray(page).get_by_role("button", name="Remove Song 01")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tray(page)).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_a_chip_keeps_its_focus_while_the_list_changes(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    box(page, 1).check()
    tray(page).get_by_role("button", name="Remove Song 01").focus()
    page.evaluate("htmx.ajax('GET', '/tracks/?platform=tiktok&q=song', '#tracks')")
    expect(page.locator("#tracks caption")).to_contain_text("TikTok")
    expect(box(page, 1)).to_be_checked()
    expect(tray(page).get_by_role("button", name="Remove Song 01")).to_be_focused()
    box(page, 2).check()
    tray(page).get_by_role("button", name="Compare").click()
    expect(page.get_by_label("Platform", exact=True)).to_have_value("tiktok")


def test_clear_unselects_all(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    box(page, 1).check()
    box(page, 2).check()
    tray(page).get_by_role("button", name="Clear").click()
    expect(tray(page)).to_be_hidden()
    expect(page.locator(".pick:checked")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()
    page.reload()
    expect(page.locator(".pick:checked")).to_have_count(0)


def test_two_of_one_title_are_told_apart_in_the_tray_too(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/")
    box(page, TWINS[0]).check()
    shows(page, "Salt")
    box(page, TWINS[1]).check()
    shows(page, "Salt (Billie Eilish)", "Salt (Mira Vale)")
    tray(page).get_by_role("button", name="Compare").click()
    legend = page.locator(".apexcharts-legend-text")
    named = ("Salt (Billie Eilish)", "Salt (Mira Vale)")
    expect(legend).to_have_text([re.compile(rf"^{re.escape(name)}: [\d,.]+$") for name in named])


def test_a_comparison_is_changed_from_its_own_page(enter: Enter) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto(f"/compare/?tracks={','.join(map(uuid_of, (3, 53, TWINS[0])))}&platform=youtube")
    expect(tray(page)).to_be_hidden()
    page.get_by_role("link", name="Add tracks").click()
    expect(page).to_have_url(re.compile(r"/tracks/\?platform=youtube$"))
    expect(tray(page)).to_contain_text("3 selected")
    box(page, 8).check()
    tray(page).get_by_role("button", name="Compare").click()
    assert compared(page)["tracks"] == [uuid_of(number) for number in (3, 53, TWINS[0], 8)]
    page.get_by_role("link", name="Remove Song 53").click()
    expect(page.get_by_role("link", name="Remove Song 53")).to_have_count(0)
    expect(tray(page)).to_be_hidden()
    page.get_by_role("link", name="Tracks", exact=True).first.click()
    shows(page, "Song 03", "Salt", "Song 08")
    assert watched.errors == []


def test_artists_have_the_same_tray(enter: Enter) -> None:
    page, bar = (watched := enter("viewer", width=390)).page, "artists"
    page.goto("/artists/")
    page.get_by_label("Select all on this page").check()
    expect(tray(page, bar)).to_contain_text("2 selected")
    clean(watched)
    tray(page, bar).get_by_role("button", name="Add to list").click()
    page.get_by_label("New list").fill("Roster")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Roster", level=1)).to_be_visible()
    expect(tray(page, bar)).to_be_hidden()
    page.get_by_label("Select Bea").check()
    tray(page, bar).get_by_role("button", name="Remove from Roster").click()
    expect(page.get_by_text("1 artist removed from Roster.")).to_be_visible()
    expect(page.get_by_label("Select Ada")).not_to_be_checked()
    expect(tray(page, bar)).to_be_hidden()
    page.get_by_label("Select Ada").check()
    page.goto("/tracks/")
    page.locator("main .pick").first.check()
    expect(tray(page, "tracks")).to_be_visible()
    expect(tray(page, bar)).to_be_hidden()  # one of two: that of the list
    page.goto("/artists/")
    expect(tray(page, "tracks")).to_be_hidden()
    page.get_by_label("Select Bea").check()
    tray(page, bar).get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare artists")).to_be_visible()
    assert compared(page) == {"artists": [uuid_of(900), uuid_of(901)], "platform": ["spotify"]}
    expect(tray(page, bar)).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_it_never_covers_what_has_the_focus(enter: Enter, width: int) -> None:
    page = enter("viewer", width=width).page
    page.goto("/tracks/?label=&q=song+1")
    page.set_viewport_size({"width": width, "height": 640})
    for number in (10, 11, 12, 13, 14, 15):
        box(page, number).check()
    page.locator("main").focus()
    stops = 0
    while not page.evaluate("document.activeElement.matches('.footer [data-theme-choice=system]')"):
        page.keyboard.press("Tab")
        assert page.evaluate(COVERED) == ""
        stops += 1
    assert stops > 60
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    footer, bar = page.locator(".footer").bounding_box(), tray(page).bounding_box()
    assert footer is not None
    assert bar is not None
    assert footer["y"] + footer["height"] <= bar["y"] + 1


def test_without_javascript_the_selected_rows_of_the_page_are_compared(enter: Enter) -> None:
    page = enter("viewer", java_script_enabled=False).page
    page.goto("/tracks/?platform=tiktok")
    expect(tray(page)).to_be_hidden()
    box(page, 3).check()
    box(page, 4).check()
    tray(page).get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare tracks")).to_be_visible()
    assert compared(page) == {"platform": ["tiktok"], "tracks": [uuid_of(3), uuid_of(4)]}
