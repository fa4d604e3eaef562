"""Runs for operators: a failed run is explained and retried, others are cancelled."""

import re
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TWO_FRAMES, Enter
from tests.browser.site import Processes, Site, opened, wait_until
from tests.browser.steps import clean, clean_in_every_look, open_filters
from tests.factories import make_track, platform_id
from tests.sandbox_server import SEED_TRACK, Sandbox
from webapp.extensions import db
from webapp.models import Platform, Track
from webapp.work.queue import submit
from webapp.work.requests import audience_request

pytestmark = pytest.mark.browser

POLL = re.compile(r"/ops/runs/\?.*shown=")
AWAY = "Object.defineProperty(document, 'hidden', {get: () => window.away ?? true, configurable: true})"
LOOKS_AGAIN = "window.away = false; document.dispatchEvent(new Event('visibilitychange'))"
KNOWN = "fetch('/healthz')"
"""What was requested before it is known after it."""


@pytest.fixture(scope="module")
def site(processes: Processes, sandbox_server: Sandbox) -> Iterator[Site]:
    def fill(database: psycopg.Connection) -> None:
        make_track(database)

    with opened(processes, sandbox_server, fill) as site:
        yield site


def ask(site: Site, platform: str, fault: str, **parameters: object) -> UUID:
    """Requests a run of a series whose next response has this fault."""
    site.sandbox.fault(f"/audience/{platform}", fault, times=1, **parameters)
    db.session.rollback()
    track = db.session.scalars(db.select(Track)).one()
    run = submit(
        audience_request(
            track, db.session.get_one(Platform, platform_id(site.database, platform)), forced=True
        )
    )
    return run.uuid


def wait_for(site: Site, run: UUID, state: str) -> None:
    """Waits until a run is in this state."""
    query = "SELECT state FROM job_runs WHERE uuid = %s"
    wait_until(lambda: site.database.execute(query, [run]).fetchone() == (state,), f"run {run}")


def test_a_failed_run_is_read_and_retried(enter: Enter, site: Site) -> None:
    platform = "youtube"
    failed = ask(site, platform, "wrong_type")
    watched = enter("operator", width=390)
    page = watched.page
    wait_for(site, failed, "failed")

    page.goto("/ops/runs/")
    open_filters(page)
    page.get_by_label("State", exact=True).select_option("failed")
    expect(page.locator("#runs .chip")).to_have_count(1)
    page.get_by_label("Platform", exact=True).select_option(platform)
    expect(page).to_have_url(re.compile(rf"/ops/runs/\?state=failed&.*platform={platform}"))
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    clean_in_every_look(watched)

    page.locator("#runs").get_by_role("rowheader").get_by_role("link").click()
    run = page.locator("#run")
    expect(run.get_by_text("items[0].plots[0].value", exact=True)).to_be_visible()
    expect(run.get_by_text("'many'", exact=True)).to_be_visible()
    expect(run.get_by_role("table", name="1 attempt")).to_contain_text("breaks the contract")
    page.locator("#log").scroll_into_view_if_needed()
    expect(page.locator("#log")).to_contain_text("Attempt 1 started.")
    expect(page.locator("#log")).to_contain_text(f"/api/v2/song/{SEED_TRACK}/audience/")
    clean_in_every_look(watched)

    page.get_by_role("button", name="Retry this run").click()
    expect(page).to_have_url(re.compile(rf"/ops/runs/(?!{failed})"))
    expect(run.locator("[role=status] [data-state=succeeded]")).to_be_visible()
    expect(run.get_by_role("table", name="1 attempt")).to_contain_text("Succeeded")
    page.locator("#log").scroll_into_view_if_needed()
    expect(page.locator("#log")).to_contain_text("Written, not yet committed:")
    run.get_by_role("link", name="another run").click()
    expect(page).to_have_url(re.compile(str(failed)))
    expect(run).to_contain_text("Retried as")
    assert len(site.days(platform)) > 80
    clean_in_every_look(watched)
    page.goto("/ops/quota/")
    expect(page.locator("figure")).to_have_attribute("data-state", "drawn")


