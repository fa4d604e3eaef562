"""The site end to end: Chromium over gunicorn, a worker, PostgreSQL, Valkey and the sandbox's API."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.site import RAISED_BY, Processes, Site, fetch_seeds, opened
from tests.browser.steps import (
    choose,
    clean,
    clean_in_every_look,
    drawn,
    focused,
    open_filters,
    read,
    redrawn,
    refused,
    sign_in,
    tab_to,
    table,
    tile,
    written,
)
from tests.sandbox_server import SEED_TRACK, Sandbox

pytestmark = pytest.mark.browser

TRACK = f"/tracks/{SEED_TRACK}/"


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site over the seeds' track, fetched by its own worker.

    The vendor's day is some days back, so that it has next days whose values can be stored.
    """

    def fetch(database: psycopg.Connection) -> None:
        sandbox_server.set_day(datetime.now(UTC).date() - timedelta(days=4))
        fetch_seeds(database)

    with opened(processes, sandbox_server, fetch) as site:
        yield site


def test_an_operator_reads_the_track(enter: Enter, site: Site) -> None:
    watched = enter(width=390)
    page = watched.page
    page.goto("/")
    with refused(watched, 401):
        sign_in(page, "not the password")
        expect(page.get_by_role("alert")).to_have_text("Email or password is wrong.")
    clean_in_every_look(watched)
    sign_in(page)
    expect(page).to_have_url(f"{site.url}/")
    clean_in_every_look(watched)
    page.get_by_role("link", name="Tracks", exact=True).click()
    find_the_track(page)
    clean_in_every_look(watched)
    page.get_by_role("link", name="bad guy").click()
    drawn(page)
    read_the_ranges(page, site)
    clean_in_every_look(watched)
    read_the_other_views(page, site)
    clean_in_every_look(watched)


def find_the_track(page: Page) -> None:
    expect(page).to_have_url(re.compile("/tracks/$"))
    page.wait_for_load_state("networkidle")  # before its scripts are there a key is lost
    open_filters(page)
    page.get_by_label("Search by title, artist or ISRC").fill("no such song")
    page.keyboard.press("Enter")
    expect(page.locator("#tracks")).to_contain_text("No matching tracks")
    page.get_by_label("Search by title, artist or ISRC").fill("billie")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="bad guy")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/tracks/\?q=billie$"))


def read_the_ranges(page: Page, site: Site) -> None:
    """The default is 90 days, with both dates; a choice is in the URL, also for back and reload."""
    stored = site.days("spotify")
    assert len(stored) >= 400 <= len(site.days("youtube"))
    shows(page, stored, 90)
    choose(page, "30 days")
    expect(page).to_have_url(re.compile(r"\?range=30"))
    shows(page, stored, 30)
    page.go_back()
    expect(page).to_have_url(f"{site.url}{TRACK}")
    shows(page, stored, 90)
    page.go_forward()
    shows(page, stored, 30)
    page.reload()
    shows(page, stored, 30)


def shows(page: Page, stored: list[tuple[date, int]], days: int) -> None:
    """The panel shows both dates; table and chart have the values of the database between them."""
    newest = stored[0][0]
    oldest = newest - timedelta(days=days - 1)
    expect(page.locator("#audience")).to_contain_text(f"{oldest} to {newest}.")
    drawn(page)
    assert [row[:2] for row in table(page)] == [written(*point) for point in stored if point[0] >= oldest]
    expect(read(page, "Home")).to_contain_text(f"{oldest}. Spotify: ")
    expect(read(page, "End")).to_contain_text(f"{newest}. Spotify: {stored[0][1]:,}, gain +")


def read_the_other_views(page: Page, site: Site) -> None:
    """From 30 days: by week, as gain, and with a second platform."""
    choose(page, "Week")
    weeks = site.weeks("spotify")
    assert len(table(page)) in (5, 6)
    assert all(weeks[date.fromisoformat(row[0])] == int(row[1].replace(",", "")) for row in table(page))
    choose(page, "Day")
    choose(page, "Gain")
    (_, value), (_, before) = site.days("spotify", 2)
    assert table(page)[0][2] == f"{value - before:+,}"
    expect(page.locator("#audience .apexcharts-bar-area")).to_have_count(len(table(page)))
    choose(page, "Total")
    choose(page, "YouTube")
    expect(page.locator("#audience .apexcharts-legend-series")).to_have_count(2)
    platforms = {row[1] for row in table(page)}
    assert platforms == {"Spotify", "YouTube"}
    youtube = [[row[0], row[2]] for row in table(page) if row[1] == "YouTube"]
    assert youtube == [written(*point) for point in site.days("youtube", len(youtube))]


