"""Tables of lines: rows per screen, the height of a page on a phone, and what keeps and shares a page."""

import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.catalogue import uuid_of
from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean_in_both_themes
from tests.factories import (
    audience_rows,
    insert_series,
    make_artist,
    make_chart,
    make_ranking,
    make_track,
    platform_id,
)
from tests.sandbox_server import Sandbox
from webapp.lib.clock import today

pytestmark = pytest.mark.browser

ROWS = 50
PAGES = ("/tracks/", "/artists/", "/platforms/", "/charts/")
RANKING = f"/charts/chart-{ROWS - 1}/{today()}/"
HEIGHT_OF_ROWS = """() => {
    const rows = [...document.querySelectorAll("main tbody tr")]
        .map((row) => row.getBoundingClientRect())
        .filter((box) => box.height);
    return (rows.at(-1).bottom - rows[0].top) / rows.length;
}"""

IN_SIGHT = """() => [...document.querySelectorAll("main tbody tr")]
    .map((row) => row.getBoundingClientRect())
    .filter((box) => box.bottom <= innerHeight).length"""


def fill(database: psycopg.Connection) -> None:
    """Fills a page of each list; every name is too long for its column."""
    spotify = platform_id(database, "spotify")
    tracks = []
    for number in range(ROWS):
        name = f"Song {number} with a title that is longer than any column of it can be"
        track = make_track(database, uuid_of(number + 1), name)
        database.execute("UPDATE tracks SET credit_name = 'Ada, Bea and Cleo with the Band'")
        values = [(today() - timedelta(days=back), 10**6 - back * 10**4) for back in range(20)]
        insert_series(database, audience_rows(track, spotify, values))
        make_artist(database, uuid_of(1000 + number), f"Artist {number} of a rather long name", [track])
        tracks.append(track)
        chart = make_chart(database, f"chart-{number}", name=f"Top Songs {number}")
        make_ranking(database, chart, today(), tracks[::-1])
    database.execute(
        "INSERT INTO job_runs (task, queue, dedupe_key, state, finished_at, attempt, requested_by)"
        " SELECT 'fetch_audience', 'default', n, 'succeeded', now(), 1, 1 FROM generate_series(1, %s) AS n",
        [ROWS],
    )


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


def top_of_rows(page: Page) -> float:
    box = page.locator("main tbody tr:visible").first.bounding_box()
    assert box is not None
    return box["y"]


def test_twelve_rows_are_in_sight(enter: Enter, subtests: pytest.Subtests) -> None:
    watched = enter("operator")
    page = watched.page
    page.set_viewport_size({"width": 1440, "height": 900})
    for address in PAGES:
        with subtests.test(address):
            page.goto(address)
            assert page.evaluate(IN_SIGHT) >= 12
            clean_in_both_themes(watched)


def test_a_page_of_fifty_is_short_on_a_phone(enter: Enter, subtests: pytest.Subtests) -> None:
    watched = enter("operator", width=390)
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    for address in PAGES:
        with subtests.test(address):
            page.goto(address)
            assert top_of_rows(page) < 300
            assert page.evaluate("document.documentElement.scrollHeight") <= 5000
            clean_in_both_themes(watched)
    page.goto("/tracks/")
    expect(page.locator("main tbody tr")).to_have_count(ROWS)


def test_rows_begin_on_the_first_screen_of_a_phone_and_are_low(
    enter: Enter, subtests: pytest.Subtests
) -> None:
    watched = enter("operator", width=390)
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    series = f"/tracks/{uuid_of(1)}/data/spotify/"
    for address, top, height in ((RANKING, 560, 60), ("/ops/runs/", 450, 100), (series, 450, 180)):
        with subtests.test(address):
            page.goto(address)
            assert top_of_rows(page) < top
            assert page.evaluate(HEIGHT_OF_ROWS) <= height
            clean_in_both_themes(watched)
    page.goto("/")
    leaders = page.locator("#card-leaders")
    leaders.scroll_into_view_if_needed()
    rows = leaders.locator(".data-table").first.locator("tbody tr:visible")
    expect(rows).to_have_count(5)
    assert (rows.first.bounding_box() or {"height": 99})["height"] <= 60
    leaders.locator(".more-rows summary").first.press("Enter")
    expect(rows).to_have_count(10)