def test_a_running_run_is_called_off_and_taken_up_from_the_list(enter: Enter, site: Site) -> None:
    slow = ask(site, "shazam", "slow", seconds=5)
    watched = enter("operator")
    page = watched.page
    wait_for(site, slow, "running")
    page.goto(f"/ops/runs/{slow}/")
    page.get_by_role("button", name="Cancel this run").click()
    expect(page.locator("#run [role=status]")).to_contain_text("Cancelled by operator@example.com.")

    # Nothing else moves now: what is left to do is called off too, so that the list stands still.
    page.goto("/ops/runs/?state=cancelled")
    page.get_by_role("checkbox", name=re.compile("Select run")).first.focus()
    page.keyboard.press("Space")
    bulk = page.get_by_role("form", name="Selected runs")
    expect(bulk).to_contain_text("1 selected")
    bulk.get_by_role("button", name="Retry").press("Enter")
    expect(page.get_by_role("heading", name="Retry runs")).to_be_visible()
    expect(page.locator("main")).to_contain_text("1 run: the selected runs that failed.")
    clean(watched)
    page.get_by_role("button", name="Retry 1 run").press("Enter")
    expect(page.get_by_text("1 run requested again.")).to_be_visible()
    again = site.database.execute("SELECT uuid FROM job_runs WHERE parent_uuid = %s", [slow]).fetchone()
    assert again is not None
    wait_for(site, again[0], "succeeded")
    assert len(site.days("shazam")) > 80


def test_rows_that_update_themselves_stand_still_while_some_are_ticked(enter: Enter, site: Site) -> None:
    slow = ask(site, "tiktok", "slow", seconds=8)
    watched = enter("operator")
    page = watched.page
    wait_for(site, slow, "running")
    page.goto("/ops/runs/?platform=tiktok")
    box = page.get_by_role("checkbox", name=re.compile("Select run")).first
    box.check()
    for _ in range(2):  # the second is asked for when the first has been dealt with
        with page.expect_response(re.compile("/ops/runs/")):
            pass
    expect(box).to_be_checked()
    box.uncheck()
    expect(page.locator("#runs [data-state=succeeded]").first).to_be_visible()


def test_an_open_list_asks_less_often_while_nothing_changes_and_never_hidden(
    enter: Enter, site: Site
) -> None:
    site.database.execute(
        "INSERT INTO job_runs (dedupe_key, task, queue, state, run_after, created_at)"
        " VALUES ('stays', 'discover_charts', 'sync', 'queued', now() + interval '1 day', '2026-11-01')"
    )
    page = enter("operator", timezone_id="UTC").page  # a window whose clock may be moved
    page.clock.install()
    page.goto("/ops/runs/?task=discover_charts")
    page.wait_for_load_state("networkidle")
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    for seconds in (2, 4, 8, 16, 30, 30):
        requested.clear()
        page.clock.fast_forward((seconds - 1) * 1000)
        page.evaluate(KNOWN)
        assert not POLL.search(" ".join(requested)), seconds
        with page.expect_response(POLL) as answer:
            page.clock.fast_forward(1000)
        assert answer.value.status == 204
        page.evaluate(TWO_FRAMES)

    page.evaluate(AWAY)
    requested.clear()
    page.clock.fast_forward(120_000)
    page.evaluate(KNOWN)
    assert not POLL.search(" ".join(requested))
    site.database.execute("UPDATE job_runs SET calls = 77 WHERE dedupe_key = 'stays'")
    site.database.execute("UPDATE job_runs SET attempt = 1 WHERE dedupe_key = 'stays'")
    with page.expect_response(POLL) as answer:
        page.evaluate(LOOKS_AGAIN)
    assert answer.value.status == 200
    expect(page.locator("#runs").get_by_role("cell", name="77")).to_be_visible()
    page.clock.fast_forward(100)  # htmx settles by a timer
    with page.expect_response(POLL) as answer:
        page.clock.fast_forward(2000)
    assert answer.value.status == 204


def test_a_range_of_stored_values_is_fetched_again(enter: Enter, site: Site) -> None:
    first = ask(site, "soundcloud", "slow", seconds=0)
    watched = enter("operator")
    page = watched.page
    wait_for(site, first, "succeeded")
    newest, value = site.days("soundcloud", 1)[0]
    site.sandbox.correct(SEED_TRACK, "soundcloud", newest, value=value + 7)
    page.goto(f"/tracks/{SEED_TRACK}/data/soundcloud/")
    expect(page.locator("#values tbody tr")).to_have_count(50)
    clean(watched)
    page.get_by_label("First date", exact=True).fill(newest.isoformat())
    page.get_by_label("Last date", exact=True).fill(newest.isoformat())
    page.get_by_role("button", name="Fetch these dates").click()
    expect(page.locator("main")).to_contain_text(f"{newest} to {newest}, 1 day.")
    page.get_by_role("button", name="Fetch again").click()
    expect(page.locator("#fetching [role=status]")).to_contain_text("Done: 0 new, 1 changed, 0 unchanged")
    row = page.locator("#values tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(f"{value + 7:,}")
    expect(row).to_contain_text(f"{value:,} until")
    clean(watched)