def test_fetch_anyway_brings_the_new_and_marks_the_revised(enter: Enter, site: Site) -> None:
    watched = enter("operator", width=390)
    page = watched.page
    page.goto(f"{TRACK}?range=30")
    drawn(page)
    page.evaluate("window.sameDocument = true")
    new, old, former = site.tomorrow()
    tile(page, "Spotify").get_by_role("button", name="Refresh").click()
    expect(tile(page, "Spotify").get_by_role("status")).to_contain_text(
        re.compile("Fetched (.* ago|just now)")
    )
    with redrawn(page):
        with site.writes_held():
            tile(page, "Spotify").get_by_role("button", name="Fetch anyway (1 call)").click()
            expect(tile(page, "Spotify").get_by_role("status")).to_have_text(re.compile("^(Queued|Running)"))
            expect(tile(page, "Spotify").get_by_role("status")).to_have_text("Running: 1 page fetched")
        done = re.compile(r"^Done: 1 new, 1 changed, \d+ unchanged$")
        expect(tile(page, "Spotify").get_by_role("status")).to_have_text(done)
    assert site.days("spotify", 1)[0][0] == new
    shows_the_revision(page, site, old, former)
    assert page.evaluate("window.sameDocument") is True
    clean_in_every_look(watched)
    shows_the_run(page, site)
    clean_in_every_look(watched)


def shows_the_revision(page: Page, site: Site, old: date, former: int) -> None:
    """In the table with its former value, in the list of marks, and on a chart that was drawn again."""
    shows(page, site.days("spotify"), 30)
    [row] = [row for row in table(page) if row[0] == old.isoformat()]
    assert row[1] == f"{former + RAISED_BY:,}"
    assert f"revised from {former:,} on " in row[-1]
    mark = page.locator(".marks li[data-kind=revised]", has_text=f"{old}: revised from {former:,}")
    expect(mark).to_be_visible()
    revised = page.locator(".marks li[data-kind=revised]").count()
    expect(page.locator("#audience .mark-revised")).to_have_count(revised)


def shows_the_run(page: Page, site: Site) -> None:
    page.goto("/ops/runs/")
    first = page.locator("#runs tbody tr").first
    for text in ("Succeeded", "Audience, forced", "bad guy on Spotify", "operator@example.com"):
        expect(first).to_contain_text(text)
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", name=re.compile(r"Run \d+: audience"))).to_be_visible()
    expect(page.locator("#run")).to_contain_text(re.compile(r"1 new, 1 changed, \d+ unchanged"))
    expect(page.locator("#run")).to_contain_text("1, for 1 page")
    page.locator("#log").scroll_into_view_if_needed()
    calls = page.get_by_role("table", name=re.compile("^1 call to SoundCharts"))
    expect(calls).to_contain_text("/audience/spotify")


def test_a_final_error_is_a_sentence_with_a_second_try(enter: Enter, site: Site) -> None:
    watched = enter("operator")
    page, youtube = watched.page, tile(watched.page, "YouTube")
    page.goto(TRACK)
    drawn(page)
    site.sandbox.fault("/audience/youtube", "not_found")
    youtube.get_by_role("button", name="Refresh").click()
    youtube.get_by_role("button", name="Fetch anyway (1 call)").click()
    expect(youtube.get_by_role("button", name="Retry")).to_be_visible()
    expect(youtube.get_by_role("status")).to_have_text("Failed")
    expect(youtube.get_by_role("alert")).to_have_text(re.compile(r"^[A-Z].*\.$"))
    expect(youtube).to_contain_text("SoundCharts does not know this track here.")
    drawn(page)
    clean(watched)
    youtube.get_by_role("button", name="Retry").click()
    done = re.compile(r"^Done: \d new, \d changed, \d+ unchanged$")
    expect(youtube.get_by_role("status")).to_have_text(done)
    expect(youtube).not_to_contain_text("SoundCharts does not know this track here.")
    assert watched.errors == []


