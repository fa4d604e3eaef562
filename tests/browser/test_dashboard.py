"""The dashboard in a browser: the way through the site and back, and an open page that follows the data."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import TWO_FRAMES, Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean_in_every_look, focused, loaded, open_filters
from tests.factories import (
    Entry,
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

SONGS = 12
ARTIST = UUID(int=100)
AWAY = "Object.defineProperty(document, 'hidden', {get: () => window.away ?? true, configurable: true})"
LOOKS_AGAIN = "window.away = false; document.dispatchEvent(new Event('visibilitychange'))"
PULSE = re.compile("/dashboard/pulse/")
A_PULSE_LATER = 21_000
"""The polling interval of an open page, in milliseconds."""


@pytest.fixture
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site over two platforms' charts of ten days, one of them failing, with nothing left to do."""
    with opened(processes, sandbox_server, fill) as site:
        yield site


def fill(database: psycopg.Connection) -> None:
    songs = [make_track(database, str(UUID(int=n + 1)), f"Song {n}") for n in range(SONGS)]
    for slug, platform, country in (("top-fr", "spotify", ("FR", "France")), ("world", "youtube", ("", ""))):
        chart = make_chart(database, slug, platform=platform, name=f"Top {slug}", country=country)
        for ago in range(10, 0, -1):
            day = today() - timedelta(days=ago)
            order = songs[ago % SONGS :] + songs[: ago % SONGS]
            # One song enters with the newest ranking.
            entries = [Entry(song, entry_date=day) for song in (order if ago == 1 else order[:-1])]
            make_ranking(database, chart, day, entries, datetime.now(UTC) - timedelta(days=ago))
    make_artist(database, str(ARTIST), "Mira Vale", songs)
    database.execute("UPDATE charts SET sync_error = 'The API broke off.' WHERE slug = 'world'")
    for place, song in enumerate(songs):
        values = [
            (today() - timedelta(days=30 - n), 5000 * n * (place + 1) + (place + 1) * 40 * n * n)
            for n in range(30)
        ]
        for slug in ("spotify", "youtube"):
            insert_series(database, audience_rows(song, platform_id(database, slug), values))


def test_the_way_through_the_site_and_back(enter: Enter, site: Site) -> None:
    watched = enter("operator", width=390)
    page = watched.page
    page.goto("/?window=30")
    loaded(page)
    expect(page.locator("#card-rankings .headline")).to_contain_text("20")
    expect(page.locator("#card-health")).to_contain_text("The API broke off.")
    clean_in_every_look(watched)
    page.locator("#top-youtube").click()
    page.get_by_role("link", name="Open YouTube").click()
    expect(page.get_by_role("heading", name="YouTube", level=1)).to_be_visible()
    loaded(page)
    page.get_by_role("link", name="Top world").first.click()
    expect(page).to_have_url(f"{site.url}/charts/world/")
    loaded(page)
    newest = today() - timedelta(days=1)
    page.locator(f'a[href*="/charts/world/{newest}/"]').first.click()
    expect(page).to_have_url(re.compile(f"/charts/world/{newest}/"))
    loaded(page)
    page.locator(".track-title").first.click()
    expect(page).to_have_url(re.compile("/tracks/"))
    loaded(page)
    clean_in_every_look(watched)
    for address in (
        f"/charts/world/{newest}/",
        "/charts/world/",
        "/platforms/youtube/",
        "/?window=30&top=youtube",
    ):
        page.go_back()
        expect(page).to_have_url(f"{site.url}{address}")
        loaded(page)
    expect(page.locator("#top-youtube")).to_have_attribute("aria-selected", "true")
    loaded(page)
    clean_in_every_look(watched)


