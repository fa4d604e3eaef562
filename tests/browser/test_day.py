"""An operator's day and an admin's evening: from the sign-in to the record of all of it."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter, Watched
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean, sign_in
from tests.browser.test_walk import Keyboard
from tests.factories import audience_rows, insert_series, make_track
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.lib.clock import today

pytestmark = pytest.mark.browser

OTHER = "00000000-0000-4000-8000-000000000001"
YOUTUBE_PATH = "/song/.*/audience/youtube"
ENDED = re.compile(r"The batch has ended\.$")


def fill(database: psycopg.Connection) -> None:
    """The track of the seeds and another, and Spotify a second time, with a value of its own."""
    track = make_track(database)
    make_track(database, OTHER, "Another song")
    row = database.execute(
        "INSERT INTO platforms (slug, name, has_song_audience) VALUES ('spotifyy', 'Spotifyy', true)"
        " RETURNING id"
    ).fetchone()
    assert row is not None
    insert_series(database, audience_rows(track, row[0], [(today(), 1)]))


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


def test_a_day(enter: Enter, site: Site) -> None:
    operator = enter(width=1440)
    operator.page.goto("/tracks/")
    sign_in(operator.page)
    site.sandbox.fault(YOUTUBE_PATH, "not_found", times=1)
    refresh_two_platforms(operator, Keyboard(operator.page))
    retry_what_failed(operator)
    admin = enter("admin", "dark", width=390)
    merge_the_duplicate(admin, site)
    all_of_it_is_on_record(admin)


def refresh_two_platforms(watched: Watched, keys: Keyboard) -> None:
    """By keyboard alone, from the list to the batch's end, in which one of two series has failed."""
    page = watched.page
    keys.write(page.get_by_label("Search by title, artist or ISRC"), "bad guy")
    expect(page.locator("#tracks tbody tr")).to_have_count(1)
    keys.press(page.locator(f"#pick-{SEED_TRACK}"))
    keys.press(page.get_by_role("button", name="Fetch…"))
    expect(page.get_by_label("Spotify", exact=True)).to_be_checked()
    keys.press(page.get_by_label("YouTube", exact=True))
    keys.press(page.get_by_role("button", name="Continue"))
    keys.press(page.get_by_role("button", name="Fetch", exact=True))
    expect(page.get_by_role("heading", name=re.compile("Batch"))).to_be_visible()
    expect(page.locator("#batch [role=status]")).to_have_text(ENDED, timeout=60_000)
    row = page.get_by_role("row", name=re.compile("^bad guy")).last
    expect(row.locator("[data-state=succeeded]")).to_have_count(1)
    expect(row.locator("[data-state=failed]")).to_have_count(1)
    clean(watched)


def retry_what_failed(watched: Watched) -> None:
    """The failed run shows its error; a retry succeeds once the API responds."""
    page = watched.page
    page.get_by_role("link", name=re.compile(r"^Run [\d,]+$")).first.click()
    expect(page.get_by_role("alert")).to_contain_text("404")
    clean(watched)
    page.get_by_role("button", name="Retry this run").click()
    expect(page.locator("#run [role=status] [data-state=succeeded]")).to_be_visible(timeout=60_000)
    clean(watched)


def merge_the_duplicate(watched: Watched, site: Site) -> None:
    """The possible duplicate is previewed and merged into one platform."""
    page = watched.page
    page.goto("/admin/platforms/")
    expect(page.get_by_role("heading", name="Possible duplicates")).to_be_visible()
    clean(watched)
    page.goto("/admin/platforms/spotifyy/")
    page.get_by_label("Merge into").select_option("spotify")
    page.get_by_role("button", name="Preview merge").click()
    expect(page.get_by_role("table", name=re.compile("^Rows to move"))).to_be_visible()
    clean(watched)
    page.get_by_role("button", name=re.compile("^Merge into Spotify")).click()
    expect(page).to_have_url(f"{site.url}/admin/platforms/spotify/")
    page.goto("/platforms/spotifyy/")
    expect(page).to_have_url(f"{site.url}/platforms/spotify/")


def all_of_it_is_on_record(watched: Watched) -> None:
    """The audit log has every step and its person."""
    page = watched.page
    page.goto("/admin/audit/")
    for person, action in (
        ("operator@example.com", "user.sign-in"),
        ("operator@example.com", "batch.create"),
        ("operator@example.com", "run.retry"),
        ("admin@example.com", "platform.merge"),
    ):
        assert on_record(page, person, action) == 1, action
    clean(watched)


def on_record(page: Page, person: str, action: str) -> int:
    """How many events of this action by this person the page finds."""
    page.goto(f"/admin/audit/?person={person}&action={action}")
    return page.locator("#events tbody tr").count()