def test_the_end_of_a_session_leads_to_the_login_and_back(enter: Enter, site: Site) -> None:
    watched = enter("operator")
    page = watched.page
    page.goto(TRACK)
    drawn(page)
    page.context.clear_cookies()
    with refused(watched, 401):
        page.locator("#audience").get_by_text("30 days", exact=True).click()
        expect(page).to_have_url(re.compile(r"/login\?next="))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator("[data-panel]")).to_have_count(0)
    clean(watched)
    sign_in(page)
    expect(page).to_have_url(f"{site.url}{TRACK}")
    drawn(page)
    clean(watched)


def test_a_viewer_reads_and_asks_for_nothing(enter: Enter, site: Site) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto(TRACK)
    drawn(page)
    expect(tile(page, "Spotify")).to_contain_text("streams")
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)
    expect(page.get_by_role("link", name="Operations")).to_have_count(0)
    clean(watched)
    before = runs(site)
    for headers in ({}, {"HX-Request": "true"}):
        token = page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))")
        answer = page.request.post(f"{TRACK}platforms/spotify/refresh/", headers={**headers, **token})
        assert answer.status == 403
        assert "needs the role" in answer.text()
    assert [page.request.get(url).status for url in ("/ops/", "/ops/runs/")] == [403, 403]
    assert runs(site) == before


def runs(site: Site) -> list[tuple[int]]:
    return site.database.execute("SELECT count(*) FROM job_runs").fetchall()


def test_all_of_it_by_keyboard(enter: Enter) -> None:
    watched = enter("operator")
    page = watched.page
    page.goto("/ops/runs/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile("/tracks/$"))
    page.wait_for_load_state("networkidle")  # before its scripts are there a key is lost
    page.keyboard.press("/")
    page.keyboard.type("bad guy")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=bad(\+|%20)guy$"))
    expect(page.get_by_role("heading", name=re.compile("^Results for"))).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    clean(watched)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="bad guy").focus()
    page.keyboard.press("Enter")
    drawn(page)
    tab_to(page, "range-90")
    with redrawn(page):
        page.keyboard.press("ArrowLeft")
    assert focused(page) == "range-30"
    tab_to(page, "Audience of bad guy. The arrow keys read its points.")
    reads_with_arrows(page)
    tab_to(page, "Refresh Spotify")
    page.keyboard.press("Enter")
    expect(tile(page, "Spotify").get_by_role("button", name="Fetch anyway")).to_be_visible()
    expect(page.locator("#run-spotify:focus-within")).to_have_count(1)
    clean(watched)


def reads_with_arrows(page: Page) -> None:
    days = [row[0] for row in table(page)]
    reading = page.locator(".drawing-reading")
    expect(reading).to_have_attribute("aria-live", "polite")
    for key, day in (
        ("End", days[0]),
        ("ArrowLeft", days[1]),
        ("ArrowLeft", days[2]),
        ("ArrowRight", days[1]),
    ):
        page.keyboard.press(key)
        expect(reading).to_contain_text(f"{day}. Spotify: ")


def test_back_from_another_page_gives_a_whole_page(enter: Enter, site: Site) -> None:
    watched = enter("operator")
    page = watched.page
    page.goto(TRACK)
    drawn(page)
    choose(page, "30 days")
    shown = table(page)
    page.get_by_role("link", name="Operations").click()
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?range=30"))
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_have_count(1)
    expect(page.get_by_role("heading", name="bad guy", exact=True)).to_be_visible()
    drawn(page)
    assert table(page) == shown
    clean(watched)


def test_signing_out_ends_it(enter: Enter) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto("/tracks/")
    page.get_by_role("button", name="Account of viewer@example.com").click()
    clean(watched)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/login"))
    clean(watched)


def test_without_javascript_the_panel_is_a_page(enter: Enter, site: Site) -> None:
    watched = enter("operator", java_script_enabled=False)
    page = watched.page
    page.goto(TRACK)
    page.get_by_role("link", name="Show the audience over time").click()
    expect(page.get_by_role("heading", name="Audience of bad guy")).to_be_visible()
    expect(page.get_by_role("link", name="Tracks", exact=True).first).to_be_visible()
    page.get_by_text(re.compile(r"^Table of \d+ points$")).click()
    expect(page.get_by_role("rowheader", name=str(site.days("spotify", 1)[0][0]))).to_be_visible()
    page.get_by_label("30 days").check()
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page).to_have_url(re.compile("range=30"))
    expect(page.get_by_role("row")).to_have_count(1 + 30)
    page.goto(TRACK)
    tile(page, "Spotify").get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("status", name="Messages")).to_contain_text("Fetched")
    assert watched.errors == []
