"""Charts in a browser: from the list to a track and back, and a sync that the page follows by itself."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, Watched
from tests.browser.site import Processes, Site, opened, wait_for_runs
from tests.browser.steps import clean, clean_in_every_look, open_filters
from tests.sandbox_server import Sandbox
from webapp.extensions import db
from webapp.models import Chart, Platform
from webapp.work.queue import submit
from webapp.work.requests import discovery_request, sync_request

pytestmark = pytest.mark.browser

CHART = "/charts/global-28/"


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    """The site with Spotify's charts, of which its own worker has synchronised one."""
    with opened(processes, sandbox_server, fetch_charts) as site:
        yield site


def fetch_charts(database: psycopg.Connection) -> None:
    """Spotify's charts, and the rankings of one without the cascade for its tracks."""
    submit(discovery_request(Platform.find("spotify")))
    wait_for_runs(database)
    database.execute(
        "UPDATE charts SET sync_enabled = true, with_metadata = false, with_artists = false,"
        " with_audience = false WHERE slug = 'global-28'"
    )
    db.session.rollback()
    chart = Chart.find("global-28")
    assert chart is not None
    submit(sync_request(chart))
    wait_for_runs(database)


def dates(site: Site) -> list[date]:
    """The stored rankings, newest first."""
    found = site.database.execute("SELECT ranked_on FROM chart_rankings ORDER BY 1 DESC").fetchall()
    return [day for (day,) in found]


def top(site: Site, day: date) -> list[str]:
    """The titles of a ranking."""
    found = site.database.execute(
        "SELECT name FROM chart_ranking_entries JOIN tracks ON tracks.id = track_id"
        " WHERE ranked_on = %s ORDER BY position",
        [day],
    )
    return [name for (name,) in found]


def shows(page: Page, titles: list[str]) -> None:
    """The ranking has these titles, once the page has come."""
    expect(page.locator("#ranking .ranking").first.locator(".track-title")).to_have_text(titles)


def test_from_the_list_to_a_track_and_back(enter: Enter, site: Site) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    newest, before, *_ = dates(site)
    page.goto("/charts/")
    open_filters(page)
    page.locator("#platform").select_option("spotify")
    expect(page).to_have_url(re.compile(r"/charts/\?platform=spotify$"))
    page.locator("#health").select_option("healthy")
    expect(page).to_have_url(re.compile(r"/charts/\?platform=spotify&health=healthy$"))
    expect(page.locator("#charts tbody tr")).to_have_count(1)
    clean_in_every_look(watched)
    page.get_by_role("link", name="Top Songs", exact=True).click()
    sees_the_chart(watched, site)
    page.get_by_role("link", name=f"All 200 entries of {newest}").click()
    shows(page, top(site, newest))
    clean_in_every_look(watched)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(f"{site.url}{CHART}{before}/")
    narrow_down(page)
    clean_in_every_look(watched)
    follows_a_track_and_comes_back(watched, site, before)
    page.get_by_role("link", name="Top Songs, Worldwide").click()
    page.locator("nav.breadcrumb").get_by_role("link", name="Charts").click()
    expect(page).to_have_url(re.compile(r"/charts/\?platform=spotify&health=healthy$"))
    expect(page.locator("#charts tbody tr")).to_have_count(1)
    clean_in_every_look(watched)


def sees_the_chart(watched: Watched, site: Site) -> None:
    """Its top, and a calendar of which every day held is a link."""
    page, held = watched.page, dates(site)
    expect(page.locator("#chart .spark")).to_have_count(20)
    expect(page.locator("#chart .track-title")).to_have_text(top(site, held[0])[:20])
    page.locator("#calendar").scroll_into_view_if_needed()
    page.locator("#history").scroll_into_view_if_needed()
    expect(page.locator("#calendar a[data-look=held]")).to_have_count(len(held))
    expect(page.locator("#history")).to_contain_text("Chart sync")
    clean_in_every_look(watched)
    held_day = page.locator("#calendar a[data-look=held]").last
    held_day.focus()
    assert str(held[0]) in held_day.inner_text()
    expect(page.get_by_role("button", name="Sync now")).to_have_count(0)