def test_an_open_page_follows_the_data_and_keeps_its_place(enter: Enter, site: Site) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto("/")
    loaded(page)
    page.locator("#leaders-spotify").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#leaders-youtube")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("#leaders-youtube").scroll_into_view_if_needed()
    was = page.locator("#card-rankings .headline .figure-link").inner_text()
    place = page.evaluate("scrollY")
    assert place > 0
    chart = site.database.execute("SELECT id FROM charts WHERE slug = 'top-fr'").fetchone()
    assert chart is not None
    make_ranking(site.database, chart[0], today(), [1, 2, 3], datetime.now(UTC))
    site.database.execute(
        "INSERT INTO job_runs (task, queue, dedupe_key, state, finished_at, records_created)"
        " VALUES ('fetch_audience', 'default', 'x', 'succeeded', now(), 1)"
    )
    page.evaluate(LOOKS_AGAIN)  # which asks at once; below it is asked for as time passes
    number = page.locator("#card-rankings .headline .figure-link")
    expect(number).to_have_text(str(int(was) + 1))
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("#card-rankings figure")).to_have_attribute("data-state", "drawn")
    assert focused(page) == "leaders-youtube"
    assert page.evaluate("scrollY") == place
    expect(page.locator("#leaders-youtube")).to_have_attribute("aria-selected", "true")
    assert watched.errors == []


def test_nobody_who_looks_away_asks(enter: Enter, site: Site) -> None:
    page = enter("viewer", timezone_id="UTC").page  # a window whose clock may be moved
    page.clock.install()
    page.goto("/")
    loaded(page)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.evaluate(AWAY)
    page.clock.fast_forward(A_PULSE_LATER)
    page.evaluate("fetch('/healthz')")  # what was asked before it is known by now
    assert [address.rsplit("/", 1)[1] for address in requested] == ["healthz"]
    with page.expect_request_finished(lambda request: PULSE.search(request.url) is not None):
        page.evaluate(LOOKS_AGAIN)
    page.evaluate(TWO_FRAMES)  # htmx sends no second request while it deals with the first
    with page.expect_request(PULSE):
        page.clock.fast_forward(A_PULSE_LATER)


def test_a_filter_applies_to_all_cards_and_is_in_the_url(enter: Enter, site: Site) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    page.goto("/")
    open_filters(page)
    page.get_by_label("Country").select_option("FR")
    expect(page).to_have_url(f"{site.url}/?country=FR")
    page.get_by_text("30 days", exact=True).first.click()
    expect(page).to_have_url(f"{site.url}/?window=30&country=FR")
    page.locator("#card-rankings").scroll_into_view_if_needed()
    expect(page.locator("#card-rankings .headline .figure-link")).to_have_text("10")
    loaded(page)
    clean_in_every_look(watched)
    page.get_by_label("Remove the filter Country: France").click()
    expect(page).to_have_url(f"{site.url}/?window=30")
    page.locator("#card-rankings").scroll_into_view_if_needed()
    expect(page.locator("#card-rankings .headline .figure-link")).to_have_text("20")


def go(page: Page, key: str, url: str) -> None:
    """Presses g and a letter, again where a busy machine took more than a second between the two."""
    for _ in range(5):
        page.wait_for_load_state("networkidle")
        page.keyboard.press("g")
        page.keyboard.press(key)
        with suppress(PlaywrightTimeout):
            page.wait_for_url(url, timeout=5000)
            return
    pytest.fail(f"g {key} does not lead to {url}, but to {page.url}")


def test_keys_lead_to_every_section(enter: Enter, site: Site) -> None:
    page = enter("operator").page
    page.goto("/")
    sections = {"c": "charts/", "t": "tracks/", "a": "artists/", "p": "platforms/", "o": "ops/", "d": ""}
    for key, path in sections.items():
        go(page, key, f"{site.url}/{path}")
        expect(page.locator(".nav [aria-current]")).to_have_attribute("data-go", key)