def test_filters_inside_a_panel_stay_open_on_a_phone(enter: Enter) -> None:
    page = enter("viewer", width=390).page
    page.goto(RANKING)
    page.locator("summary", has_text="Filters").press("Enter")
    movement = page.locator("#movement")
    movement.focus()
    movement.select_option("new")
    expect(page.locator("summary", has_text="Filters (1)")).to_be_visible()
    expect(page).to_have_url(f"{RANKING}?movement=new")
    expect(movement).to_be_focused()


def test_filters_are_behind_a_button_on_a_phone(enter: Enter) -> None:
    page = enter("viewer", width=390).page
    page.goto("/tracks/?data=fresh")
    button, data = page.locator("summary", has_text="Filters (1)"), page.get_by_label("Data", exact=True)
    expect(data).to_be_hidden()
    expect(page.get_by_text("Data: fresh")).to_be_visible()
    button.press("Enter")
    page.get_by_text("More filters").click()
    page.get_by_label("Total at least").fill("900,000")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="Filters (2)")).to_be_visible()
    expect(page).to_have_url("/tracks/?data=fresh&total_min=900000")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/tracks/")
    expect(page.get_by_label("Data", exact=True)).to_be_visible()
    expect(page.locator(".fold > summary")).to_be_hidden()


def test_a_link_and_a_view_keep_the_filters_as_they_are_now(enter: Enter, site: Site) -> None:
    page = enter("viewer", permissions=["clipboard-read", "clipboard-write"]).page
    page.goto("/tracks/")
    page.get_by_label("Data", exact=True).select_option("fresh")
    expect(page).to_have_url("/tracks/?data=fresh")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("[data-copy-page]")).to_have_text("Copied", use_inner_text=True)
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}/tracks/?data=fresh"
    page.get_by_role("link", name="Save view", exact=True).click()
    expect(page.locator("#url")).to_have_value("/tracks/?data=fresh")
    expect(page.locator(".view-words")).to_have_text("Tracks Data: fresh")


def test_a_choice_of_columns_is_kept(enter: Enter) -> None:
    page = enter("viewer").page
    page.goto("/tracks/?data=fresh")
    page.locator("summary", has_text="Columns").press("Enter")
    page.get_by_label("Artists", exact=True).check()
    page.get_by_label("Label", exact=True).last.uncheck()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url("/tracks/?data=fresh")
    expect(page.get_by_role("columnheader", name="Artists")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Label")).to_have_count(0)
    page.goto("/tracks/")
    expect(page.get_by_role("columnheader", name="Artists")).to_be_visible()


def test_dates_are_iso_dates_that_a_calendar_fills_in(enter: Enter) -> None:
    page = enter("viewer", locale="en-US").page
    page.goto("/tracks/?released_since=2026-05-04")
    field = page.get_by_label("Released since", exact=True)
    expect(field).to_have_value("2026-05-04")
    page.get_by_role("button", name="Choose in a calendar: Released since").click()
    calendar = page.locator("input[type=date]")
    expect(calendar).to_have_value("2026-05-04")
    calendar.evaluate(
        "(input) => { input.value = '2026-06-01'; input.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    expect(field).to_have_value("2026-06-01")
    expect(page).to_have_url("/tracks/?released_since=2026-06-01")


def test_a_page_prints_on_a4(enter: Enter, subtests: pytest.Subtests) -> None:
    """Few sheets, nothing that is pressed, and nothing wider than the paper, also of a dark page."""
    page = enter("operator", scheme="dark").page
    for address in ("/tracks/", "/charts/", f"/tracks/{uuid_of(1)}/"):
        with subtests.test(address):
            page.goto(address)
            page.wait_for_load_state("networkidle")
            file = page.pdf(format="A4")
            assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", file)) <= 6
            page.evaluate("dispatchEvent(new Event('beforeprint'))")  # as a print does
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 703, "height": 1000})
            assert page.evaluate("document.documentElement.scrollWidth") <= 703
            assert page.locator(".topbar:visible, .button:visible, .pager:visible").count() == 0
            assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
                "rgb(255, 255, 255)"
            )
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": 1440, "height": 900})
