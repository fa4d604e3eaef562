"""The shared components: shortcuts, themes, toasts, dialogs, copying, failures, and focus across swaps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import TWO_FRAMES, Watched

pytestmark = pytest.mark.browser

Visit = Callable[..., Watched]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_a_chosen_theme_holds_from_the_first_byte_of_the_next_page(visit: Visit) -> None:
    watched = visit("/tracks/", color_scheme="light")
    page = watched.page
    light = background(page)
    label = page.locator(".apexcharts-yaxis-label").first
    before = label.evaluate("text => getComputedStyle(text).fill")
    page.get_by_role("button", name="Dark", exact=True).press("Enter")
    expect(page.locator("html")).not_to_have_css("background-color", light)
    expect(label).not_to_have_css("fill", before)
    answer = page.goto(page.url)
    assert answer is not None
    assert '<html lang="en" data-theme="dark">' in answer.text()
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute("aria-pressed", "true")
    # Charts still load, and push the button away from under a click.
    page.get_by_role("button", name="System").press("Enter")
    expect(page.locator("html")).to_have_css("background-color", light)
    assert page.context.cookies() == [] or "theme" not in {c["name"] for c in page.context.cookies()}


def test_the_system_decides_where_nothing_was_chosen(visit: Visit) -> None:
    assert background(visit("/login", color_scheme="light").page) != background(
        visit("/login", color_scheme="dark").page
    )


def test_keys_lead_everywhere(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("g?r/")
    expect(page.get_by_role("combobox", name="Search")).to_have_value("g?r/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Search")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/ops/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/tracks/")


def test_the_first_tab_stop_skips_to_the_content(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_good_news_leaves_and_an_error_stays(visit: Visit) -> None:
    page = visit("/tracks/", timezone_id="UTC").page  # a window whose clock may be moved
    page.clock.install()
    page.get_by_role("button", name="Refresh").click()
    toast = page.get_by_role("status", name="Messages").get_by_text("Fetched 90 days: 3 new, 1 changed.")
    expect(toast).to_be_visible()
    page.route("**/refresh", lambda route: route.abort())
    page.get_by_role("button", name="Refresh").click()
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("The server could not be reached.")).to_have_count(1)
    page.clock.fast_forward(7000)
    expect(toast).to_have_count(0)
    expect(page.get_by_text("The server could not be reached.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("The server could not be reached.")).to_have_count(0)


def test_a_dialog_asks_sends_and_closes(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.get_by_role("button", name="Fetch anyway").click()
    dialog = page.get_by_role("dialog", name="Fetch Spotify again?")
    expect(dialog).to_contain_text("1 API call")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Fetch anyway")).to_be_focused()
    page.keyboard.press("Enter")
    with page.expect_response("**/refresh") as answer:
        dialog.get_by_role("button", name="Fetch (1 call)").click()
    assert answer.value.status == 200  # 400 without the token that htmx sends
    expect(dialog).to_be_hidden()
    expect(page.locator("#result")).to_have_text("Fetched.")


def test_copying_is_confirmed(visit: Visit) -> None:
    page = visit("/tracks/", permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("button", name="Copy ISRC QZTST2400001").click()
    expect(page.locator("[data-copied]")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "QZTST2400001"


def width(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["width"]


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_short_number_shows_the_exact_one(visit: Visit, how: str) -> None:
    page = visit("/tracks/").page
    number, exact = page.locator(".tile .exact").first, page.get_by_text("2,783,193,386 streams")
    assert width(exact) == 1
    getattr(number, how)()
    assert width(exact) > 100


def test_a_tap_shows_the_exact_number_too(visit: Visit) -> None:
    page = visit("/tracks/", width=390, has_touch=True).page
    page.locator(".tile .exact").first.tap()
    assert width(page.get_by_text("2,783,193,386 streams")) > 100


def test_a_screen_reader_gets_the_exact_number_and_the_reason(visit: Visit) -> None:
    tiles = visit("/tracks/").page.locator(".tiles").aria_snapshot()
    assert "2,783,193,386 streams" in tiles
    assert "2.8B" not in tiles
    assert "never fetched" in tiles


def test_a_panel_that_got_no_answer_offers_a_retry(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.route("**/fragment?name=lonely", lambda route: route.abort())
    page.reload()
    panel = page.locator("#late")
    panel.scroll_into_view_if_needed()
    expect(panel).to_contain_text("The server could not be reached.")
    page.unroute("**/fragment?name=lonely")
    panel.get_by_role("button", name="Retry").click()
    expect(panel.locator("figure")).to_have_attribute("data-state", "drawn")


NOT_OURS = {
    "error page of a proxy": (502, "text/html", "<html><h1>Bad Gateway</h1></html>"),
    "login page of a proxy": (200, "text/html", "<html><form><input name=user></form></html>"),
    "plain words of a proxy": (503, "text/plain", "upstream connect error"),
    "page of a portal": (511, "text/html", "<h1>Buy access</h1>"),
}


def something_else(kind: str) -> Callable[[Route], None]:
    """Answers in the place of the site."""
    status, content_type, body = NOT_OURS[kind]
    return lambda route: route.fulfill(status=status, content_type=content_type, body=body)


@pytest.mark.parametrize("kind", NOT_OURS)
def test_an_answer_that_is_not_ours_is_never_shown(visit: Visit, kind: str) -> None:
    page = visit("/tracks/").page
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.route("**/fragment?name=lonely", something_else(kind))
    page.reload()
    panel = page.locator("#late")
    panel.scroll_into_view_if_needed()
    expect(panel).to_contain_text("The server could not be reached.")
    panel.get_by_role("button", name="Retry").click()
    expect(panel.get_by_role("button", name="Retry")).to_be_enabled()
    assert len([url for url in requested if "name=lonely" in url]) == 2  # it never asks again by itself
    assert panel.locator("h1, form").count() == 0
    page.unroute("**/fragment?name=lonely")
    panel.get_by_role("button", name="Retry").click()
    expect(panel.locator("figure")).to_have_attribute("data-state", "drawn")


@pytest.mark.parametrize("kind", NOT_OURS)
def test_nor_does_it_replace_what_is_shown_or_close_a_dialog(visit: Visit, kind: str) -> None:
    page = visit("/tracks/").page
    page.route("**/refresh", something_else(kind))
    page.get_by_role("button", name="Fetch anyway").click()
    dialog = page.get_by_role("dialog", name="Fetch Spotify again?")
    dialog.get_by_role("button", name="Fetch (1 call)").click()
    expect(page.get_by_text("The server could not be reached.")).to_have_count(1)
    expect(dialog).to_be_visible()
    page.unroute("**/refresh")
    with page.expect_response("**/refresh"):
        dialog.get_by_role("button", name="Fetch (1 call)").click()
    expect(dialog).to_be_hidden()


def test_a_chart_that_a_login_page_answers_for_offers_a_retry(visit: Visit) -> None:
    page = visit("/ops/runs/?names=none").page
    page.route("**/chart/single*", something_else("login page of a proxy"))
    page.evaluate("htmx.ajax('GET', '/fragment?name=single', '#home')")
    expect(page.locator("#home")).to_contain_text("The server could not be reached.")
    page.unroute("**/chart/single*")
    page.locator("#home").get_by_role("button", name="Retry").click()
    expect(page.locator("#home figure")).to_have_attribute("data-state", "drawn")


def test_an_error_answer_is_swapped_in_with_a_retry(visit: Visit) -> None:
    page = visit("/ops/runs/").page
    page.evaluate("htmx.ajax('GET', '/broken', '#home')")
    home = page.locator("#home")
    expect(home.get_by_role("alert")).to_contain_text("The database is away.")
    home.get_by_role("button", name="Retry").click()
    expect(home.locator("figure")).to_have_attribute("data-state", "drawn")


def test_focus_survives_a_swap(visit: Visit) -> None:
    page = visit("/tracks/").page
    page.locator("#range-90").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#chosen")).to_have_text("30")
    expect(page.locator("#range-30")).to_be_focused()
    assert page.url.endswith(
        "range=30&metric=total&interval=day&start_date=2026-08-23&end_date=2026-11-20&platforms=spotify"
    )


def test_focus_without_an_id_goes_to_the_panel(visit: Visit) -> None:
    page = visit("/ops/runs/?names=none").page
    page.evaluate("document.querySelector('#home').innerHTML = '<button>here</button>'")
    page.locator("#home button").focus()
    page.evaluate("htmx.ajax('GET', '/fragment', '#home')")
    expect(page.locator("#home figure")).to_have_count(1)
    expect(page.locator("#home")).to_be_focused()


def test_focus_without_an_id_goes_to_its_like(visit: Visit) -> None:
    page = visit("/ops/runs/?names=none").page
    page.evaluate("document.querySelector('#home').innerHTML = '<button hx-get=\"/fragment\">old</button>'")
    page.locator("#home button").focus()
    page.evaluate("htmx.ajax('GET', '/broken', '#home')")
    expect(page.get_by_role("button", name="Retry")).to_be_focused()


def test_a_later_answer_wins_over_an_earlier_one(visit: Visit) -> None:
    page = visit("/tracks/").page
    held: list[Route] = []
    page.route("**/form?range=30*", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks it)
    with page.expect_request("**/form?range=30*") as earlier:
        page.get_by_text("30 days").click()
    page.get_by_text("365 days").click()
    expect(page.locator("#chosen")).to_have_text("365")
    assert [route.request for route in held] == [earlier.value]
    held[0].fulfill(headers={"X-Trackpulse": "1"}, body="<p id='chosen'>30</p>")
    page.evaluate(TWO_FRAMES)
    expect(page.locator("#chosen")).to_have_text("365")