LAYOUT_SHIFT = """
    window.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.layoutShift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.05


@pytest.mark.parametrize("path", ["/", "/?platform=spotify", "/ops/", f"/artists/{ARTIST}/"])
@pytest.mark.parametrize("width", [390, 1440])
def test_what_loads_keeps_its_place(enter: Enter, site: Site, width: int, path: str) -> None:
    page = enter("operator", width=width).page
    page.add_init_script(LAYOUT_SHIFT)
    page.goto(path)
    expect(page.locator('[hx-trigger="load"] > .loading')).to_have_count(0)
    # Chromium counts a swap out of sight as a shift where a script scrolls within the same frame.
    page.evaluate(TWO_FRAMES)
    if not path.startswith("/artists/"):  # its panels load before they are in view
        loaded(page)  # which scrolls down to the cards that load when they come into view
    expect(page.locator("figure[data-drawing-url]")).to_have_attribute("data-state", "drawn")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("window.layoutShift") < MOST_SHIFT


def test_one_key_leads_to_data_collection(enter: Enter, site: Site) -> None:
    watched = enter("viewer")
    page = watched.page
    page.goto("/")
    expect(page.locator("#card-headlines .tile").first).to_be_visible()
    page.keyboard.press("d")
    expect(page).to_have_url(f"{site.url}/#data-collection")
    expect(page.locator("#card-rankings .headline")).to_be_in_viewport()
    loaded(page)
    assert watched.errors == []


def test_a_headline_and_a_mover_open_without_a_request(enter: Enter, site: Site) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    page.goto("/")
    loaded(page)
    page.locator(".tile-named summary").first.click()
    expect(page.locator(".tile-named[open] .named a").first).to_be_visible()
    page.locator(".on-charts summary").first.click()
    expect(page.locator(".on-charts[open] li")).to_have_count(2)
    clean_in_every_look(watched)


def test_what_entered_a_chart_this_week_takes_two_actions(enter: Enter, site: Site) -> None:
    database = site.database
    chart = make_chart(database, "us", name="Top Songs", country=("US", "United States"))
    songs = [make_track(database, str(UUID(int=100 + n)), f"Entrant {n}") for n in range(2)]
    make_ranking(database, chart, today() - timedelta(days=3), songs[:1])
    entries = [Entry(song, entry_date=today() - timedelta(days=2)) for song in songs]
    make_ranking(database, chart, today() - timedelta(days=2), entries)
    watched = enter("viewer")
    page = watched.page
    page.goto("/")
    loaded(page)  # a request that the next page cuts off is an error of the console
    actions = 0
    page.get_by_role("link", name="All new entries").click()
    actions += 1
    page.get_by_label("Chart", exact=True).select_option("Spotify Top Songs, United States")
    actions += 1
    expect(page.locator("#entered tbody tr")).to_have_count(1)
    expect(page.locator("#entered tbody .track-title")).to_have_text("Entrant 1")
    expect(page).to_have_url(re.compile(r"\?kind=new&chart=us$"))
    assert actions <= 2
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_text("Custom range").click()
    expect(page).to_have_url(re.compile("window=dates"))  # a request that the next one replaces is logged
    page.get_by_label("From", exact=True).fill(str(today() - timedelta(days=1)))
    page.keyboard.press("Tab")
    expect(page.locator("#entered .state")).to_contain_text("No rankings in these days")
    page.get_by_label("From", exact=True).fill(str(today() - timedelta(days=3)))
    page.keyboard.press("Tab")
    expect(page.locator("#entered tbody .track-title")).to_have_text("Entrant 1")
    page.get_by_label("To", exact=True).fill(str(today() - timedelta(days=2)))
    page.keyboard.press("Tab")
    expect(page.locator("#entered tbody .track-title")).to_have_text("Entrant 1")
    expect(page).to_have_url(re.compile(f"&end_date={today() - timedelta(days=2)}"))
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.goto(f"{site.url}/dashboard/entered/?kind=new")
    expect(page.locator("#entered .on-charts")).not_to_have_count(0)
    page.locator("#entered .on-charts summary").first.click()
    expect(page.locator("#entered .on-charts[open] li").first).to_be_visible()
    clean_in_every_look(watched)


def test_on_paper_there_are_the_cards_and_no_controls(enter: Enter, site: Site) -> None:
    page = enter("viewer").page
    page.goto("/")
    loaded(page)
    expect(page.locator("#card-rankings figure")).to_have_attribute("data-state", "drawn")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4"))) <= 5
    page.emulate_media(media="print")
    expect(page.locator("#card-tracks")).to_be_visible()
    expect(page.locator("#card-rankings figure svg").first).to_be_visible()
    for control in (".topbar", ".filters", ".free-dates", '.tabs [aria-selected="false"]', ".segments"):
        expect(page.locator(control).first).to_be_hidden()