def narrow_down(page: Page) -> None:
    """Filters by title and by position, in the URL too."""
    page.wait_for_load_state("networkidle")  # before its scripts are there the form is not theirs
    open_filters(page)
    page.get_by_label("To position").fill("10")
    page.get_by_label("To position").press("Enter")
    expect(page).to_have_url(re.compile(r"\?last=10$"))
    expect(page.locator("#ranking .ranking").first.locator("tbody tr")).to_have_count(10)


def follows_a_track_and_comes_back(watched: Watched, site: Site, day: date) -> None:
    page = watched.page
    song = top(site, day)[0]
    page.get_by_role("link", name=song, exact=True).first.click()
    expect(page.get_by_role("heading", name=song, exact=True)).to_be_visible()
    page.locator("#positions").scroll_into_view_if_needed()
    expect(page.locator("#positions figure")).to_have_attribute("data-state", "drawn")
    expect(page.locator("#positions tbody tr")).to_have_count(1)
    reading = page.locator("#positions .drawing-reading")
    page.locator("#positions .drawing-plot").focus()
    page.keyboard.press("End")
    expect(reading).to_contain_text(f"{dates(site)[0]}. Spotify Top Songs, Worldwide: position ")
    clean_in_every_look(watched)
    page.go_back()
    expect(page).to_have_url(f"{site.url}{CHART}{day}/?last=10")
    page.get_by_role("link", name=song, exact=True).first.click()
    expect(page.get_by_role("link", name="Back to")).to_have_count(0)
    page.go_back()
    expect(page).to_have_url(f"{site.url}{CHART}{day}/?last=10")
    shows(page, top(site, day)[:10])


def test_a_ranking_against_another_date(enter: Enter, site: Site) -> None:
    watched = enter("viewer", width=390)
    page = watched.page
    newest, *_, oldest = dates(site)
    page.goto(f"{CHART}{newest}/")
    open_filters(page)
    page.locator("label", has=page.locator("#compare-date")).click()
    page.get_by_label("Date", exact=True).and_(page.locator("#with")).fill(str(oldest))
    page.keyboard.press("Enter")
    # The form may go by itself where it is sent in the moment that it is replaced: to the same page.
    expect(page).to_have_url(re.compile(rf"[?&]with={oldest}$"))
    expect(page.locator("#ranking .summary")).to_contain_text(f"Compared with the ranking of {oldest}")
    came = len(set(top(site, newest)) - set(top(site, oldest)))
    numbers = {text.split()[1]: int(text.split()[0]) for text in page.locator(".counts a").all_inner_texts()}
    assert numbers["entered"] + numbers["re-entered"] == came
    clean(watched)
    page.locator("#ranking summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == f"spotify-top-songs-worldwide-{newest}.csv"


def test_an_operator_syncs_and_the_page_follows(enter: Enter, site: Site) -> None:
    watched = enter("operator", width=390)
    page = watched.page
    page.goto(CHART)
    former = dates(site)[0]
    expect(page.locator("#freshness")).to_contain_text(f"Newest ranking {former}")
    site.sandbox.move_on(1)
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#chart-run")).to_contain_text("Succeeded")
    newest = dates(site)[0]
    assert newest == former + timedelta(days=1)
    expect(page.locator("#freshness")).to_contain_text(f"Newest ranking {newest}")
    expect(page.locator("#chart caption")).to_contain_text(f"The first 20 of 200 on {newest}")
    page.locator("#calendar").scroll_into_view_if_needed()
    expect(page.locator("#calendar a[data-look=held]").last).to_contain_text(str(newest))
    clean_in_every_look(watched)
