"""An operator fetches two platforms for two tracks, by keyboard alone, and watches it to its end."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.site import Processes, Site, opened
from tests.browser.steps import clean, clean_in_every_look
from tests.browser.test_walk import Keyboard
from tests.factories import make_track
from tests.sandbox_server import SEED_TRACK, Sandbox

pytestmark = pytest.mark.browser

UNKNOWN = "00000000-0000-4000-8000-000000000001"
ISRC = "USUM71900764"


def fill(database: psycopg.Connection) -> None:
    """The seeds' track, and one that the API does not have."""
    make_track(database)
    make_track(database, UNKNOWN, "Never heard")


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    with opened(processes, sandbox_server, fill) as site:
        yield site


def test_a_bulk_refresh_by_keyboard(enter: Enter, site: Site) -> None:
    site.database.execute("UPDATE audience_states SET fetched_at = NULL")
    watched = enter("operator", "dark", 390)
    page, keys = watched.page, Keyboard(watched.page)
    page.goto("/tracks/")
    for uuid in (SEED_TRACK, UNKNOWN):
        keys.press(page.locator(f"#pick-{uuid}"))
    keys.press(page.get_by_role("button", name="Fetch…"))
    expect(page.get_by_role("heading", name="Fetch for 2 tracks")).to_be_visible()
    expect(page.get_by_label("Spotify", exact=True)).to_be_checked()
    keys.press(page.get_by_label("YouTube", exact=True))
    clean_in_every_look(watched)
    keys.press(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("definition").filter(has_text=re.compile("^4$"))).to_be_visible()
    clean_in_every_look(watched)
    with site.writes_held():
        keys.press(page.get_by_role("button", name="Fetch", exact=True))
        expect(page.get_by_role("heading", name=re.compile("Batch"))).to_be_visible()
        expect(page.locator("#batch")).to_contain_text("0 of 4 done")
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "0")
        clean_in_every_look(watched)
    expect(page.locator("#batch [role=status]")).to_have_text(
        "4 of 4 done, 2 failed. The batch has ended.", timeout=60_000
    )
    expect(page.locator(".toast[data-kind=error]")).to_contain_text("4 of 4 done, 2 failed")
    row = page.get_by_role("row", name=re.compile("^bad guy"))
    expect(row.locator("[data-state=succeeded]")).to_have_count(2)
    clean_in_every_look(watched)
    keys.press(page.get_by_role("link", name=re.compile(r"^Run \d+$")).first)
    expect(page.get_by_role("heading", name=re.compile("^Run .*audience"))).to_be_visible()
    page.go_back()
    keys.press(page.get_by_role("button", name="Retry failed"))
    keys.press(page.get_by_role("button", name="Retry", exact=True))
    expect(page.locator("#batch [role=status]")).to_have_text(
        "4 of 4 done, 2 failed. The batch has ended.", timeout=60_000
    )
    assert watched.violations() == []


def test_an_import_by_keyboard(enter: Enter, site: Site) -> None:
    watched = enter("operator", width=390)
    page, keys = watched.page, Keyboard(watched.page)
    page.goto("/ops/import/")
    keys.tab_to(page.get_by_label("Rows", exact=True))
    page.keyboard.type(f"{ISRC}\n{UNKNOWN[:-1]}2\nnothing\n{'x' * 200}")
    clean(watched)
    keys.press(page.get_by_role("button", name="Check rows"))
    expect(page.get_by_role("heading", name="Rows to import")).to_be_visible()
    clean(watched)
    keys.press(page.get_by_role("button", name=re.compile("^Import 2 songs")))
    keys.press(page.get_by_role("button", name="Import", exact=True))
    expect(page.locator("#batch [role=status]")).to_contain_text("4 of 4 done", timeout=60_000)
    clean(watched)
